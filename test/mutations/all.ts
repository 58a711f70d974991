// SPDX-License-Identifier: MIT
import { acceptMemoryMutations } from './acceptMemory';
import { guestKexecMutations } from './guestKexec';
import { setMemoryMutations } from './setMemory';
import type { Mutation } from './support';
import { tdxHostMutations } from './tdxHost';
import { tdxMemoryMutations } from './tdxMemory';
import { zeropadMutations } from './zeropad';

/** Every mutation of the catalogue, in the order of its numbers. */
export const mutations: readonly Mutation[] = [
  ...acceptMemoryMutations,
  ...guestKexecMutations,
  ...setMemoryMutations,
  ...tdxHostMutations,
  ...tdxMemoryMutations,
  ...zeropadMutations,
].sort((a, b) => a.number - b.number || (a.form ?? '').localeCompare(b.form ?? ''));

/** How many the catalogue has. */
export const catalogueSize = 93;

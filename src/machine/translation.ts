// SPDX-License-Identifier: MIT
/**
 * Page-table entries of the direct map and what TLBs may still hold of them. A TLB is the set of values that it
 * may hold: every value that reaches memory joins it, a flush leaves the present one. That is exact as long as
 * fills and evictions may happen at any time (Intel SDM vol. 3, Caching Translation Information).
 */

import type { Bytes, OperationContext } from '../engine/program';
import type { MachineLayout } from './layout';

/** Bits of an entry, as x86 has them; the shared bit is the top of a 52-bit guest physical address. */
export const pteBits = { present: 1n, writable: 2n, shared: 1n << 51n, noExecute: 1n << 63n } as const;

/** A translation as the machine distinguishes them: bit 0 writable, bit 1 shared, bit 2 no-execute. */
export type TranslationClass = number;
export const TranslationBits = { writable: 1, shared: 2, noExecute: 4 } as const;

/** The class of an entry, or -1 where it is not present (such entries are never cached). */
export function classOf(pte: bigint): TranslationClass {
  if ((pte & pteBits.present) === 0n) return -1;
  return (
    ((pte & pteBits.writable) !== 0n ? 1 : 0) |
    ((pte & pteBits.shared) !== 0n ? 2 : 0) |
    ((BigInt.asUintN(64, pte) & pteBits.noExecute) !== 0n ? 4 : 0)
  );
}

/** Called when a store reached the page table at `address` (the table starts at `table`): the new value may be cached from now on. */
export function entryStored(
  layout: MachineLayout,
  table: number,
  context: OperationContext,
  address: number,
  _bytes: Bytes,
): void {
  const leaf = (address - table) >> 3;
  const present = classOf(context.load64(table + leaf * 8));
  if (present < 0) return;
  for (let cpu = 0; cpu < layout.config.cpus; cpu++) {
    const at = context.base + layout.tlb(cpu, leaf);
    context.state[at] = (context.state[at] ?? 0) | (1 << present);
  }
}

/** Flushes one leaf, or all (leaf -1), from the TLB of a CPU. */
export function flush(
  layout: MachineLayout,
  table: number,
  context: OperationContext,
  cpu: number,
  leaf: number,
): void {
  const last = leaf < 0 ? layout.config.leaves.length - 1 : leaf;
  for (let l = Math.max(leaf, 0); l <= last; l++) {
    const present = classOf(context.load64(table + l * 8));
    context.state[context.base + layout.tlb(cpu, l)] = present < 0 ? 0 : 1 << present;
  }
}

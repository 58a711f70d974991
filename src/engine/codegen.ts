// SPDX-License-Identifier: MIT
import type { Executor } from './executor';
import type { Runtime } from './runtime';
export function createCodegen(_runtime: Runtime): Executor | null { return null; }

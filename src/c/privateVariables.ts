// SPDX-License-Identifier: MIT
/** Variables of frames, while they have addresses that no two share: see promote.ts. */

/** A variable of a frame: where it stands among the addresses handed out here, and where it will stand in memory. */
export interface PrivateVariable {
  readonly start: bigint;
  readonly size: number;
  readonly address: bigint;
}

/** Where the addresses of variables begin until they get their real ones: no kernel address, and none of a program. */
export const privateBase = 0x7000_0000_0000n;
/** Between two variables, so that the end of one is not the start of the next. */
const gap = 16n;

/** The variable behind the last one, of some bytes. */
export function nextPrivate(last: PrivateVariable | undefined, size: number, address: bigint): PrivateVariable {
  const start = last === undefined ? privateBase : (last.start + BigInt(last.size) + gap + 7n) & ~7n;
  return { start, size, address };
}

/** The real address of what `value` points to; `value` where it points to no variable of these. */
export function realAddress(value: bigint, variables: readonly PrivateVariable[]): bigint {
  const variable = variableAt(value, variables);
  return variable ? variable.address + value - variable.start : value;
}

/** The variable that an address points into or right behind; null where it points to none of these. */
export function variableAt(value: bigint, variables: readonly PrivateVariable[]): PrivateVariable | null {
  if (value < privateBase) return null;
  let [low, high] = [0, variables.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((variables[middle] as PrivateVariable).start <= value) low = middle + 1;
    else high = middle;
  }
  const found = variables[low - 1];
  return found && value <= found.start + BigInt(found.size) ? found : null;
}

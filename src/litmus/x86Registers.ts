// SPDX-License-Identifier: MIT
/** Names of x86 registers and their parts. */

export interface RegisterPart {
  /** The whole register, as a number: what `registerNames` shows it as. */
  readonly index: number;
  readonly bits: 8 | 16 | 32 | 64;
  /** Whether it is bits 8 to 15 (AH, BH, CH, DH). */
  readonly isHigh: boolean;
}

const bases = ['ax', 'bx', 'cx', 'dx', 'si', 'di', 'bp', 'sp'];
const numbered = ['8', '9', '10', '11', '12', '13', '14', '15'];
/** Registers that instructions do not compute with; a test may ask for them. */
const others = ['ip', 'cs', 'ss', 'ds', 'es', 'fs', 'gs'];

/** Index of the stack pointer. */
export const stackPointer = bases.indexOf('sp');
/** Index of the accumulator, which `cmpxchg` compares with. */
export const accumulator = 0;

/** How a whole register is shown, by index: `EAX` on X86, `rax` on X86_64. */
export const registerNames = {
  X86: [
    ...bases.map((name) => `E${name.toUpperCase()}`),
    ...numbered.map((n) => `R${n}`),
    'EIP',
    ...others.slice(1).map((name) => name.toUpperCase()),
  ],
  X86_64: [...bases.map((name) => `r${name}`), ...numbered.map((n) => `r${n}`), 'rip', ...others.slice(1)],
} as const;

const parts = new Map<string, RegisterPart>();
bases.forEach((name, index) => {
  parts.set(`r${name}`, { index, bits: 64, isHigh: false });
  parts.set(`e${name}`, { index, bits: 32, isHigh: false });
  parts.set(name, { index, bits: 16, isHigh: false });
  parts.set(index < 4 ? `${name[0]}l` : `${name}l`, { index, bits: 8, isHigh: false });
  if (index < 4) parts.set(`${name[0]}h`, { index, bits: 8, isHigh: true });
});
numbered.forEach((name, i) => {
  const index = bases.length + i;
  parts.set(`r${name}`, { index, bits: 64, isHigh: false });
  parts.set(`r${name}d`, { index, bits: 32, isHigh: false });
  parts.set(`r${name}w`, { index, bits: 16, isHigh: false });
  parts.set(`r${name}b`, { index, bits: 8, isHigh: false });
});
others.forEach((name, i) => {
  const index = bases.length + numbered.length + i;
  if (i > 0) parts.set(name, { index, bits: 16, isHigh: false });
  else {
    parts.set('rip', { index, bits: 64, isHigh: false });
    parts.set('eip', { index, bits: 32, isHigh: false });
  }
});

/** The register of that name, with or without `%`, in any case; null for another word. */
export function registerPart(name: string): RegisterPart | null {
  return parts.get(name.replace(/^%/, '').toLowerCase()) ?? null;
}

// SPDX-License-Identifier: MIT
/** Operands of x86 instructions, in Intel's and in AT&T's writing. */
import { Problem } from './problem';
import { numberOf } from './tokens';
import { type RegisterPart, registerPart } from './x86Registers';

export interface MemoryOperand {
  readonly kind: 'memory';
  /** The location it names, or null. */
  readonly symbol: string | null;
  readonly displacement: bigint;
  readonly base: RegisterPart | null;
  readonly index: RegisterPart | null;
  readonly scale: number;
  /** Bytes where the text says so (`DWORD PTR`), or null. */
  readonly bytes: 1 | 2 | 4 | 8 | null;
}

export type Operand =
  | { readonly kind: 'register'; readonly part: RegisterPart }
  | { readonly kind: 'immediate'; readonly value: bigint }
  /** The address of a location. */
  | { readonly kind: 'address'; readonly symbol: string }
  | MemoryOperand;

const sizes: Readonly<Record<string, 1 | 2 | 4 | 8>> = { byte: 1, word: 2, dword: 4, qword: 8 };
const plainMemory = {
  kind: 'memory',
  symbol: null,
  displacement: 0n,
  base: null,
  index: null,
  scale: 1,
  bytes: null,
} as const;

/** Reads one operand. Throws a Problem at `offset`. */
export function readOperand(text: string, isAtt: boolean, offset: number): Operand {
  const immediate = /^\$?\s*([-+]?)\s*(\w+)$/.exec(text);
  const value = immediate?.[2] === undefined ? null : numberOf(immediate[2]);
  if (value !== null) return { kind: 'immediate', value: immediate?.[1] === '-' ? -value : value };
  const part = registerPart(text);
  if (part) return { kind: 'register', part };
  const address = /^\$\s*([A-Za-z_.]\w*)$/.exec(text)?.[1];
  if (address !== undefined) return { kind: 'address', symbol: address };
  const memory = isAtt ? attMemory(text) : intelMemory(text);
  if (memory === null) throw new Problem(`operand “${text.slice(0, 60)}” is not known`, offset);
  return memory;
}

/** `disp(base,index,scale)`, `(x)`, `x(%rip)`, `x`. */
function attMemory(text: string): MemoryOperand | null {
  const plain = text.replace(/^%\w\w\s*:\s*/, '');
  const match = /^([^()]*)(?:\(([^()]*)\))?$/.exec(plain);
  if (!match) return null;
  const terms = sumOf(match[1] ?? '');
  if (terms === null) return null;
  let { symbol } = terms;
  const [first = '', second = '', third = ''] = (match[2] ?? '').split(',').map((part) => part.trim());
  let base = first === '' ? null : registerPart(first);
  if (first !== '' && !base) {
    if (symbol !== null || !/^[A-Za-z_.]\w*$/.test(first)) return null;
    symbol = first;
  }
  // The address of a symbol counts from the instruction pointer.
  if (base && /^%?[re]ip$/i.test(first)) base = null;
  const index = second === '' ? null : registerPart(second);
  const scale = third === '' ? 1n : numberOf(third);
  if ((second !== '' && !index) || scale === null || scale > 8n) return null;
  if (symbol === null && match[2] === undefined) return null;
  return { ...plainMemory, symbol, displacement: terms.displacement, base, index, scale: Number(scale) };
}

/** `8`, `x`, `x+8`, `8+x`; null for anything else. */
function sumOf(text: string): { readonly symbol: string | null; readonly displacement: bigint } | null {
  let symbol: string | null = null;
  let displacement = 0n;
  for (const term of text.replace(/\s+/g, '').match(/[-+]?[^-+]+/g) ?? []) {
    const name = term.replace(/^[-+]/, '');
    const value = numberOf(name);
    if (value !== null) displacement += term.startsWith('-') ? -value : value;
    else if (symbol === null && !term.startsWith('-') && /^[A-Za-z_.]\w*$/.test(name)) symbol = name;
    else return null;
  }
  return { symbol, displacement };
}

/** `[x]`, `[x+4]`, `[eax+ebx*4]`, `DWORD PTR [x]`; parentheses do for brackets. */
function intelMemory(text: string): MemoryOperand | null {
  const match =
    /^(?:(byte|word|dword|qword)\s+(?:ptr\s+)?)?(?:[a-z]s\s*:\s*)?(?:\[([^\][()]*)\]|\(([^\][()]*)\))$/i.exec(text);
  if (!match) return null;
  let symbol: string | null = null;
  let displacement = 0n;
  let base: RegisterPart | null = null;
  let index: RegisterPart | null = null;
  let scale = 1;
  for (const term of (match[2] ?? match[3] ?? '').replace(/\s+/g, '').match(/[-+]?[^-+]+/g) ?? []) {
    const isNegative = term.startsWith('-');
    const [name = '', factor] = term.replace(/^[-+]/, '').split('*');
    const value = numberOf(name);
    const register = registerPart(name);
    if (factor !== undefined || (register && base)) {
      const by = factor === undefined ? 1n : numberOf(factor);
      if (!register || index || isNegative || by === null || by > 8n) return null;
      index = register;
      scale = Number(by);
    } else if (value !== null) displacement += isNegative ? -value : value;
    else if (isNegative) return null;
    else if (register) base = register;
    else if (symbol === null && /^[A-Za-z_.]\w*$/.test(name)) symbol = name;
    else return null;
  }
  const bytes = match[1] === undefined ? null : (sizes[match[1].toLowerCase()] ?? null);
  return { kind: 'memory', symbol, displacement, base, index, scale, bytes };
}

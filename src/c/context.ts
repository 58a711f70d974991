// SPDX-License-Identifier: MIT
/** What lowering passes around: the program that is being made, the agent's code, the function that is inlined. */

import type { Register } from '../engine/program';
import type { Declarator, Expression, FunctionDefinition, Span, Statement, Unit } from './ast';
import type { Code, Label } from './code';
import type { CType } from './ctype';
import { outside } from './globals';
import type { Symbols } from './symbols';
import type { Place, Value } from './value';

/** Something that had to be supposed about the program, said once. */
export interface Assumption {
  readonly text: string;
  readonly span: Span | null;
  /** `unanalysed`: code that should have run did not. */
  readonly kind: 'assumed' | 'unanalysed';
}

/** Shared by all agents of one program. */
/** A function whose address is taken somewhere; without a definition where nobody defines it. */
export interface AddressedFunction {
  readonly name: string;
  readonly definition: FunctionDefinition | null;
  readonly address: bigint;
}

export interface ProgramContext {
  readonly symbols: Symbols;
  /** Index of the machine operation with this name, or null. */
  operation(name: string): number | null;
  /** Whether an operation takes arguments of 64 bits. */
  isWide(operation: number): boolean;
  /** The answer of a machine operation that never changes in this program, or null. */
  machineConstant(name: string): number | null;
  position(span: Span): number;
  /** Address of a global, allocated at its first use; null where nobody defines it. */
  globalAddress(name: string, from: Unit): { readonly address: bigint; readonly type: CType } | null;
  /** Address of a `static` variable of a function. */
  staticAddress(declarator: Declarator): { readonly address: bigint; readonly type: CType };
  /** The value of a pointer to a function. */
  functionAddress(name: string, from: Unit): bigint;
  /**
   * Functions whose address is taken as far as is known, for a call through a pointer.
   * @param isMeant whether the call may mean a function: asked later of those that are found behind it
   */
  addressed(isMeant: (candidate: AddressedFunction) => boolean): readonly AddressedFunction[];
  /** The outcome of coming to what is not modelled (see unmodelled.ts); null where there is no kernel tree. */
  readonly unmodelled: number | null;
  /**
   * Whether a program goes on that comes to one of these through a pointer: every value is tried, and nobody reads what it
   * stores. Else it ends there.
   */
  readonly triesContents: boolean;
  /** The address of an object of which nobody knows the contents; each has its own. */
  unknownObject(): bigint;
  /** The function that `run_subject()` runs; null where this side of the patch has none. */
  readonly subject: FunctionDefinition | null;
  /** The same for what is more, or larger, than is modelled; null for a program without that outcome. */
  readonly beyond: number | null;
  /** Macros that are being lowered: one may name itself. */
  readonly expanding: Set<Expression>;
  /** Null for a name that is no outcome. */
  outcome(id: string): number | null;
  mark(name: string): number;
  assume(assumption: Assumption): void;
  /** Says that a function is called, or its address taken, that nobody defines. */
  missing(name: string): void;
  /** Called for every function that is inlined. */
  use(definition: FunctionDefinition): void;
  /** Whether the text at a place was changed by the patch under review. */
  changed(span: Span): boolean;
  /** Statements that are left out of this program (to see what they decide). */
  removable(span: Span): boolean;
  /** Says how many bytes from the start of private memory an agent needs; gives the address of a frame's variable. */
  privateAddress(offset: number, size: number): bigint;
  /** The address of `size` bytes that nobody else has, for as long as the story lasts. */
  allocate(size: number): bigint;
  /** Whether `kmalloc()` may give NULL. */
  readonly allocationsFail: boolean;
  /** Machine operations of the heap (see heap.ts), and the number of the pool for a size; `use` says that one is needed. */
  readonly heap: {
    readonly allocate: number;
    readonly free: number;
    pool(size: number): number;
    use(): void;
  };
  /** Says where a variable of the entry function lives. */
  local(name: string, place: Place): void;
}

/** One inlined instance of a function. */
export interface Frame {
  readonly program: ProgramContext;
  readonly code: Code;
  readonly definition: FunctionDefinition;
  readonly caller: Frame | null;
  /** Innermost scope last. */
  readonly scopes: Map<string, Place>[];
  readonly labels: Map<string, Label>;
  readonly result: Place | null;
  readonly returnLabel: Label;
  breakLabel: Label | null;
  continueLabel: Label | null;
  /** What runs when scopes are left, the innermost last; `block` is where each stands, `scopes` what it can name. */
  readonly cleanups: {
    readonly block: Statement | null;
    readonly scopes: readonly Map<string, Place>[];
    readonly run: () => void;
  }[];
  /** How many of the cleanups a break or continue leaves alone. */
  breakKeeps: number;
  continueKeeps: number;
  /** The block whose statements are being lowered. */
  block: Statement | null;
  /** The `switch` whose `case`s are being placed. */
  cases: readonly { readonly statement: object; readonly label: Label }[] | null;
  /** Counters of the waits around, and whether they go up or down: they do not count (see waits.ts). */
  waitCounters: ReadonlyMap<Register | bigint, 1 | -1>;
  /** Offset of the first free byte of private memory. */
  top: number;
  /** Whether it is one of several functions that a pointer may mean. */
  readonly byPointer: boolean;
  /** The number of the CPU that it runs for, where that is another one than the agent's. */
  readonly cpu: Value | null;
  /** Whether the call that put the function here is the patch's, or the whole function is. */
  readonly broughtByPatch: boolean;
  /** Names whose address is taken in the function, which therefore live in memory. */
  readonly addressTaken: ReadonlySet<string>;
}

/** A kernel function or macro that the lowering itself knows. Gives its value, or null for void. */
export type Builtin = (call: BuiltinCall) => Value | null;

export interface BuiltinCall {
  readonly frame: Frame;
  readonly expression: Extract<Expression, { kind: 'call' }>;
  readonly name: string;
  /** Evaluates the argument; an unknown value where it is missing. */
  value(index: number): Value;
  /** The object that the argument is. */
  place(index: number): Place;
  /** The object an argument points to (`&x` gives x itself). */
  target(index: number): Place;
}

/** Finds a name in the scopes of a frame. */
export function lookUp(frame: Frame, name: string): Place | null {
  for (let i = frame.scopes.length - 1; i >= 0; i--) {
    const found = frame.scopes[i]?.get(name);
    if (found) return found;
  }
  return null;
}

/** Bytes of private memory that one agent may have. */
const mostPrivate = 1 << 17;

/** Reserves private memory for a variable of the frame; gives its address. */
export function reserve(frame: Frame, size: number, align: number): bigint {
  if (frame.top + size > mostPrivate) {
    frame.program.assume({
      kind: 'unanalysed',
      text: 'locals are too large to be modelled',
      span: frame.definition.span,
    });
    return outside;
  }
  frame.top = Math.ceil(frame.top / align) * align;
  const address = frame.program.privateAddress(frame.top, size);
  frame.top += size;
  return address;
}

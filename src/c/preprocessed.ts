// SPDX-License-Identifier: MIT
import type { Macro } from './directives';

/** A text that the parser can read, and what was rewritten in it: by offset, what really stands there. */
export interface Preprocessed {
  /** The text given. */
  readonly original: string;
  /** As long as the text given, line ends where they were. */
  readonly text: string;
  readonly macros: readonly Macro[];
  /** Offset of the `while` that stands for a loop macro → the macro's name. */
  readonly loops: ReadonlyMap<number, string>;
  /** Offset of the word that stands for `typeof(…)` → what stood between its parentheses. */
  readonly typeofs: ReadonlyMap<number, string>;
  /** Offsets of the `|` that stand for the dots of `case 1 ... 5:`. */
  readonly ranges: ReadonlySet<number>;
  /** Offset of a word that stands for another one → the real one. */
  readonly names: ReadonlyMap<number, string>;
  /** Offset of the word `asm` → the text of each of its outputs. */
  readonly outputs: ReadonlyMap<number, readonly string[]>;
  /** Offset of the name of a variable with `__free(f)` → f. */
  readonly frees: ReadonlyMap<number, string>;
  /** Offsets of the names of per-CPU variables. */
  readonly perCpu: ReadonlySet<number>;
  /** Offsets of operators that stand for another one → the real one. */
  readonly operators: ReadonlyMap<number, string>;
  /** What had to be supposed about the configuration, and where (offset). */
  readonly assumptions: readonly { readonly offset: number; readonly text: string }[];
}

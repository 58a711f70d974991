// SPDX-License-Identifier: MIT
/** The abstract syntax of the C that runs: plain data made once from the parser's tree. */

import type { Macro } from './directives';
import type { MappedText } from './mappedText';

/** Offsets into the unit's text; `unit` says which text. */
export interface Span {
  readonly unit: Unit;
  readonly start: number;
  readonly end: number;
}

/** A type as written; resolved to a layout when it is used. */
export type TypeName =
  | { readonly kind: 'named'; readonly name: string }
  | {
      readonly kind: 'struct' | 'union';
      readonly name: string | null;
      readonly fields: readonly Declarator[] | null;
    }
  /** `signed`: whether it has a negative constant; null where only its name is given. */
  | { readonly kind: 'enum'; readonly name: string | null; readonly signed: boolean | null }
  | { readonly kind: 'pointer'; readonly to: TypeName }
  | { readonly kind: 'array'; readonly of: TypeName; readonly length: Expression | null }
  | { readonly kind: 'function'; readonly result: TypeName; readonly parameters: readonly Declarator[] }
  | { readonly kind: 'typeof'; readonly operand: Expression };

export interface Declarator {
  readonly name: string;
  readonly type: TypeName;
  readonly initializer: Initializer | null;
  readonly isStatic: boolean;
  readonly isExtern: boolean;
  /** Every CPU has its own: an array with one element for each (see perCpu.ts). */
  readonly isPerCpu?: boolean;
  /** What the variable holds when the story begins is set by code that does not run in it. */
  readonly isUnmodelled?: boolean;
  /** The function that is given the variable when its scope is left (`__free(f)`). */
  readonly cleanup?: string;
  /** The width of a bit-field. */
  readonly bits?: Expression;
  readonly span: Span;
}

/** One part of a `[first ... last]` designator, a `[index]` (both the same) or a `.field`. */
export type Designator = string | { readonly first: Expression; readonly last: Expression };

export interface InitializerItem {
  readonly designator: readonly Designator[];
  readonly value: Initializer;
}

export type Initializer =
  | { readonly kind: 'expression'; readonly value: Expression }
  | {
      readonly kind: 'list';
      readonly items: readonly InitializerItem[];
      readonly span: Span;
    };

export type Expression = { readonly span: Span } & (
  | { readonly kind: 'number'; readonly value: bigint; readonly unsigned: boolean; readonly long: boolean }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'identifier'; readonly name: string }
  | { readonly kind: 'unary'; readonly operator: '-' | '+' | '!' | '~' | '*' | '&'; readonly operand: Expression }
  | { readonly kind: 'update'; readonly operator: '++' | '--'; readonly prefix: boolean; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'assign'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'conditional';
      readonly condition: Expression;
      readonly then: Expression | null;
      readonly else: Expression;
    }
  | {
      readonly kind: 'call';
      readonly callee: Expression;
      readonly arguments: readonly Expression[];
      readonly types: readonly (TypeName | null)[];
    }
  | { readonly kind: 'member'; readonly object: Expression; readonly arrow: boolean; readonly field: string }
  | { readonly kind: 'index'; readonly object: Expression; readonly index: Expression }
  | { readonly kind: 'cast'; readonly type: TypeName; readonly operand: Expression }
  | { readonly kind: 'literal'; readonly type: TypeName; readonly initializer: Initializer }
  | { readonly kind: 'sizeof'; readonly type: TypeName | null; readonly operand: Expression | null }
  | { readonly kind: 'comma'; readonly left: Expression; readonly right: Expression }
  /** `_Generic(control, type: value, …)`; the type null is `default`. */
  | {
      readonly kind: 'generic';
      readonly control: Expression;
      readonly choices: readonly { readonly type: TypeName | null; readonly value: Expression }[];
    }
  | { readonly kind: 'statements'; readonly body: readonly Statement[] }
  /** Something the lowering does not know; its value is unknown and that is said. */
  | { readonly kind: 'unknown'; readonly text: string }
);

export type Statement = { readonly span: Span } & (
  | { readonly kind: 'expression'; readonly expression: Expression }
  | { readonly kind: 'declaration'; readonly declarators: readonly Declarator[] }
  | { readonly kind: 'block'; readonly body: readonly Statement[] }
  | { readonly kind: 'if'; readonly condition: Expression; readonly then: Statement; readonly else: Statement | null }
  | { readonly kind: 'while'; readonly condition: Expression; readonly body: Statement }
  | { readonly kind: 'do'; readonly condition: Expression; readonly body: Statement }
  | {
      readonly kind: 'for';
      readonly initial: Statement | null;
      readonly condition: Expression | null;
      readonly update: Expression | null;
      readonly body: Statement;
    }
  /** `list_for_each_entry(pos, head, member) body` and its kin. */
  | {
      readonly kind: 'macroLoop';
      readonly macro: string;
      readonly arguments: readonly Expression[];
      readonly body: Statement;
    }
  | { readonly kind: 'switch'; readonly value: Expression; readonly body: Statement }
  /** `value` null is `default:`; `endValue` for `case a ... b:`. */
  | {
      readonly kind: 'case';
      readonly value: Expression | null;
      readonly endValue: Expression | null;
      readonly body: readonly Statement[];
    }
  | { readonly kind: 'label'; readonly name: string; readonly body: Statement | null }
  | { readonly kind: 'goto'; readonly name: string }
  | { readonly kind: 'break' | 'continue' | 'empty' }
  | { readonly kind: 'return'; readonly value: Expression | null }
);

export interface FunctionDefinition {
  readonly name: string;
  readonly result: TypeName;
  readonly parameters: readonly Declarator[];
  readonly body: Statement;
  readonly span: Span;
  /** Where the parser gave up inside the function; such a function is not analysed. Offset, or null. */
  readonly errorAt: number | null;
}

/** Where a function stands in its unit's text; end exclusive. */
export interface FunctionRange {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Where the functions of a unit stand, without making them. */
export const rangesOf = (unit: Unit): readonly FunctionRange[] =>
  unit.ranges ?? [...unit.functions.values()].map(({ name, span }) => ({ name, start: span.start, end: span.end }));

/** One C text with all that it defines at file level. */
export interface Unit {
  readonly source: MappedText;
  /** Where the text stands in the order of precedence: a patch's unit overrides a model's. */
  readonly origin: 'model' | 'stage' | 'scenario' | 'companion' | 'patch' | 'woven' | 'fragment' | 'tree';
  /** The file of a kernel tree that the text is from. */
  readonly file?: string;
  /** Of a unit that stands for a kernel tree: what of it a file sees, which may have names of its own. */
  readonly seenFrom?: (file: string) => Unit;
  readonly functions: ReadonlyMap<string, FunctionDefinition>;
  /** Where the functions stand, of a unit whose functions are made when they are asked for. */
  readonly ranges?: readonly FunctionRange[];
  readonly globals: ReadonlyMap<string, Declarator>;
  /** Functions that are declared, whether or not they are defined. */
  readonly prototypes: ReadonlyMap<string, Declarator>;
  readonly typedefs: ReadonlyMap<string, TypeName>;
  /** By `struct name`, `union name`, `enum name`. */
  readonly structures: ReadonlyMap<string, TypeName>;
  readonly constants: ReadonlyMap<string, Expression>;
  readonly macros: ReadonlyMap<string, Macro>;
  /** File-level text that could not be parsed: offsets. */
  readonly errors: readonly number[];
}

// SPDX-License-Identifier: MIT
/** What indexDefinitions() remembers of the item that it is reading. */

/** A word in front of an opening bracket in the head of an item. */
interface Group {
  readonly from: number;
  readonly to: number;
  /** Offset behind the opening bracket. */
  readonly inside: number;
  /** Whether another word stands before it. */
  readonly typed: boolean;
}

/** What has been read of a declaration or definition so far. */
export interface Item {
  start: number;
  words: number;
  /** The last word outside brackets. */
  from: number;
  to: number;
  groups: Group[];
  isStatic: boolean;
  isExtern: boolean;
  isTypedef: boolean;
  /** Behind a `=`. */
  assigned: boolean;
  /** Names of the declarators that a comma has ended. */
  declared: [from: number, to: number][];
  /** `struct` and its kin, until something that cannot stand between it and its body. */
  keyword: 'struct' | 'union' | 'enum' | null;
  keywordAt: number;
  /** The tag behind the keyword. */
  tag: string;
  /** The bracket `(*` of a pointer to a function: its name follows. */
  starred: [from: number, to: number] | null;
}

/** Something with a body that is open. */
export interface Open {
  readonly kind: 'function' | 'struct' | 'union' | 'enum' | 'other';
  readonly name: string;
  readonly start: number;
  /** Names of the constants of an enum. */
  readonly constants: string[];
}

/** An item of which nothing has been read. */
export const freshItem = (): Item => ({
  start: -1,
  words: 0,
  from: 0,
  to: 0,
  groups: [],
  isStatic: false,
  isExtern: false,
  isTypedef: false,
  assigned: false,
  declared: [],
  keyword: null,
  keywordAt: 0,
  tag: '',
  starred: null,
});

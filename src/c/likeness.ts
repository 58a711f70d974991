// SPDX-License-Identifier: MIT
/** How alike two lines of C are, by their tokens. */

import { tokenize, tokensByLine } from './tokens';

/** A line as numbers: equal tokens have equal numbers in all lines of one reader. */
export interface TokenLine {
  readonly tokens: Uint32Array;
  /** The same with names that were once another's replaced by that other. */
  readonly meanings: Uint32Array;
  /** The meanings, sorted. */
  readonly sorted: Uint32Array;
  /** The sum of what its tokens count. */
  readonly size: number;
  /** How much the line says about its place, in words: braces say next to nothing. 0 where it has no tokens. */
  readonly weight: number;
  /** How many parentheses and braces it opens, less those that it closes. */
  readonly parentheses: number;
  readonly braces: number;
  /** Whether it ends in the brace that begins a block, where no parenthesis is open. */
  readonly opensBlock: boolean;
  /** Whether the statement that it begins goes on in the next line: `if (x)`, `else`. */
  readonly goesOn: boolean;
  /** Whether it is a comment, or part of one. */
  readonly isComment: boolean;
}

/** Reads lines that can be compared with each other. A comment that only one of the texts has counts as a blank line. */
export interface LineReader {
  read(text: string): TokenLine[];
  /** Several lines as one. */
  join(lines: readonly TokenLine[]): TokenLine;
}

/** What a token counts in a comparison: punctuation is the same everywhere. */
const wordWeight = 4;
const markWeight = 1;
/** Tokens behind which a statement is not done, if a line ends in them. */
const unfinished = [')', 'else', 'do'];
const isWord = (token: string): boolean => /\w/.test(token);
/** A name that another kernel version has for the same thing is as good as the same, but the same is better. */
const aliasLikeness = 0.98;

/**
 * @param meaning the one name for all names of a thing
 * @param comments the comments, by `commentKey`, that are worth comparing
 */
export function createLineReader(meaning: (name: string) => string, comments: ReadonlySet<string>): LineReader {
  const numbers = new Map<string, number>();
  // Words have odd numbers, so that a comparison knows what a token counts.
  const numberOf = (token: string): number => {
    let number = numbers.get(token);
    if (number === undefined) {
      number = 2 * numbers.size + (isWord(token) ? 1 : 0);
      numbers.set(token, number);
    }
    return number;
  };
  const [open, close, begin, end] = ['(', ')', '{', '}'].map(numberOf);
  const goingOn: ReadonlySet<number | undefined> = new Set(unfinished.map(numberOf));
  const lineOf = (tokens: Uint32Array, meanings: Uint32Array): TokenLine => {
    let words = 0;
    let parentheses = 0;
    let braces = 0;
    for (const token of tokens) {
      if (token & 1) words++;
      else if (token === open) parentheses++;
      else if (token === close) parentheses--;
      else if (token === begin) braces++;
      else if (token === end) braces--;
    }
    const weight = words === 0 ? (tokens.length > 0 ? braceWeight : 0) : words + tokens.length / 4;
    return {
      tokens,
      meanings,
      sorted: Uint32Array.from(meanings).sort(),
      size: words * wordWeight + (tokens.length - words) * markWeight,
      weight: Math.min(mostWeight, weight),
      parentheses,
      braces,
      opensBlock: tokens.at(-1) === begin,
      goesOn: goingOn.has(tokens.at(-1)),
      isComment: false,
    };
  };
  const blank = lineOf(new Uint32Array(), new Uint32Array());
  const commentOf = (text: string): TokenLine => {
    const key = commentKey(text);
    if (!comments.has(key)) return blank;
    const tokens = Uint32Array.of(numberOf(key));
    return { ...lineOf(tokens, tokens), weight: commentWeight, goesOn: false, isComment: true };
  };
  return {
    read(text) {
      const texts = text.split('\n');
      return withDirectives(texts, tokensByLine(text)).map((line, i) =>
        line.length === 0
          ? commentOf(texts[i] ?? '')
          : lineOf(
              Uint32Array.from(line, (token) => numberOf(withoutRuns(token))),
              Uint32Array.from(line, (token) => numberOf(meaning(withoutRuns(token)))),
            ),
      );
    },
    join(lines) {
      const [only] = lines;
      if (only && lines.length === 1) return only;
      const all = (of: (line: TokenLine) => Uint32Array): Uint32Array =>
        Uint32Array.from(lines.flatMap((l) => [...of(l)]));
      return lineOf(
        all((l) => l.tokens),
        all((l) => l.meanings),
      );
    },
  };
}

/** What makes a line of a comment the same as another; empty where it says nothing. */
export function commentKey(line: string): string {
  const words = line.match(/\w+/g) ?? [];
  return words.length > 1 ? `comment ${words.join(' ')}` : '';
}

/** A string in which white space was lost is the same string. */
const withoutRuns = (token: string): string => (token.startsWith('"') ? token.replace(/\s+/g, ' ') : token);

/** Gives the lines of preprocessor directives tokens too. */
function withDirectives(texts: readonly string[], tokens: readonly string[][]): readonly string[][] {
  if (!texts.some((line) => line.includes('#'))) return tokens;
  let goesOn = false;
  return texts.map((line, i) => {
    const known = tokens[i] ?? [];
    const isDirective = known.length === 0 && (goesOn || /^\s*#/.test(line));
    goesOn = isDirective && line.trimEnd().endsWith('\\');
    return isDirective ? tokenize(line.replace('#', ' # ').trim().replace(/^#/, '0 ')).map((t) => t.text) : known;
  });
}

/** What a line of nothing but braces says. */
const braceWeight = 0.05;
const mostWeight = 10;
/** Comments are shortened in a condensed text, but one that is there says where it is. */
const commentWeight = 0.9;

const areEqual = (a: Uint32Array, b: Uint32Array): boolean =>
  a.length === b.length && a.every((token, i) => token === b[i]);

/**
 * Share of tokens that two lines have in common, in order: 1 for equal lines.
 * @param least gives 0 at once where it cannot be more than this
 */
export function likeness(a: TokenLine, b: TokenLine, least: number): number {
  if (a.size === 0 || b.size === 0) return 0;
  if (areEqual(a.tokens, b.tokens)) return 1;
  if (areEqual(a.meanings, b.meanings)) return aliasLikeness;
  const sum = a.size + b.size;
  // Most lines have next to nothing in common, which takes a fraction of the time to see.
  if ((2 * Math.min(a.size, b.size)) / sum < least || (2 * shared(a.sorted, b.sorted)) / sum < least) return 0;
  return (aliasLikeness * 2 * common(a.meanings, b.meanings)) / sum;
}

/** What the tokens count that both lines have, in any order. */
function shared(a: Uint32Array, b: Uint32Array): number {
  let sum = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [left, right] = [a[i] ?? 0, b[j] ?? 0];
    if (left === right) sum += left & 1 ? wordWeight : markWeight;
    if (left <= right) i++;
    if (right <= left) j++;
  }
  return sum;
}

/** What the longest sequence of tokens counts that both lines have. */
function common(a: Uint32Array, b: Uint32Array): number {
  let previous = new Uint16Array(b.length + 1);
  let current = new Uint16Array(b.length + 1);
  for (const token of a) {
    for (let j = 0; j < b.length; j++) {
      current[j + 1] =
        b[j] === token
          ? (previous[j] ?? 0) + (token & 1 ? wordWeight : markWeight)
          : Math.max(current[j] ?? 0, previous[j + 1] ?? 0);
    }
    [previous, current] = [current, previous];
  }
  return previous[b.length] ?? 0;
}

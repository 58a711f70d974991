// SPDX-License-Identifier: MIT
/**
 * Words that stand beside each other in C are a declaration: a type, at most one name, and what the kernel adds. What is
 * added can be told without a list, because C allows one type and one name only.
 */

import { attributeCalls, attributeWords } from './kernelWords';
import { isWord, skipBlank, tokenEnd } from './scanText';

const storage = new Set(['static', 'extern', 'typedef', 'const']);
const tagged = new Set(['struct', 'union', 'enum']);
const basic = new Set(
  'void char short int long float double signed unsigned _Bool bool __int128 __signed__ auto __auto_type'.split(' '),
);
/** Whether a word can only begin or qualify a declaration. */
export const declares = (word: string): boolean => storage.has(word) || tagged.has(word) || basic.has(word);

/** Words that end a run: what stands behind them is read afresh. */
export const statementWords = new Set(
  (
    'if else while do for switch case default return goto break continue sizeof typeof __typeof__ __typeof typeof_unqual ' +
    'asm __asm__ __asm __label__ _Generic _Alignof __alignof__ offsetof'
  ).split(' '),
);

/** Adjacent words of a text: where each begins, where the last one ends and where what follows begins. */
export interface WordRun {
  readonly starts: readonly number[];
  readonly end: number;
  readonly next: number;
}

/** Reads the words from an offset on, up to a statement word or what is no word. */
export function readWords(text: string, from: number): WordRun {
  const starts: number[] = [];
  let next = from;
  let end = tokenEnd(text, from);
  while (isWord(text.charCodeAt(next)) && text.charCodeAt(next) > 57) {
    const to = tokenEnd(text, next);
    const shown = text.slice(next, to);
    // `int x __aligned(8);`: the name is the word before.
    if (statementWords.has(shown) || (starts.length > 0 && attributeCalls.has(shown))) break;
    starts.push(next);
    end = to;
    next = skipBlank(text, to);
  }
  return { starts, end, next };
}

/**
 * The stretches of a run that are neither type nor name, as offsets from and to.
 * @param before the character of the token in front of the run, or ''
 */
export function markWords(
  text: string,
  { starts, next }: WordRun,
  before: string,
  isType: (name: string) => boolean,
): (readonly [from: number, to: number])[] {
  if (starts.length < 2) return [];
  const ends = starts.map((start) => tokenEnd(text, start));
  const words = starts.map((start, i) => text.slice(start, ends[i]));
  return superfluous(words, before, text[next] ?? '', isType).map((i) => [starts[i] ?? 0, ends[i] ?? 0]);
}

/**
 * Which words of a run are neither type nor name.
 * @param words adjacent words, no statement word among them
 * @param before the character of the token in front of the run, or ''
 * @param after the character of the token behind the run, or ''
 * @param isType whether a word is known to be the name of a type
 * @returns indices of the words to leave out, in no order
 */
function superfluous(
  words: readonly string[],
  before: string,
  after: string,
  isType: (name: string) => boolean,
): number[] {
  const out: number[] = [];
  /** Words that may be a type nobody knows, the name, or an addition. */
  const unknown: number[] = [];
  /** Indices of the first and last word that is a type for sure. */
  let first = -1;
  let last = -1;
  const isA = (from: number, to = from): void => {
    if (first < 0) first = from;
    last = to;
  };
  const word = (i: number): string => words[i] ?? '';
  for (let i = 0; i < words.length; i++) {
    if (attributeWords.has(word(i))) out.push(i);
    else if (tagged.has(word(i))) {
      const from = i;
      // `struct __packed x {`: in front of a body the tag is the last word.
      const plain = (at: number): boolean => at < words.length && !declares(word(at));
      while (plain(i + 1) && (attributeWords.has(word(i + 1)) || (after === '{' && plain(i + 2)))) out.push(++i);
      if (plain(i + 1)) i++;
      isA(from, i);
    } else if (basic.has(word(i))) isA(i);
    else if (storage.has(word(i))) continue;
    else if (isType(word(i)) && last < 0 && (i < words.length - 1 || after === '*' || unknown.length !== 1)) isA(i);
    else unknown.push(i);
  }
  if (before === '"' || after === '"') return out;
  const plain = (i: number): boolean => !word(i).startsWith('__');
  if (last < 0 && before !== '*') {
    // A type that nobody knows: of two words the first, of more the first that does not look like an addition.
    const type = unknown.length > 2 ? (unknown.find(plain) ?? unknown[0]) : unknown[0];
    if (type !== undefined) isA(type);
  }
  // Nothing but additions can stand in front of the type.
  if (before !== '*') out.push(...unknown.filter((i) => i < first));
  // Behind a body there is no other type: `struct { … } name __aligned;`
  const marked = unknown.length === 2 && before === '}' && !plain(unknown[1] ?? 0) && /[=;,[]/.test(after);
  if (marked && unknown[1] !== undefined) return [...out, unknown[1]];
  const rest = unknown.filter((i) => i > last);
  if (after === '*') {
    if (before !== '*' || rest.length > 1) out.push(...rest);
  } else if (rest.length > 1) {
    const name = after === '(' ? rest.at(-1) : (rest.findLast(plain) ?? rest.at(-1));
    out.push(...rest.filter((i) => i !== name));
  }
  return out;
}

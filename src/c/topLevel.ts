// SPDX-License-Identifier: MIT
/** Cuts the text of a hunk into what stands at file level and what is part of a function that it shows in part. */

import { type Token, tokenize } from './tokens';

/** A stretch of the text, as offsets. */
export interface Stretch {
  readonly kind: 'top' | 'function' | 'inside' | 'unfinished';
  /** The function's name where the text shows it (`function`, `unfinished`). */
  readonly name: string | null;
  readonly start: number;
  readonly end: number;
  /** Braces that do not balance: nothing of the stretch can be trusted. */
  readonly broken: boolean;
}

const control = new Set(['if', 'while', 'for', 'switch', 'return', 'sizeof', 'do', 'else']);

/**
 * @param text one side of a hunk
 * @param mayBeInside whether the hunk may begin in the middle of a function
 */
export function cutTopLevel(text: string, mayBeInside: boolean): Stretch[] {
  const tokens = tokenize(text);
  const stretches: Stretch[] = [];
  let depth = 0;
  /** Offset where what is not yet in a stretch begins; index of the first token of the current item. */
  let rest = 0;
  let item = 0;
  let open: { name: string; start: number } | null = null;
  let sawTop = false;
  /** The hunk begins in the parameters of the function that its section names. */
  let inHead = mayBeInside && beginsInParameters(tokens);
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (!token) continue;
    if (token.text === '{') {
      if (depth === 0 && !inHead) {
        const name = functionName(tokens, item, i);
        const first = tokens[item];
        if (name !== null && first) {
          if (first.start > rest)
            stretches.push({ kind: 'top', name: null, start: rest, end: first.start, broken: false });
          open = { name, start: first.start };
          rest = first.start;
          sawTop = true;
        }
      }
      depth++;
    } else if (token.text === '}') {
      if (depth === 0) {
        const before = stretches.at(-1);
        if (before?.kind === 'function') {
          // A brace too many: what looked like the end of the function was none.
          stretches[stretches.length - 1] = { ...before, end: token.start + 1, broken: true };
        } else {
          // Closes the function that the hunk begins in.
          stretches.length = 0;
          stretches.push({ kind: 'inside', name: null, start: 0, end: token.start + 1, broken: false });
        }
        rest = token.start + 1;
        item = i + 1;
        sawTop = true;
        open = null;
        inHead = false;
      } else if (--depth === 0) {
        if (inHead) {
          stretches.push({ kind: 'inside', name: null, start: 0, end: token.start + 1, broken: false });
          rest = token.start + 1;
          item = i + 1;
          sawTop = true;
          inHead = false;
        } else if (open) {
          stretches.push({ kind: 'function', name: open.name, start: open.start, end: token.start + 1, broken: false });
          rest = token.start + 1;
          open = null;
          item = i + 1;
        } else if (
          tokens[i + 1]?.text !== ';' &&
          tokens[i + 1]?.text !== ',' &&
          !/^[A-Za-z_]/.test(tokens[i + 1]?.text ?? '')
        )
          item = i + 1;
      }
    } else if (token.text === ';' && depth === 0) item = i + 1;
    else if (token.text === ':' && depth === 0 && i - item === 1) item = i + 1;
  }
  if (open) stretches.push({ kind: 'unfinished', name: open.name, start: open.start, end: text.length, broken: false });
  else if (rest < text.length) {
    const last = stretches.at(-1);
    // What looked like the end of the function was the end of a block in it.
    const goesOn =
      last?.kind === 'inside' && last.end === rest && beginsWithStatement(tokens.filter((t) => t.start >= rest));
    if (goesOn) stretches[stretches.length - 1] = { ...last, end: text.length };
    else {
      // Blank lines, comments and directives alone are in no function.
      const inside = mayBeInside && !sawTop && tokens.length > 0;
      stretches.push({ kind: inside ? 'inside' : 'top', name: null, start: rest, end: text.length, broken: false });
    }
  }
  return stretches;
}

/** Whether something begins that can only stand in a function: a keyword, a label, a call, an assignment. */
function beginsWithStatement(tokens: readonly Token[]): boolean {
  const [first, second] = tokens;
  if (!first || !second) return false;
  if (statement.has(first.text)) return true;
  if (!/^[A-Za-z_]/.test(first.text) || declaration.test(`${first.text} ${second.text}`)) return false;
  return /^([:[.]|->|(?:[-+*/%&|^]|<<|>>)?=|\+\+|--)$/.test(second.text) || isCallStatement(tokens);
}

/** `name(…);`, which is no macro that defines something: those are written in capitals. */
function isCallStatement(tokens: readonly Token[]): boolean {
  if (tokens[1]?.text !== '(' || /^[A-Z_0-9]+$/.test(tokens[0]?.text ?? '')) return false;
  let depth = 0;
  for (let i = 1; i < tokens.length; i++) {
    const text = tokens[i]?.text;
    if (text === '(') depth++;
    else if (text === ')' && --depth === 0) return tokens[i + 1]?.text === ';';
  }
  return false;
}

/** Words that begin a statement, and what only stands at file level where a line begins with it. */
const statement = new Set([
  'if',
  'else',
  'for',
  'while',
  'do',
  'switch',
  'case',
  'return',
  'goto',
  'break',
  'continue',
]);
const declaration = /^(static|extern|typedef|(EXPORT|MODULE|DEFINE|DECLARE)_\w+\s*\()/;

/**
 * Whether the text of a hunk may begin in the middle of a function. What git writes behind the `@@` is the last head of
 * a function above the hunk, which may have ended there.
 * @param section whether the hunk's header names a function
 */
export function mayBeginInside(text: string, section: boolean): boolean {
  let depth = 0;
  const tokens = tokenize(text);
  for (const token of tokens) {
    if (token.text === '{') depth++;
    else if (token.text === '}') {
      if (depth-- === 0) return section;
    } else if (depth === 0 && statement.has(token.text)) return true;
  }
  const first = tokens[0];
  return section && !(first && declaration.test(text.slice(text.lastIndexOf('\n', first.start) + 1)));
}

/** Whether a parenthesis closes that was never opened, before anything that cannot stand among parameters. */
function beginsInParameters(tokens: readonly Token[]): boolean {
  let depth = 0;
  for (const { text } of tokens) {
    if (text === '(') depth++;
    else if (text === ')') {
      if (depth === 0) return true;
      depth--;
    } else if (text === ';' || text === '{' || text === '}') return false;
  }
  return false;
}

/** No function has more tokens between its name and its body. */
const longestHead = 1000;

/** The name in `static int f(struct x *a)`; null where the tokens in front of the brace at `end` are no function's head. */
function functionName(tokens: readonly Token[], from: number, end: number): string | null {
  if (end <= from || tokens[end - 1]?.text !== ')') return null;
  let depth = 0;
  const word = (i: number): string | undefined => (i < from ? undefined : tokens[i]?.text);
  for (let i = end - 1; i >= Math.max(from, end - longestHead); i--) {
    if (word(i) === ')') depth++;
    else if (word(i) === '(' && --depth === 0) {
      const name = word(i - 1);
      const before = word(i - 2);
      const typed = before !== undefined && /^[A-Za-z_*]/.test(before) && !control.has(before);
      return name !== undefined && /^[A-Za-z_]\w*$/.test(name) && !control.has(name) && typed ? name : null;
    }
  }
  return null;
}

/** The name of the function that a hunk's section (the text behind the second `@@`) speaks of, or null. */
export function sectionFunction(section: string): string | null {
  if (/;\s*$/.test(section) || /^\s*(struct|union|enum|typedef|#)\b[^(]*$/.test(section)) return null;
  const match = /([A-Za-z_]\w*)\s*\(/.exec(section.replace(/__attribute__\s*\(\(.*?\)\)/g, ''));
  return match?.[1] ?? null;
}

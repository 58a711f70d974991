// SPDX-License-Identifier: MIT
/**
 * Makes kernel C readable for the parser without moving a character: every change replaces text by text of
 * the same length, so that offsets still tell where each step of the program stands in the mail.
 */

import { attributeCalls, attributeWords, declaringCalls, loopMacro } from './kernelWords';
import { evaluateCondition } from './preprocessorCondition';

/** A `#define` of the text; `parameters` is null for an object-like macro. */
export interface Macro {
  readonly name: string;
  readonly parameters: readonly string[] | null;
  readonly body: string;
  readonly offset: number;
}

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
  /** Offsets of operators that stand for another one → the real one. */
  readonly operators: ReadonlyMap<number, string>;
  /** What had to be supposed about the configuration, and where (offset). */
  readonly assumptions: readonly { readonly offset: number; readonly text: string }[];
}

/** Macros that take a type, which is no expression: `container_of(p, struct x, member)`. */
const typed = /^(container_of\w*|(list|hlist|rb|llist)_\w*entry\w*|(min|max|clamp)_t|sizeof_field|va_arg)$/;
const typeWords = /^((const|struct|union|enum|unsigned|signed|long|short)\s+)+[A-Za-z_][\w \t]*[* \t]*$/;
const typeofWord = /^(__)?typeof(__|_unqual)?$/;
const isName = /^[A-Za-z_]\w*$/;
const calls = (name: string): boolean =>
  attributeCalls.has(name) ||
  declaringCalls.has(name) ||
  loopMacro.test(name) ||
  typeofWord.test(name) ||
  typed.test(name);

const isWord = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;

/**
 * @param text C, whole or a part that may start inside a comment
 * @param symbol the value of a preprocessor symbol, or null where it is not defined
 * @param isType whether a word is the name of a type
 */
export function preprocess(
  text: string,
  symbol: (name: string) => bigint | null,
  isType: (name: string) => boolean,
): Preprocessed {
  const out = text.split('');
  const macros: Macro[] = [];
  const loops = new Map<number, string>();
  const typeofs = new Map<number, string>();
  const ranges = new Set<number>();
  const operators = new Map<number, string>();
  const pairs = parentheses(text);
  /** Where the last token began and ended: what stands before a bracket tells a cast from a call. */
  let last = { from: 0, to: 0 };
  const assumptions: { offset: number; text: string }[] = [];
  const blank = (from: number, to: number): void => {
    for (let i = from; i < to; i++) if (out[i] !== '\n' && out[i] !== '\r') out[i] = ' ';
  };
  const defined = new Map<string, string>();
  const value = (name: string): bigint | null => {
    const body = defined.get(name);
    if (body !== undefined)
      return /^\s*(0[xX][0-9a-fA-F]+|\d+)/.test(body)
        ? BigInt(body.trim().match(/^(0[xX][0-9a-fA-F]+|\d+)/)?.[0] ?? '0')
        : 1n;
    return symbol(name);
  };
  /** Open conditionals: is this branch active, was one active already, is the whole inside an active one. */
  const conditionals: { active: boolean; taken: boolean; outer: boolean }[] = [];
  let active = true;
  let strayEnds = 0;
  let inCase = false;

  /** Blanks the comment that a part of a text starts in the middle of. */
  let i = openCommentEnd(text);
  blank(0, i);
  let lineStart = true;
  while (i < text.length) {
    const c = text.charCodeAt(i);
    if (c === 10 || c === 13) {
      lineStart = true;
      i++;
    } else if (c === 32 || c === 9) i++;
    else if (c === 47 && (text[i + 1] === '*' || text[i + 1] === '/')) {
      const end = commentEnd(text, i);
      blank(i, end);
      i = end;
    } else if (c === 35 && lineStart) {
      const end = directiveEnd(text, i);
      directive(text.slice(i + 1, end), i);
      blank(i, end);
      i = end;
    } else {
      lineStart = false;
      // From `case` to what ends its value.
      if (c === 58 || c === 59 || c === 123 || c === 125) inCase = false;
      const end = tokenEnd(text, i);
      if (!active) blank(i, end);
      else if (isWord(c)) word(i, end);
      else if (c === 40) bracket(i);
      else if (c === 42 && text[i + 1] === '/') strayEnd(i);
      else if (c === 46 && text.startsWith('...', i)) dots(i);
      last = { from: i, to: end };
      i = end;
    }
  }
  return { original: text, text: out.join(''), macros, loops, typeofs, ranges, operators, assumptions };

  function word(from: number, to: number): void {
    const name = text.slice(from, to);
    if (attributeWords.has(name)) return blank(from, to);
    if (name === 'case') inCase = true;
    if (!calls(name)) return;
    const open = skipBlank(text, to);
    const close = pairs.get(open) ?? -1;
    if (close < 0) return;
    if (attributeCalls.has(name)) {
      blank(from, close + 1);
    } else if (declaringCalls.has(name)) {
      const comma = text.indexOf(',', open);
      if (comma > 0 && comma < close) {
        blank(from, open + 1);
        blank(comma, comma + 1);
        blank(close, close + 1);
      }
    } else if (loopMacro.test(name)) {
      blank(from, to);
      for (let k = 0; k < 5; k++) out[from + k] = 'while'[k] as string;
      loops.set(from, name);
    } else if (typed.test(name)) {
      typeArguments(open + 1, close);
    } else if (typeofWord.test(name)) {
      typeofs.set(from, text.slice(open + 1, close));
      for (let k = from; k <= close; k++) out[k] = out[k] === '\n' || out[k] === '\r' ? (out[k] as string) : ' ';
      for (let k = from; k < to; k++) out[k] = '_';
    }
  }

  /** Makes one word of each argument that is a type of several words. */
  function typeArguments(from: number, to: number): void {
    for (let at = from; at < to; ) {
      const comma = text.slice(at, to).indexOf(',');
      const end = comma < 0 ? to : at + comma;
      const start = skipBlank(text, at);
      const shown = text.slice(start, end).trimEnd();
      if (typeWords.test(shown))
        for (let k = start; k < start + shown.length; k++) if (!isWord(text.charCodeAt(k))) out[k] = '_';
      at = end + 1;
    }
  }

  /**
   * `(x) - y` reads as a cast of `-y` unless one knows that x is no type: without its brackets it does not. And
   * `(u64)*y` reads as a product unless one knows that u64 is a type: with `~` for `*` it does not.
   */
  function bracket(open: number): void {
    const from = skipBlank(text, open + 1);
    const to = tokenEnd(text, from);
    const name = text.slice(from, to);
    if (!isName.test(name)) return;
    const before = text.slice(last.from, last.to);
    if (isName.test(before) ? !/^(return|case|else|do)$/.test(before) : before === ')' || before === ']') return;
    const close = skipBlank(text, to);
    if (text[close] === '*' && !isType(name)) {
      // `(x * (y)) - z`: a product and no type. `(x *)y` is a cast.
      let behind = close;
      while (text[behind] === '*') behind = skipBlank(text, behind + 1);
      if (text[behind] !== ')' && text[close + 1] !== '=') instead(close, '*', '/');
      return;
    }
    if (text[close] !== ')') return;
    const operator = skipBlank(text, close + 1);
    const next = text[operator];
    if (next === undefined || !'-+*&'.includes(next)) return;
    if (isType(text.slice(from, to))) {
      if (next !== text[operator + 1]) instead(operator, next, '~');
      return;
    }
    blank(open, open + 1);
    blank(close, close + 1);
  }

  /** The end of a comment that never began is an error once; the parser takes quadratic time for many of them. */
  function strayEnd(at: number): void {
    if (strayEnds++ > 0) blank(at, at + 2);
  }

  /** Another operator of the same precedence, which the grammar reads in one way only. */
  function instead(at: number, operator: string, written: string): void {
    operators.set(at, operator);
    out[at] = written;
  }

  function dots(at: number): void {
    if (!inCase) return;
    inCase = false;
    blank(at, at + 3);
    out[at + 1] = '|';
    ranges.add(at + 1);
  }

  /** The text starts inside a conditional. What precedes `#else` is the code with the feature configured. */
  function unmatchedElse(offset: number): void {
    conditionals.push({ active: false, taken: true, outer: true });
    active = false;
    assumptions.push({ offset, text: 'the #else branch is taken as not configured' });
  }

  function directive(line: string, offset: number): void {
    const clean = line.replace(/\\\r?\n/g, ' ').replace(/\/\*[\s\S]*?(?:\*\/|$)|\/\/.*$/g, ' ');
    const match = /^\s*(\w+)\s*([\s\S]*)$/.exec(clean);
    if (!match) return;
    const [, name, rest = ''] = match;
    const top = conditionals.at(-1);
    switch (name) {
      case 'if':
      case 'ifdef':
      case 'ifndef': {
        const holds =
          name === 'if'
            ? evaluateCondition(rest, value) !== 0n
            : (value(rest.trim().split(/\s/)[0] ?? '') !== null) === (name === 'ifdef');
        conditionals.push({ active: holds, taken: holds, outer: active });
        active = active && holds;
        return;
      }
      case 'elif':
        if (!top) return unmatchedElse(offset);
        top.active = !top.taken && evaluateCondition(rest, value) !== 0n;
        top.taken ||= top.active;
        active = top.outer && top.active;
        return;
      case 'else':
        if (top) {
          top.active = !top.taken;
          top.taken = true;
          active = top.outer && top.active;
        } else unmatchedElse(offset);
        return;
      case 'endif':
        active = conditionals.pop()?.outer ?? true;
        return;
      case 'define': {
        if (!active) return;
        const define = /^(\w+)(\(([^)]*)\))?\s*([\s\S]*)$/.exec(rest);
        if (!define) return;
        const parameters =
          define[2] === undefined
            ? null
            : (define[3] ?? '')
                .split(',')
                .map((p) => p.trim())
                .filter((p) => p !== '');
        macros.push({ name: define[1] as string, parameters, body: (define[4] ?? '').trim(), offset });
        if (parameters === null) defined.set(define[1] as string, (define[4] ?? '').trim());
        return;
      }
      default:
        return;
    }
  }
}

/** Offset behind the comment that is already open where the text starts; 0 where none is. */
function openCommentEnd(text: string): number {
  const end = text.indexOf('*/');
  if (end < 0) return 0;
  const start = text.indexOf('/*');
  return start >= 0 && start < end ? 0 : end + 2;
}

function commentEnd(text: string, from: number): number {
  const end = text[from + 1] === '/' ? text.indexOf('\n', from) : text.indexOf('*/', from + 2);
  if (end < 0) return text.length;
  return text[from + 1] === '/' ? end : end + 2;
}

function directiveEnd(text: string, from: number): number {
  let end = from;
  for (;;) {
    end = text.indexOf('\n', end);
    if (end < 0) return text.length;
    const before = text[end - 1] === '\r' ? end - 2 : end - 1;
    if (text[before] !== '\\') break;
    end++;
  }
  // A comment that opens on the directive's line may end on a later one.
  const line = text.slice(from, end);
  const open = line.lastIndexOf('/*');
  const close = open < 0 || line.lastIndexOf('//', open) >= 0 ? 0 : commentEnd(text, from + open);
  return Math.max(end, close);
}

/** Offset behind the word, number, literal or single character at `from`. */
function tokenEnd(text: string, from: number): number {
  const c = text.charCodeAt(from);
  let i = from + 1;
  if (isWord(c)) {
    while (i < text.length && isWord(text.charCodeAt(i))) i++;
  } else if (c === 34 || c === 39) {
    while (i < text.length && text.charCodeAt(i) !== c && text[i] !== '\n') i += text[i] === '\\' ? 2 : 1;
    i = Math.min(i + 1, text.length);
  }
  return i;
}

function skipBlank(text: string, from: number): number {
  let i = from;
  for (;;) {
    while (i < text.length && /\s/.test(text[i] as string)) i++;
    if (text[i] === '/' && (text[i + 1] === '*' || text[i + 1] === '/')) i = commentEnd(text, i);
    else return i;
  }
}

/** By the offset of each opening parenthesis, the offset of the one that closes it. */
function parentheses(text: string): ReadonlyMap<number, number> {
  const pairs = new Map<number, number>();
  const open: number[] = [];
  for (let i = 0; i < text.length; ) {
    if (text[i] === '/' && (text[i + 1] === '*' || text[i + 1] === '/')) {
      i = commentEnd(text, i);
      continue;
    }
    if (text[i] === '(') open.push(i);
    else if (text[i] === ')') {
      const start = open.pop();
      if (start !== undefined) pairs.set(start, i);
    }
    i = tokenEnd(text, i);
  }
  return pairs;
}

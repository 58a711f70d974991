// SPDX-License-Identifier: MIT
/**
 * Makes kernel C readable for the parser without moving a character: every change replaces text by text of
 * the same length, so that offsets still tell where each step of the program stands in the mail.
 */

import { assemblyOutputs, assemblyStrings } from './assembly';
import { createDirectives } from './directives';
import {
  attributeCalls,
  attributeWords,
  isDeclaringMacro,
  loopMacro,
  perCpuMacro,
  silentDefinition,
} from './kernelWords';
import { readMacroHead } from './macroHead';
import type { Preprocessed } from './preprocessed';
import { commentEnd, directiveEnd, isWord, openCommentEnd, parentheses, skipBlank, tokenEnd } from './scanText';
import { declares, markWords, readWords, statementWords } from './specifiers';
import { isStrange } from './strangeArguments';

/** An argument that is a type of several words, which no expression is. */
const typeArgument =
  /^(((const|struct|union|enum|unsigned|signed|long|short)\s+)+[A-Za-z_][\w \t]*[* \t]*|[A-Za-z_][\w \t]*\*[* \t]*)$/;
const typeofWord = /^(__)?typeof(__|_unqual)?$/;
/** What the grammar knows as operators, but not with all the operands that they take. */
const asCalls: Readonly<Record<string, string>> = {
  offsetof: 'OFFSETOF',
  __alignof__: 'ALIGNOF____',
  _Alignof: 'ALIGNOF_',
};
const isName = /^[A-Za-z_]\w*$/;

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
  const directives = createDirectives(symbol);
  const loops = new Map<number, string>();
  const outputs = new Map<number, readonly string[]>();
  const typeofs = new Map<number, string>();
  const ranges = new Set<number>();
  const names = new Map<number, string>();
  const operators = new Map<number, string>();
  const perCpu = new Set<number>();
  const frees = new Map<number, string>();
  const pairs = parentheses(text);
  /** Where the last token began and ended: what stands before a bracket tells a cast from a call. */
  let last = { from: 0, to: 0 };
  const blank = (from: number, to: number): void => {
    for (let i = from; i < to; i++) if (out[i] !== '\n' && out[i] !== '\r') out[i] = ' ';
  };
  const write = (from: number, written: string): void => {
    for (let k = 0; k < written.length; k++) out[from + k] = written[k] as string;
  };
  let strayEnds = 0;
  let inCase = false;
  /** Braces that are open. */
  let depth = 0;
  /** `?` that wait for their `:`. */
  let questions = 0;
  /** Whether a statement or a declaration can begin here. */
  let fresh = true;
  /** Where the run of words that was read last ends. */
  let runEnd = 0;
  /** Offsets of the brackets behind which the statement of an `if` or a loop begins. */
  const heads = new Set<number>();

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
      directives.read(text.slice(i + 1, end), i);
      blank(i, end);
      i = end;
    } else {
      lineStart = false;
      const end = tokenEnd(text, i);
      if (!directives.active()) blank(i, end);
      else {
        const next = token(i, end, c);
        if (next >= 0) {
          i = next;
          continue;
        }
        last = { from: i, to: end };
      }
      i = end;
    }
  }
  const { macros, assumptions } = directives;
  const rewritten = { loops, typeofs, ranges, names, operators, perCpu, frees, outputs };
  return { original: text, text: out.join(''), macros, assumptions, ...rewritten };

  /** Reads a token; gives where to go on if it and what follows is nothing for the parser, else -1. */
  function token(from: number, to: number, c: number): number {
    // From `case` to what ends its value.
    if (c === 58 || c === 59 || c === 123 || c === 125) inCase = false;
    if (isWord(c)) return word(from, to);
    let begins = false;
    switch (c) {
      case 40:
        bracket(from);
        break;
      case 41:
        begins = heads.has(from);
        break;
      case 42:
        // The end of a comment that never began is an error once; the parser takes quadratic time for many of them.
        if (text[from + 1] === '/' && strayEnds++ > 0) blank(from, from + 2);
        break;
      case 46:
        if (text.startsWith('...', from)) dots(from);
        break;
      case 58:
        begins = questions === 0;
        if (questions > 0) questions--;
        break;
      case 59:
        begins = true;
        questions = 0;
        break;
      case 63:
        questions++;
        break;
      case 123:
        depth++;
        begins = true;
        break;
      case 125:
        depth = Math.max(0, depth - 1);
        begins = true;
        break;
      default:
        break;
    }
    fresh = begins;
    return -1;
  }

  function word(from: number, to: number): number {
    if (from >= runEnd) run(from);
    if (out[from] === ' ') return to;
    const name = text.slice(from, to);
    const begins = fresh;
    fresh = name === 'else' || name === 'do';
    const open = skipBlank(text, to);
    // As an argument a marker is a word like others.
    const alone = /[(,]/.test(text[last.from] ?? '') && /[),]/.test(text[open] ?? '');
    if ((attributeWords.has(name) && !alone) || (/^KERN_[A-Z]+$/.test(name) && /["\w]/.test(text[open] ?? ''))) {
      blank(from, to);
      fresh = begins;
      return to;
    }
    if (name === 'case') inCase = true;
    if (/^(asm|__asm(__)?)$/.test(name)) return assembly(from, to, begins);
    if (text[open] !== '(') return -1;
    const close = pairs.get(open) ?? -1;
    if (close < 0) return -1;
    if (!statementWords.has(name) && isStrange(text, open + 1, close)) {
      // Only a macro is given what is no C, and what it makes of it is made of the text as it was.
      blank(open + 1, close);
      last = { from: close, to: close + 1 };
      fresh = false;
      return close + 1;
    }
    const behind = skipBlank(text, close + 1);
    if (attributeCalls.has(name) || (text[last.from] === ')' && /^__[a-z]/.test(name) && text[behind] === '{')) {
      if (name === '__free') frees.set(last.from, text.slice(open + 1, close).trim());
      blank(from, close + 1);
      fresh = begins;
      return close + 1;
    }
    // A macro that makes a string, beside another string.
    if ((text[last.from] === '"' && last.to > 0) || text[behind] === '"') {
      blank(from, close + 1);
      return close + 1;
    }
    if (statementWords.has(name)) {
      if (/^(if|while|for|switch)$/.test(name)) heads.add(close);
      else if (typeofWord.test(name)) return typeofType(from, to, open, close);
      else if (asCalls[name]) {
        write(from, asCalls[name]);
        names.set(from, name);
        typeArguments(open + 1, close);
      }
      return -1;
    }
    if (perCpuMacro.test(name)) {
      const comma = open + text.slice(open, close).indexOf(',');
      if (comma > open) {
        blank(from, open + 1);
        blank(comma, comma + 1);
        blank(close, close + 1);
        perCpu.add(skipBlank(text, comma + 1));
      }
      return -1;
    }
    // With nothing behind it a name that nobody knows is that of a function.
    const walks = text[behind] !== ';' || /^h?list_for_each|^while_each/.test(name);
    const named = walks && (begins || !/[\w*]/.test(text[last.from] ?? ''));
    if (named && (loopMacro.test(name) || /^while_each_\w+$/.test(name)) && skipBlank(text, open + 1) !== close)
      loop(from, to, name);
    else if (begins) return statementCall(from, to, name, open, close, behind);
    else if (
      /^[A-Za-z_]/.test(text.slice(last.from, last.to)) &&
      !/^(return|case|else|do)$/.test(text.slice(last.from, last.to))
    )
      declaration(to, name, open, close, behind);
    else if (text[last.from] !== '*' || /[(,=;{]/.test(text[last.from - 1] ?? '')) typeArguments(open + 1, close);
    return -1;
  }

  /** Blanks what stands among the words of a declaration and is neither type nor name. */
  function run(from: number): void {
    const before = last.to === 0 ? '' : (text[last.from] ?? '');
    const words = readWords(text, from);
    runEnd = words.end;
    for (const [start, end] of markWords(text, words, before, isType)) blank(start, end);
  }

  /**
   * What looks like a call where a statement can begin: the head of a function, a declaration, a loop, or one that has
   * no semicolon because it is none of these.
   */
  function statementCall(from: number, to: number, name: string, open: number, close: number, behind: number): number {
    const next = text[behind] ?? '';
    if (next === '{') {
      const head = depth === 0 ? readMacroHead(text, from, to, close) : null;
      if (head) {
        blank(from, close + 1);
        for (const part of head.parts) write(part.at, part.text);
        names.set(head.nameAt, head.name);
        return close + 1;
      }
      if (depth > 0) loop(from, to, name);
      return -1;
    }
    if (next === ';' || next === '=') {
      declaration(to, name, open, close, behind);
      if (silentDefinition.test(name)) {
        blank(from, close + 1);
        return close + 1;
      }
      if (out[open] === '(') typeArguments(open + 1, close);
      return -1;
    }
    if (!/[A-Za-z_]/.test(next)) {
      typeArguments(open + 1, close);
      return -1;
    }
    if (depth > 0 && !declares(text.slice(behind, tokenEnd(text, behind)))) {
      loop(from, to, name);
      return -1;
    }
    // A macro at file level, or one in front of a declaration.
    blank(from, close + 1);
    fresh = true;
    return close + 1;
  }

  /** `DEFINE_MUTEX(x);` declares like `DEFINE_MUTEX x;`, and `DECLARE_BITMAP(x, n);` like `DECLARE_BITMAP x[n];`. */
  function declaration(to: number, name: string, open: number, close: number, behind: number): void {
    if (!isDeclaringMacro(name) || (text[behind] !== ';' && text[behind] !== '=')) return;
    const start = skipBlank(text, open + 1);
    const end = tokenEnd(text, start);
    const comma = skipBlank(text, end);
    if (!isName.test(text.slice(start, end)) || (text[comma] !== ',' && comma !== close)) return;
    blank(to, start);
    if (name === 'DECLARE_BITMAP' && comma !== close) {
      write(comma, '[');
      write(close, ']');
    } else blank(end, close + 1);
    runEnd = Math.max(runEnd, end);
  }

  /** Makes a loop of a macro that stands in front of a statement. */
  function loop(from: number, to: number, name: string): void {
    if (name.length < 5) return;
    blank(from, to);
    write(from, 'while');
    loops.set(from, name);
    heads.add(pairs.get(skipBlank(text, to)) ?? -1);
  }

  /** Leaves of inline assembly nothing but strings. */
  function assembly(word: number, from: number, begins: boolean): number {
    const open = from + (/^[\s\w]*/.exec(text.slice(from, from + 100))?.[0].length ?? 0);
    const close = pairs.get(open) ?? -1;
    if (close < 0) return -1;
    if (!begins) {
      // `register long r asm("r8");`
      blank(word, close + 1);
      return close + 1;
    }
    blank(from, open);
    outputs.set(word, assemblyOutputs(text.slice(open + 1, close)));
    write(open + 1, assemblyStrings(text.slice(open + 1, close)));
    last = { from: close, to: close + 1 };
    fresh = false;
    return close + 1;
  }

  /** Makes a word of `typeof(…)`; its contents are read when the type is asked for. */
  function typeofType(from: number, to: number, open: number, close: number): number {
    typeofs.set(from, text.slice(open + 1, close));
    blank(from, close + 1);
    for (let k = from; k < to; k++) out[k] = '_';
    last = { from, to: close + 1 };
    return close + 1;
  }

  /** Makes one word of each argument that is a type of several words. */
  function typeArguments(from: number, to: number): void {
    for (let at = from; at < to; ) {
      const comma = text.slice(at, to).indexOf(',');
      const end = comma < 0 ? to : at + comma;
      const start = skipBlank(text, at);
      const shown = text.slice(start, end).trimEnd();
      if (typeArgument.test(shown))
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
    if (typeofWord.test(name)) {
      // `(typeof(x))-1`
      const end = pairs.get(skipBlank(text, to));
      const operand = end === undefined ? -1 : skipBlank(text, end + 1);
      const at = text[operand] === ')' ? skipBlank(text, operand + 1) : -1;
      const sign = text[at] ?? '';
      if (sign !== '' && '-+*&'.includes(sign) && sign !== text[at + 1]) instead(at, sign, '~');
      return;
    }
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
}

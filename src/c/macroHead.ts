// SPDX-License-Identifier: MIT
/** Functions whose head is a macro: `SYSCALL_DEFINE2(name, type, argument, …)`, `DEFINE_IDTENTRY(name)`. */

import { parentheses, skipBlank } from './scanText';

export interface MacroHead {
  /** Text to write over the blanked head, at offsets of the whole text. */
  readonly parts: readonly { readonly at: number; readonly text: string }[];
  readonly nameAt: number;
  /** The name that the macro gives to the function. */
  readonly name: string;
}

/** Macros that begin a function at file level. */
const defining = /^[A-Z0-9_]*(DEFINE|BPF_CALL)[A-Z0-9_]*$/;
const name = /^[A-Za-z_]\w*$/;

/**
 * Reads a head `MACRO(…)`; null where it is none that the function could be written with in the same place.
 * @param from offset of the macro's name; `to` behind it
 * @param close offset of the closing bracket
 */
export function readMacroHead(text: string, from: number, to: number, close: number): MacroHead | null {
  const macro = text.slice(from, to);
  if (!defining.test(macro)) return null;
  const open = skipBlank(text, to);
  const [first, ...rest] = argumentsOf(text, open + 1, close);
  if (!first || !name.test(first.text)) return null;
  const real = macroFunctionName(macro, `${first.text},`);
  if (rest.length === 0) {
    const written = `long ${first.text}()`;
    const room = text.slice(from, close + 1);
    if (written.length > room.length || /[\r\n]/.test(room.slice(0, written.length))) return null;
    return { parts: [{ at: from, text: written }], nameAt: from + 5, name: real };
  }
  const paired = rest.length % 2 === 0 && rest.every((a, i) => i % 2 === 0 || name.test(a.text));
  const comma = text.indexOf(',', first.at);
  const parts = [
    { at: from, text: 'long' },
    { at: first.at, text: first.text },
    { at: comma, text: '(' },
    { at: close, text: ')' },
  ];
  rest.forEach((argument, i) => {
    parts.push({ at: argument.at, text: withoutMarks(argument.text) });
    const next = rest[i + 1];
    if (next && (!paired || i % 2 === 1)) parts.push({ at: text.lastIndexOf(',', next.at), text: ',' });
  });
  return { parts: parts.filter((part) => !/[\r\n]/.test(part.text)), nameAt: first.at, name: real };
}

/** A type without the words in front of its stars that mark what it points to: `struct x __user *`. */
const withoutMarks = (type: string): string =>
  type.replace(
    /(?<=\b(?!const\b|struct\b|union\b)\w+\s+)__[a-z]\w*(?=\s*\*)|(?<=\*\s*)__[a-z]\w*(?=\s*(\*|$))/g,
    (mark) => ' '.repeat(mark.length),
  );

/** The arguments between two offsets, without the blanks around them. */
function argumentsOf(text: string, from: number, to: number): { readonly at: number; readonly text: string }[] {
  const pairs = parentheses(text.slice(from, to));
  const list: { at: number; text: string }[] = [];
  let start = from;
  for (let i = from; i <= to; i++) {
    const close = pairs.get(i - from);
    if (close !== undefined) i = from + close;
    else if (i === to || text[i] === ',') {
      const at = skipBlank(text, start);
      const shown = text.slice(at, i).trimEnd();
      if (shown !== '') list.push({ at, text: shown });
      start = i + 1;
    }
  }
  return list;
}

/**
 * The name of the function that a macro such as `SYSCALL_DEFINE2(name, …)` or `DEFINE_IDTENTRY(name)` begins.
 * @param parameters the text behind the opening bracket
 */
export function macroFunctionName(macro: string, parameters: string): string {
  const argument = /^\s*([A-Za-z_]\w*)\s*[,)]/.exec(parameters)?.[1];
  if (argument === undefined) return macro;
  const call = /^(COMPAT_)?SYSCALL_DEFINE\d$/.exec(macro);
  return call ? `__do_${call[1] ? 'compat_' : ''}sys_${argument}` : argument;
}

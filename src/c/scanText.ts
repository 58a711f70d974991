// SPDX-License-Identifier: MIT
/** Where the tokens, comments and directives of a C text end: what whoever reads C without parsing it needs. */

/** Whether a character code belongs to a word or a number. */
export const isWord = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;

/** Offset behind the comment that is already open where the text starts; 0 where none is. */
export function openCommentEnd(text: string): number {
  const end = text.indexOf('*/');
  if (end < 0) return 0;
  const start = text.indexOf('/*');
  return start >= 0 && start < end ? 0 : end + 2;
}

export function commentEnd(text: string, from: number): number {
  const end = text[from + 1] === '/' ? text.indexOf('\n', from) : text.indexOf('*/', from + 2);
  if (end < 0) return text.length;
  return text[from + 1] === '/' ? end : end + 2;
}

export function directiveEnd(text: string, from: number): number {
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
export function tokenEnd(text: string, from: number): number {
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

export function skipBlank(text: string, from: number): number {
  let i = from;
  for (;;) {
    while (i < text.length && /\s/.test(text[i] as string)) i++;
    if (text[i] === '/' && (text[i + 1] === '*' || text[i + 1] === '/')) i = commentEnd(text, i);
    else return i;
  }
}

/** By the offset of each opening parenthesis, the offset of the one that closes it. */
export function parentheses(text: string): ReadonlyMap<number, number> {
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

// SPDX-License-Identifier: MIT
/** Names and addresses of senders. */

export interface Author {
  readonly name: string;
  /** As written; an address that an archive masked stays masked, so that nobody mails a repaired guess. */
  readonly email: string | null;
}

/** Longer names are no names for `git mailinfo`, which takes the address instead. Bytes of UTF-8. */
const LONGEST_NAME = 60;

/**
 * Reads the sender of a decoded `From:` value as `git mailinfo` does: `Name <address>`, `"Last, First" <address>`,
 * `address (Name)`, a bare address. Without an `@` also what archives write: `Name address at domain`,
 * `address at domain (Name)`, a bare name. Null for an empty value.
 */
export function readAuthor(value: string): Author | null {
  const text = collapse(value);
  if (text === '') return null;
  const plain = unquote(text);
  const at = plain.indexOf('@');
  if (at >= 0) return aroundAt(plain, at);
  const angle = /^(.*?) ?<([^<>]*)>/.exec(text);
  if (angle !== null) return named(unquote(angle[1] ?? ''), (angle[2] ?? '').trim());
  const comment = /^(\S+ at \S+) ?\((.*)\)$/.exec(plain);
  if (comment !== null) return named(comment[2] ?? '', comment[1] ?? '');
  const spoken = /^(.*?) ?(\S+ at \S+\.\S+)$/.exec(plain);
  if (spoken !== null) return named(spoken[1] ?? '', spoken[2] ?? '');
  return { name: plain, email: null };
}

/** The address is what stands around the first `@`, up to blanks or angle brackets; the name is all the rest. */
function aroundAt(text: string, at: number): Author {
  let start = at;
  while (start > 0 && text.charAt(start - 1) !== ' ' && text.charAt(start - 1) !== '<') start--;
  let end = start;
  while (end < text.length && text.charAt(end) !== ' ' && text.charAt(end) !== '>') end++;
  const before = text.charAt(start - 1) === '<' ? text.slice(0, start - 1) : text.slice(0, start);
  const rest = collapse(`${before} ${text.slice(end + 1)}`);
  return named(/^\(.*\)$/.test(rest) ? rest.slice(1, -1) : rest, text.slice(start, end));
}

/** A name that is empty, too long, or itself an address gives way to the address. */
function named(name: string, email: string): Author {
  const isName = name !== '' && !/[@<>]/.test(name) && new TextEncoder().encode(name).length <= LONGEST_NAME;
  return { name: isName ? name : email, email: email === '' ? null : email };
}

/** Takes quotes and escapes away, but not the parentheses of comments, in which quotes mean nothing. */
function unquote(text: string): string {
  let result = '';
  let comments = 0;
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === '\\' && (isQuoted || comments > 0)) {
      i++;
      result += text.charAt(i);
    } else if (char === '"' && comments === 0) {
      isQuoted = !isQuoted;
    } else {
      if (!isQuoted && char === '(') comments++;
      if (!isQuoted && char === ')' && comments > 0) comments--;
      result += char;
    }
  }
  return result;
}

function collapse(text: string): string {
  return text.replace(/[ \t\r\n]+/g, ' ').replace(/^ | $/g, '');
}

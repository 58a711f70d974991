// SPDX-License-Identifier: MIT
/** File names in diff headers. */

export interface NamePair {
  readonly oldPath: string | null;
  readonly newPath: string | null;
}

const escapes: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, '\\': 92 };
/** Longer names are not split by trial: no file system has them, and trying every blank must stay cheap. */
const LONGEST_NAME = 4096;

/** The names of `--- x` and `+++ y` (what stands behind the marks), prefixes removed, `/dev/null` as null. */
export function namesOfPair(oldText: string, newText: string): NamePair {
  return withoutPrefixes(nameAlone(oldText), nameAlone(newText));
}

/**
 * The names of `diff --git x y` (what stands behind `diff --git `). Names with blanks are told apart by their being
 * equal behind the first component; null for both when that fails.
 */
export function namesOfGitLine(rest: string): NamePair {
  const pair = splitGitNames(rest.slice(0, 2 * LONGEST_NAME));
  return pair === null ? { oldPath: null, newPath: null } : withoutPrefixes(pair[0], pair[1]);
}

/** A name as `rename from x` gives it: unquoted, without prefix. */
export function unquoteName(text: string): string {
  if (!text.startsWith('"')) return text;
  const end = closingQuote(text);
  return end < 0 ? text : decodeEscapes(text.slice(1, end));
}

function splitGitNames(rest: string): [string, string] | null {
  if (rest.startsWith('"')) {
    const end = closingQuote(rest);
    if (end < 0) return null;
    return [decodeEscapes(rest.slice(1, end)), unquoteName(rest.slice(end + 1).trim())];
  }
  if (rest.endsWith('"')) {
    const start = rest.indexOf(' "');
    if (start > 0) return [rest.slice(0, start), unquoteName(rest.slice(start + 1))];
  }
  const middle = (rest.length - 1) / 2;
  if (Number.isInteger(middle) && rest[middle] === ' ') {
    const pair: [string, string] = [rest.slice(0, middle), rest.slice(middle + 1)];
    if (withoutFirst(pair[0]) === withoutFirst(pair[1])) return pair;
  }
  const words = rest.split(' ');
  if (words.length === 2) return [words[0] ?? '', words[1] ?? ''];
  const second = rest.lastIndexOf(' b/');
  return second > 0 ? [rest.slice(0, second), rest.slice(second + 1)] : null;
}

/** Cuts off what tools write behind a name: a tab, a date. */
function nameAlone(text: string): string {
  if (text.startsWith('"')) return unquoteName(text);
  const tab = text.indexOf('\t');
  const name = tab >= 0 ? text.slice(0, tab) : text.slice(0, LONGEST_NAME);
  return name
    .replace(/ \d{4}-\d\d-\d\d[ T]\d\d:\d\d.*$/, '')
    .replace(/ [A-Z][a-z]{2} [A-Z][a-z]{2} +\d.*$/, '')
    .trimEnd();
}

function withoutPrefixes(oldName: string, newName: string): NamePair {
  const old = oldName === '/dev/null' ? null : oldName;
  const fresh = newName === '/dev/null' ? null : newName;
  if (old === null || fresh === null) {
    return {
      oldPath: old === null ? null : withoutGitPrefix(old),
      newPath: fresh === null ? null : withoutGitPrefix(fresh),
    };
  }
  const oldRest = withoutFirst(old);
  const freshRest = withoutFirst(fresh);
  const isGit = /^[a-z0-9]\//.test(old) && /^[a-z0-9]\//.test(fresh) && old[0] !== fresh[0];
  // `linux.orig/x` and `linux/x` differ in the tree they were made from; equal first components are part of the name.
  if (isGit || (oldRest === freshRest && old !== fresh)) return { oldPath: oldRest, newPath: freshRest };
  return { oldPath: old.startsWith('a/') ? oldRest : old, newPath: fresh.startsWith('b/') ? freshRest : fresh };
}

function withoutGitPrefix(name: string): string {
  return /^[abciow]\//.test(name) ? name.slice(2) : withoutTree(name);
}

/** `linux-6.1/x` has its tree in front; a lone name has nothing that could be told from a folder of the tree. */
function withoutTree(name: string): string {
  return /^linux[^/]*\//.test(name) ? withoutFirst(name) : name;
}

function withoutFirst(name: string): string {
  const slash = name.indexOf('/');
  return slash < 0 ? name : name.slice(slash + 1);
}

function closingQuote(text: string): number {
  for (let i = 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i;
  }
  return -1;
}

/** C escapes; octal ones are bytes of UTF-8. */
function decodeEscapes(text: string): string {
  let encoded = '';
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (character !== '\\') {
      encoded += encodeURIComponent(
        text.codePointAt(i) === undefined ? character : String.fromCodePoint(text.codePointAt(i) ?? 0),
      );
      if ((text.codePointAt(i) ?? 0) > 0xffff) i++;
      continue;
    }
    const octal = /^[0-3][0-7]{2}/.exec(text.slice(i + 1, i + 4));
    const code = octal === null ? escapes[text.charAt(i + 1)] : Number.parseInt(octal[0], 8);
    if (code === undefined) return text;
    encoded += `%${code.toString(16).padStart(2, '0')}`;
    i += octal === null ? 1 : 3;
  }
  try {
    return decodeURIComponent(encoded);
  } catch {
    // Bytes that are no UTF-8, or a lone surrogate: the name as it stands in the document is the best there is.
    return text;
  }
}

// SPDX-License-Identifier: MIT
/** File names in diff headers. */

import { closingQuote, unquoteName } from './quotedName';

/** Both names of a file; null on the side where it does not exist, or where the name cannot be told. */
export interface NamePair {
  readonly oldPath: string | null;
  readonly newPath: string | null;
}

/** Longer names are not read: no file system has them. */
const LONGEST_NAME = 4096;
/** Longer than any time that a tool writes behind a name. */
const LONGEST_TIME = 64;
const SLASH = 47;
const SPACE = 32;

/**
 * The names of `--- x` and `+++ y` (what stands behind the marks) in a diff that git did not make. A side that is
 * `/dev/null`, or whose time is the epoch, does not exist. Such a diff knows no renames: of `x.c.orig` and `x.c` the
 * shorter is the file, of two other names the new one, as for `git apply`.
 */
export function namesOfPair(oldText: string, newText: string): NamePair {
  const old = nameAndTime(oldText);
  const fresh = nameAndTime(newText);
  if (old.name === '/dev/null' || fresh.name === '/dev/null') {
    return {
      oldPath: old.name === '/dev/null' ? null : withoutKnownPrefix(old.name),
      newPath: fresh.name === '/dev/null' ? null : withoutKnownPrefix(fresh.name),
    };
  }
  const name = nameOfBoth(old.name, fresh.name);
  return {
    oldPath: isEpoch(old.time) ? null : name,
    newPath: isEpoch(fresh.time) && !isEpoch(old.time) ? null : name,
  };
}

/**
 * The names of `--- x` and `+++ y` below `diff --git`.
 * @param named what the line `diff --git` says: where one side is missing, it tells which prefix the other one has
 */
export function namesOfGitPair(oldText: string, newText: string, named: NamePair): NamePair {
  const old = nameAlone(oldText);
  const fresh = nameAlone(newText);
  if (old !== '/dev/null' && fresh !== '/dev/null') return withoutGitPrefixes(old, fresh);
  const alone = (name: string, known: string | null): string | null => {
    if (name === '/dev/null') return null;
    return known !== null && (name === known || name.endsWith(`/${known}`)) ? known : withoutKnownPrefix(name);
  };
  return { oldPath: alone(old, named.oldPath), newPath: alone(fresh, named.newPath) };
}

/**
 * The names of `diff --git x y` (what stands behind `diff --git `). Names with blanks are told apart by their being
 * equal behind the prefix; null for both when that fails.
 */
export function namesOfGitLine(rest: string): NamePair {
  const text = rest.slice(0, 2 * LONGEST_NAME);
  // A blank at the end is a name's if that makes both alike, else a mailer's.
  const pair = equalNames(text) ?? halves(text, endAlike) ?? splitGitNames(text.trimEnd());
  return pair === null ? { oldPath: null, newPath: null } : withoutGitPrefixes(pair[0], pair[1]);
}

function splitGitNames(rest: string): [string, string] | null {
  if (rest.startsWith('"')) {
    const end = closingQuote(rest);
    if (end < 0) return null;
    return [unquoteName(rest.slice(0, end + 1)), unquoteName(rest.slice(end + 1).replace(/^ /, ''))];
  }
  if (rest.endsWith('"')) {
    const start = rest.indexOf(' "');
    if (start > 0) return [rest.slice(0, start), unquoteName(rest.slice(start + 1))];
  }
  const equal = equalNames(rest);
  if (equal !== null) return equal;
  const words = rest.split(' ');
  if (words.length === 2) return [words[0] ?? '', words[1] ?? ''];
  const second = rest.lastIndexOf(' b/');
  return halves(rest, endAlike) ?? (second > 0 ? [rest.slice(0, second), rest.slice(second + 1)] : null);
}

/** Two names of one length, if they are alike in the way asked for. */
function halves(rest: string, alike: (a: string, b: string) => boolean): [string, string] | null {
  const middle = (rest.length - 1) / 2;
  if (!Number.isInteger(middle) || rest[middle] !== ' ' || rest.startsWith('"')) return null;
  const pair: [string, string] = [rest.slice(0, middle), rest.slice(middle + 1)];
  return alike(pair[0], pair[1]) ? pair : null;
}

function endAlike(a: string, b: string): boolean {
  return commonEnd(a, b) !== '';
}

/** Two names that are equal, or differ in their first components only. */
function equalNames(rest: string): [string, string] | null {
  const half = halves(rest, (a, b) => withoutFirst(a) === withoutFirst(b));
  if (half !== null || rest.startsWith('"')) return half;
  const first = rest.indexOf('/');
  if (first < 0) return null;
  let slash = -1;
  for (let i = rest.length - 1; i > first; i--) {
    const code = rest.charCodeAt(i);
    if (code === SLASH) slash = i;
    // Lengths are compared first, so that texts of blanks stay cheap: one place at most has both names equally long.
    if (code !== SPACE || slash < 0 || i - first !== rest.length - slash) continue;
    if (rest.slice(first, i) === rest.slice(slash)) return [rest.slice(0, i), rest.slice(i + 1)];
  }
  return null;
}

/** The name of `--- x` in a git diff, which ends at a tab if there is one. */
function nameAlone(text: string): string {
  if (text.startsWith('"')) return unquoteName(text);
  const tab = text.indexOf('\t');
  return tab >= 0 ? text.slice(0, tab) : text.slice(0, LONGEST_NAME).trimEnd();
}

/** Splits what stands behind `--- `: the name, and the time that other tools write behind it. */
function nameAndTime(text: string): { readonly name: string; readonly time: string } {
  if (text.startsWith('"') && closingQuote(text) > 0) {
    return { name: unquoteName(text), time: text.slice(closingQuote(text) + 1).trim() };
  }
  const tail = Math.max(0, text.length - LONGEST_TIME);
  const time =
    /\s(?:(?:\d\d)?\d\d-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: ?[-+]\d\d:?\d\d)?|[A-Z][a-z]{2} [A-Z][a-z]{2} +\d.*|\((?:revision \d+|working copy|nonexistent)\))\s*$/.exec(
      text.slice(tail),
    );
  if (time !== null) {
    // Subversion names the branches between name and revision where these differ.
    const name = text
      .slice(0, tail + time.index)
      .trimEnd()
      .replace(/\t\(\.\.\.\/[^\t]*\)$/, '');
    return { name, time: time[0].trim() };
  }
  const tab = text.indexOf('\t');
  if (tab < 0) return { name: text.slice(0, LONGEST_NAME).trimEnd(), time: '' };
  return { name: text.slice(0, tab), time: text.slice(tab + 1, tab + LONGEST_TIME).trim() };
}

/** Whether a time is 1970-01-01 00:00 UTC in any zone: so `diff -N` dates a file that is not there. */
function isEpoch(time: string): boolean {
  const match = /^(1969-12-31|1970-01-01) ([0-2]\d):([0-5]\d):00(?:\.0+)? ([-+])([0-2]\d):?([0-5]\d)$/.exec(time) ?? [];
  const [, day, hour, minute, sign, zoneHour, zoneMinute] = match;
  if (day === undefined) return false;
  const zone = (Number(zoneHour) * 60 + Number(zoneMinute)) * (sign === '-' ? -1 : 1);
  return Number(hour) * 60 + Number(minute) - zone === (day === '1969-12-31' ? 24 * 60 : 0);
}

/** The file that a diff without git's header is about. */
function nameOfBoth(old: string, fresh: string): string {
  if (firstOf(old) === firstOf(fresh)) return withoutKnownPrefix(shorterVariant(old, fresh));
  return shorterVariant(withoutFirst(old), withoutFirst(fresh));
}

/** `x` where the new name is `x~` or the like, else the new name. */
function shorterVariant(old: string, fresh: string): string {
  return old !== '' && fresh.startsWith(old) ? old : fresh;
}

/**
 * Takes off the prefixes of a git diff. Names that are equal have none. Else the file is what both have in common at
 * the end, whatever the prefixes are; but git's own one-letter ones are taken off names that differ behind them too.
 */
function withoutGitPrefixes(old: string, fresh: string): NamePair {
  if (old === fresh) return { oldPath: old, newPath: fresh };
  // A prefix may end with two slashes: `src://x`.
  const oldRest = withoutFirst(old).replace(/^\/+/, '');
  const freshRest = withoutFirst(fresh).replace(/^\/+/, '');
  if (oldRest === freshRest || (/^[a-z0-9]\//.test(old) && /^[a-z0-9]\//.test(fresh) && old[0] !== fresh[0])) {
    return { oldPath: oldRest, newPath: freshRest };
  }
  const common = commonEnd(old, fresh);
  return common === '' ? { oldPath: old, newPath: fresh } : { oldPath: common, newPath: common };
}

/** The last components that two names share. */
function commonEnd(a: string, b: string): string {
  let same = 0;
  let length = 0;
  while (length < a.length && length < b.length && a[a.length - 1 - length] === b[b.length - 1 - length]) {
    if (a[a.length - 1 - length] === '/') same = length;
    length++;
  }
  return a.slice(a.length - same);
}

/**
 * One name alone: git's prefix, the folder where the tool was called (`./x`), or that of a kernel tree (`linux-6.1/x`),
 * which a tree has no folder named like.
 */
function withoutKnownPrefix(name: string): string {
  return /^(?:\.|[abciow]|linux[^/]*)\//.test(name) ? withoutFirst(name) : name;
}

function firstOf(name: string): string {
  const slash = name.indexOf('/');
  return slash < 0 ? '' : name.slice(0, slash);
}

function withoutFirst(name: string): string {
  const slash = name.indexOf('/');
  return slash < 0 ? name : name.slice(slash + 1);
}

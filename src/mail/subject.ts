// SPDX-License-Identifier: MIT
/** Subjects of patch mails. */

export interface SubjectPrefix {
  readonly rfc: boolean;
  readonly resend: boolean;
  readonly version: number;
  readonly part: number | null;
  readonly total: number | null;
  /** The tree a patch is meant for, as in `[PATCH net-next v2]`, or null. */
  readonly tree: string | null;
}

const bracket = /\[([^\]]*)\]/g;

/**
 * The subject as `git mailinfo` writes it into a commit: without `Re:` and bracketed prefixes at its start, blanks
 * collapsed. Only ASCII blanks are blanks; a subject that is nothing but `Re:` stays.
 */
export function cleanSubject(raw: string): string {
  let start = 0;
  for (;;) {
    const char = raw.charAt(start);
    if (char === ' ' || char === '\t' || char === ':') {
      start++;
    } else if (char === '[') {
      const end = raw.indexOf(']', start);
      if (end < 0) break;
      start = end + 1;
    } else if (raw.length > start + 3 && /^re:$/i.test(raw.slice(start, start + 3))) {
      start += 3;
    } else {
      break;
    }
  }
  return raw
    .slice(start)
    .replace(/[ \t\r\n]+/g, ' ')
    .replace(/^ | $/g, '');
}

/**
 * Reads the bracketed prefixes of a subject: `[PATCH v12 19/22]`, `[PATCHv6 10/16]`, `[RFC PATCH]`, `[tip: x86/tdx]`.
 * A mail without a prefix is version 1 and no part of a series.
 */
export function readSubjectPrefix(raw: string): SubjectPrefix {
  let rfc = false;
  let resend = false;
  let version = 1;
  let part: number | null = null;
  let total: number | null = null;
  let tree: string | null = null;
  const head = prefixHead(raw);
  for (const [, inside = ''] of head.matchAll(bracket)) {
    const tip = /^tip: *(\S+)$/.exec(inside);
    if (tip !== null) {
      tree = `tip:${tip[1] ?? ''}`;
      continue;
    }
    if (!/patch|rfc|resend|^v\d|\d+\/\d+/i.test(inside)) continue;
    for (const word of inside.split(/[\s,]+/)) {
      const number = /^(\d+)\/(\d+)$/.exec(word);
      const named = /^(?:(?:rfc|patch|resend)*)v?(\d+(?:\.\d+)?)$/i.exec(word);
      if (number !== null) {
        part = Number(number[1]);
        total = Number(number[2]);
      } else if (named !== null && /v\d/i.test(word)) {
        version = Number(named[1]);
      } else if (/^(?:rfc|patch|resend|repost|[-/])+$/i.test(word)) {
        // What is said by the words of the prefix itself is read from all of it below.
      } else if (word !== '' && !/^\W+$/.test(word) && tree === null) {
        tree = word.replace(/^-/, '');
      }
    }
    rfc ||= /\brfc|rfc(?=patch|v?\d)/i.test(inside);
    resend ||= /resend|repost/i.test(inside);
  }
  return { rfc, resend, version, part, total, tree };
}

/** The part of a subject that may hold prefixes: `Re:` and brackets, not brackets later in a sentence. */
function prefixHead(raw: string): string {
  const match = /^(?:\s*(?:re|fwd?|aw|sv)(?:\[\d+\])?\s*:|\s*\[[^\]]*\]|\s+)*/i.exec(raw);
  return match?.[0] ?? '';
}

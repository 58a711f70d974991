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

/** Words of a prefix that say what kind of mail it is, and not which tree it is for. */
const kind = /^(?:rfc|rft|patch|resend|repost|autosel|git|pull|wip|poc|draft|part\d*)$/i;
const version = /^-?(?:rfc|rft|patch|resend|repost)*v(\d{1,4}(?:\.\d{1,4})?)$/i;
const versionBehind = /\(v([1-9]\d{0,2})\)\s*$/i;
const number = /^(\d{1,6})\/(\d{1,6})$/;

/**
 * Reads the bracketed prefixes of a subject: `[PATCH v12 19/22]`, `[PATCHv6 10/16]`, `[RFC PATCH]`, `[tip: x86/tdx]`,
 * and `PATCH v2 1/3` that lost its brackets. A mail without a prefix is version 1 and no part of a series.
 */
export function readSubjectPrefix(raw: string): SubjectPrefix {
  const prefix = {
    rfc: false,
    resend: false,
    version: 1,
    part: null as number | null,
    total: null as number | null,
    tree: null as string | null,
  };
  for (const inside of prefixesOf(raw)) {
    const tip = /^tip: *(\S+)$/.exec(inside);
    if (tip !== null) {
      prefix.tree = `tip:${tip[1] ?? ''}`;
      continue;
    }
    if (!/patch|rfc|resend|^v\d|\d\s*(?:\/|of)\s*\d/i.test(inside)) continue;
    for (const word of wordsOf(inside)) {
      const numbers = number.exec(word);
      const named = version.exec(word);
      if (numbers !== null) {
        prefix.part = Number(numbers[1]);
        prefix.total = Number(numbers[2]);
      } else if (named !== null) prefix.version = Number(named[1]);
      else if (!isKind(word) && /\w/.test(word)) prefix.tree ??= word.replace(/^-/, '');
    }
    prefix.rfc ||= /\brfc|rfc(?=patch|v?\d)/i.test(inside);
    prefix.resend ||= /resend|repost/i.test(inside);
  }
  // Graphics people name the version of a patch behind its subject; within a series that is no version of the series.
  if (prefix.version === 1 && prefix.part === null) prefix.version = Number(versionBehind.exec(raw)?.[1] ?? 1);
  return prefix;
}

/** Words of a prefix; those joined by a dash apart where each of them says something itself: `v2-RESEND`. */
function wordsOf(inside: string): string[] {
  const words = inside.replace(/(\d)\s*(?:\/|\bof\b)\s*(\d)/gi, '$1/$2').split(/[\s,;:[\]()]+/);
  return words.flatMap((word) => {
    const pieces = word.split('-');
    return pieces.every((piece) => isKind(piece) || version.test(piece) || number.test(piece)) ? pieces : [word];
  });
}

function isKind(word: string): boolean {
  return kind.test(word) || /^(?:rfc|patch|resend|repost|[-/])+$/i.test(word);
}

/** What stands in the brackets at the start of a subject, not in those later in a sentence. */
function prefixesOf(raw: string): string[] {
  const head = /^(?:\s*(?:re|fwd?|aw|sv)(?:\[\d+\])?\s*:|\s*\[(?:[^[\]]|\[[^[\]]*\])*\]|\s+)*/i.exec(raw)?.[0] ?? '';
  const found = [...head.matchAll(/\[((?:[^[\]]|\[[^[\]]*\])*)\]/g)].map(([, inside = '']) => inside);
  const bare = /^(?:(?:rfc|resend)\s+)?patch(?:\s+(?:v\d+(?:\.\d+)?|\d+\/\d+|rfc|resend))+(?=[\s:])/i.exec(
    raw.slice(head.length),
  );
  return bare === null ? found : [...found, bare[0]];
}

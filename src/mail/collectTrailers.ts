// SPDX-License-Identifier: MIT
/** Trailers that replies give to the patches of a series, by the rules of b4. */

import { readAuthor } from './address';
import type { Series } from './series';
import type { ThreadMail, Threads } from './threads';
import { isPersonal } from './trailers';

/** A trailer as it stands in a mail; `line` is the 1-based line of the document. */
export interface GivenTrailer {
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

/** A trailer that somebody gave to a part of a series. */
export interface CollectedTrailer extends GivenTrailer {
  /** 1-based; null: the reply was to the cover letter, so to all parts. */
  readonly part: number | null;
  /** The mail that gives it, a 0-based index. */
  readonly mail: number;
  /** The sender of that mail is not the person that the trailer names. */
  readonly mismatch: boolean;
  /** The version that it was given to, where the patch has not changed since then. */
  readonly version: number;
}

/** So many versions back a trailer is looked for. */
const MOST_VERSIONS = 50;

/** What is read of mails when it is needed. */
export interface TrailerSource {
  /** The trailers that the sender of a mail gives. */
  given(mail: number): readonly GivenTrailer[];
  /** Those in the commit message of a patch. */
  present(mail: number): readonly GivenTrailer[];
  /** Whether two patches make the same change. */
  isSameChange(one: number, other: number): boolean;
}

/**
 * Collects the trailers of all series, one list for each. A trailer goes to the patch that the mail answers, be it
 * through other replies; to all parts when it is the cover letter. Those that a part has already, and those given
 * twice, are left out. Trailers of an earlier version are kept where the patch is the same.
 */
export function collectTrailers(
  mails: readonly ThreadMail[],
  threads: Threads,
  series: readonly Series[],
  source: TrailerSource,
): CollectedTrailer[][] {
  const byMail = givenToMails(mails, threads, source);
  if (byMail.size === 0) return series.map(() => []);
  return series.map((one) => {
    const found: CollectedTrailer[] = [];
    const seen = new Set<string>();
    const add = (target: number, part: number | null, version: number): void => {
      for (const trailer of byMail.get(target) ?? []) {
        const name = identity(trailer);
        if (seen.has(`* ${name}`) || seen.has(`${part ?? '*'} ${name}`)) continue;
        seen.add(`${part ?? '*'} ${name}`);
        found.push({ ...trailer, part, version });
      }
    };
    if (one.cover >= 0) add(one.cover, null, one.version);
    one.parts.forEach((mail, i) => {
      if (mail < 0) return;
      const own = byMail.has(mail) || one.previous >= 0 ? source.present(mail) : [];
      for (const trailer of own) seen.add(`${i + 1} ${identity(trailer)}`);
      add(mail, i + 1, one.version);
      for (const [old, version] of sameBefore(one, mail, series, source)) add(old, i + 1, version);
    });
    return found;
  });
}

type MailTrailer = Omit<CollectedTrailer, 'part' | 'version'>;

/** For each patch or cover letter what was given to it. */
function givenToMails(
  mails: readonly ThreadMail[],
  threads: Threads,
  source: TrailerSource,
): Map<number, MailTrailer[]> {
  const byMail = new Map<number, MailTrailer[]>();
  const answered = answeredPatches(mails, threads);
  mails.forEach((mail, i) => {
    const target = answered[i] ?? -1;
    if (target < 0 || (!mail.isReply && mail.hasPatch) || (threads.duplicates[i] ?? -1) >= 0) return;
    for (const trailer of source.given(i)) {
      const list = byMail.get(target) ?? [];
      byMail.set(target, list);
      list.push({ ...trailer, mail: i, mismatch: isPersonal(trailer.key) && !isFrom(trailer.value, mail.author) });
    }
  });
  return byMail;
}

/** For each mail the first above it that is no reply, -1 for none. Parents form no rings; each link is followed once. */
function answeredPatches(mails: readonly ThreadMail[], threads: Threads): Int32Array {
  const unknown = -2;
  const found = new Int32Array(mails.length).fill(unknown);
  for (let start = 0; start < mails.length; start++) {
    const path: number[] = [];
    let mail = start;
    let target = unknown;
    while (target === unknown) {
      path.push(mail);
      const parent = threads.parents[mail] ?? -1;
      if (parent < 0 || mails[parent]?.isReply !== true) target = parent;
      else {
        target = found[parent] ?? unknown;
        mail = parent;
      }
    }
    for (const one of path) found[one] = target;
  }
  return found;
}

/** The mails of earlier versions that make the same change as `mail`, nearest first, with their versions. */
function* sameBefore(
  one: Series,
  mail: number,
  series: readonly Series[],
  source: TrailerSource,
): Generator<[number, number]> {
  let known = mail;
  let before = series[one.previous];
  for (let steps = 0; before !== undefined && steps < MOST_VERSIONS; steps++) {
    const old = before.parts.find((other) => other >= 0 && source.isSameChange(known, other)) ?? -1;
    if (old < 0) return;
    if (old !== known) yield [old, before.version];
    known = old;
    before = series[before.previous];
  }
}

function identity({ key, value }: GivenTrailer): string {
  const author = readAuthor(value);
  return `${key.toLowerCase()}: ${(author?.email ?? value).toLowerCase()}`;
}

/** Whether a trailer names the sender: by address, by name, or by an address that differs in `+tag` or subdomain. */
function isFrom(value: string, sender: ThreadMail['author']): boolean {
  const named = readAuthor(value);
  if (named === null || sender === null) return false;
  if (sameName(named.name, sender.name)) return true;
  if (named.email === null || sender.email === null) return false;
  const one = plainAddress(named.email);
  const other = plainAddress(sender.email);
  if (one === other) return true;
  const [oneLocal, oneDomain = ''] = one.split('@');
  const [otherLocal, otherDomain = ''] = other.split('@');
  if (oneLocal !== otherLocal || oneDomain === '' || otherDomain === '') return false;
  return isSubdomain(oneDomain, otherDomain) || isSubdomain(otherDomain, oneDomain);
}

function isSubdomain(long: string, short: string): boolean {
  return long.endsWith(`.${short}`) && short.includes('.');
}

function plainAddress(email: string): string {
  return email
    .toLowerCase()
    .replace(/\+[^@]*@/, '@')
    .replace(' at ', '@');
}

/** `Last, First` and `First Last` are one name. */
function sameName(one: string, other: string): boolean {
  const words = (name: string): string =>
    name
      .toLowerCase()
      .split(/[\s,."']+/)
      .filter((word) => word !== '')
      .sort()
      .join(' ');
  return words(one) !== '' && words(one) === words(other);
}

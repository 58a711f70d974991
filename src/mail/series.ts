// SPDX-License-Identifier: MIT
/** Series of patches: cover letter, parts and versions. */

import type { ThreadMail, Threads } from './threads';

/** One version of a series, as far as its mails are there. Mails are 0-based indexes; -1 stands for none. */
export interface Series {
  readonly version: number;
  /** Of the cover letter, else of the first part that is there. */
  readonly subject: string;
  readonly total: number;
  readonly cover: number;
  /** The mail of each part, from part 1 on. */
  readonly parts: readonly number[];
  /** 1-based numbers of the parts that are not there. */
  readonly missing: readonly number[];
  /** The series that the parts not sent again are taken from (`v5.1 3/7` is v5 with another part 3); -1 for none. */
  readonly base: number;
  /** The version before this one, if it is there. */
  readonly previous: number;
  readonly rfc: boolean;
  readonly resend: boolean;
  readonly tree: string | null;
}

/** Larger numbers are no parts of a series. */
const MOST_PARTS = 9999;
/** So many parts are listed in all, be they there or not; series behind that are not: no list has so many. */
const MOST_LISTED = 1_000_000;

/** Mails of one series that were found by the same way, before what belongs together is put together. */
interface Draft {
  readonly key: string;
  readonly thread: number;
  readonly first: number;
  version: number;
  total: number;
  cover: number;
  readonly parts: Map<number, number>;
}

/**
 * Finds the series among mails, in the order of their first mails. Parts belong together when they have the same
 * version, number of parts and tree and answer the same cover letter or each other; so a version sent in reply to the
 * one before is a series of its own. Replies are no parts. A patch alone is a series of one.
 */
export function findSeries(mails: readonly ThreadMail[], threads: Threads): Series[] {
  const drafts = withinLimit(mergeDrafts(draftSeries(mails, threads), mails));
  for (const draft of drafts) nameVersion(draft, mails);
  drafts.sort((a, b) => a.first - b.first);
  return completeSeries(drafts, mails, threads);
}

function withinLimit(drafts: Draft[]): Draft[] {
  let listed = 0;
  const over = drafts.findIndex(({ total }) => {
    listed += total;
    return listed > MOST_LISTED;
  });
  return over < 0 ? drafts : drafts.slice(0, over);
}

/** The number of a part; 0 for a cover letter, -1 for a mail that is neither. */
function partOf({ isReply, hasPatch, prefix }: ThreadMail): number {
  if (isReply) return -1;
  const { part, total } = prefix;
  if (part === null || total === null || total > MOST_PARTS || part > total) return hasPatch ? 1 : -1;
  return part === 0 || hasPatch ? part : -1;
}

function totalOf({ prefix }: ThreadMail): number {
  const { part, total } = prefix;
  return part === null || total === null || total > MOST_PARTS || part > total ? 1 : Math.max(total, 1);
}

function keyOf(mail: ThreadMail): string {
  const { version, resend, tree, rfc } = mail.prefix;
  return `${version} ${totalOf(mail)} ${resend} ${rfc} ${tree?.toLowerCase() ?? ''}`;
}

function draftSeries(mails: readonly ThreadMail[], threads: Threads): Draft[] {
  const drafts = new Map<string, Draft>();
  const copies = new Map<string, number>();
  const anchors: (string | undefined)[] = [];
  mails.forEach((mail, i) => {
    const part = partOf(mail);
    if (part < 0 || (threads.duplicates[i] ?? -1) >= 0) return;
    const key = keyOf(mail);
    const anchor = anchorOf(mails, threads, i, part, key, anchors);
    const parent = threads.parents[i] ?? -1;
    // A part that is there already starts another series: the same sent again.
    const place = `${anchor} ${key} ${part}`;
    const copy = copies.get(place) ?? 0;
    copies.set(place, copy + 1);
    const name = `${anchor} ${key} copy ${copy}`;
    const draft = drafts.get(name) ?? {
      key,
      thread: threads.threads[i] ?? -1,
      first: i,
      version: mail.prefix.version,
      total: totalOf(mail),
      cover: -1,
      parts: new Map<number, number>(),
    };
    drafts.set(name, draft);
    if (part === 0) draft.cover = i;
    else draft.parts.set(part, i);
    if (draft.cover < 0 && draft.total > 1 && isBareCover(mails[parent])) draft.cover = parent;
  });
  return [...drafts.values()];
}

/** A mail without a part number that the parts of a series answer: its cover letter, sent without `[PATCH 0/n]`. */
function isBareCover(mail: ThreadMail | undefined): boolean {
  if (mail === undefined) return false;
  return !mail.isReply && !mail.hasPatch && mail.prefix.part === null && mail.inReplyTo === null;
}

/** What parts of one series have in common: the first of them that all answer, be it there or not. */
function anchorOf(
  mails: readonly ThreadMail[],
  threads: Threads,
  mail: number,
  part: number,
  key: string,
  anchors: (string | undefined)[],
): string {
  const own = mails[mail];
  const parent = threads.parents[mail] ?? -1;
  const above = mails[parent];
  let anchor = `mail ${mail}`;
  if (above !== undefined && part > 0) {
    const partAbove = partOf(above);
    if (partAbove >= 0 && partAbove < part && keyOf(above) === key) anchor = anchors[parent] ?? `mail ${parent}`;
    else if (isBareCover(above)) anchor = `mail ${parent}`;
  } else if (parent < 0 && part > 0 && own !== undefined && own.inReplyTo !== null) anchor = `id ${own.inReplyTo}`;
  else if (own !== undefined && own.messageId === null && own.inReplyTo === null) {
    anchor = totalOf(own) > 1 ? `author ${own.author?.name ?? ''}` : anchor;
  }
  anchors[mail] = anchor;
  return anchor;
}

/**
 * Puts together what was sent without answering one mail: parts that complete each other within a thread, or where none
 * of them answers anything.
 */
function mergeDrafts(drafts: readonly Draft[], mails: readonly ThreadMail[]): Draft[] {
  const merged: Draft[] = [];
  const open = new Map<string, Draft[]>();
  for (const draft of drafts) {
    const names = draft.total > 1 ? [`${draft.thread} ${draft.key}`] : [];
    if (draft.total > 1 && answersNothing(draft, mails)) names.push(`of ${senderOf(draft, mails)} ${draft.key}`);
    // Few are open at a time: what is complete takes nothing in.
    const other = names.flatMap((name) => open.get(name) ?? []).find((candidate) => fits(candidate, draft, mails));
    if (other === undefined) {
      merged.push(draft);
      if (draft.parts.size < draft.total || draft.cover < 0)
        for (const name of names) open.set(name, [draft, ...(open.get(name) ?? []).slice(0, 7)]);
      continue;
    }
    for (const [part, mail] of draft.parts) other.parts.set(part, mail);
    if (other.cover < 0) other.cover = draft.cover;
  }
  return merged;
}

/** Whether no mail of a draft answers another: so a series comes that was sent without threading. */
function answersNothing({ cover, parts }: Draft, mails: readonly ThreadMail[]): boolean {
  return [...parts.values(), ...(cover < 0 ? [] : [cover])].every((mail) => {
    const { inReplyTo = null, references = [] } = mails[mail] ?? {};
    return inReplyTo === null && references.length === 0;
  });
}

function fits(one: Draft, other: Draft, mails: readonly ThreadMail[]): boolean {
  if (one.cover >= 0 && other.cover >= 0) return false;
  for (const part of other.parts.keys()) if (one.parts.has(part)) return false;
  return senderOf(one, mails) === senderOf(other, mails);
}

function senderOf({ first, cover }: Draft, mails: readonly ThreadMail[]): string {
  const author = mails[cover < 0 ? first : cover]?.author;
  return (author?.email ?? author?.name ?? '').toLowerCase();
}

/** Where only the cover letter says which version it is (`a series of fixes v2`), it says so for all parts. */
function nameVersion(draft: Draft, mails: readonly ThreadMail[]): void {
  const cover = mails[draft.cover];
  if (cover === undefined || draft.version !== 1 || cover.prefix.part !== null) return;
  const named = /\bv(\d{1,3})\s*\)?$/i.exec(cover.subject);
  if (named !== null) draft.version = Number(named[1]);
}

function completeSeries(drafts: readonly Draft[], mails: readonly ThreadMail[], threads: Threads): Series[] {
  const found: Series[] = [];
  const families = new Families(mails, threads);
  const order = drafts.map((_, i) => i).sort((a, b) => (drafts[a]?.version ?? 0) - (drafts[b]?.version ?? 0) || a - b);
  for (const at of order) {
    const draft = drafts[at];
    if (draft === undefined) continue;
    const previous = families.before(draft);
    const before = found[previous];
    const rerolls = before !== undefined && isReroll(draft, before, mails, threads);
    const parts: number[] = [];
    for (let part = 1; part <= draft.total; part++) {
      parts.push(draft.parts.get(part) ?? (rerolls ? (before.parts[part - 1] ?? -1) : -1));
    }
    const cover = draft.cover >= 0 || !rerolls ? draft.cover : before.cover;
    const first = mails[cover >= 0 ? cover : (parts.find((mail) => mail >= 0) ?? -1)];
    const { prefix } = mails[draft.first] ?? { prefix: null };
    found[at] = {
      version: draft.version,
      subject: first?.subject ?? '',
      total: draft.total,
      cover,
      parts,
      missing: parts.flatMap((mail, i) => (mail < 0 ? [i + 1] : [])),
      base: rerolls ? previous : -1,
      previous,
      rfc: prefix?.rfc ?? false,
      resend: prefix?.resend ?? false,
      tree: prefix?.tree ?? null,
    };
    families.add(at, draft, parts);
  }
  return found;
}

/**
 * Whether a series sends only some parts of the one before again: its version says so (`v5.1`), or each of its parts
 * answers the same part of the version before.
 */
function isReroll(draft: Draft, before: Series, mails: readonly ThreadMail[], threads: Threads): boolean {
  if (draft.total !== before.total || draft.parts.size === 0) return false;
  if (!Number.isInteger(draft.version)) return Math.floor(before.version) === Math.floor(draft.version);
  if (draft.parts.size >= draft.total || before.version !== draft.version - 1) return false;
  for (const [part, mail] of draft.parts) {
    const replaced = before.parts[part - 1] ?? -1;
    let parent = threads.parents[mail] ?? -1;
    while (parent >= 0 && parent !== replaced && mails[parent]?.isReply === true)
      parent = threads.parents[parent] ?? -1;
    if (parent < 0 || parent !== replaced) return false;
  }
  return true;
}

/** The versions of one series: told by the thread, or by the subjects of the cover letter or of a part. */
class Families {
  readonly #mails: readonly ThreadMail[];
  readonly #threads: Threads;
  readonly #last = new Map<string, { readonly at: number; readonly version: number }>();

  constructor(mails: readonly ThreadMail[], threads: Threads) {
    this.#mails = mails;
    this.#threads = threads;
  }

  /** The latest series of a smaller version that belongs to the same family; -1 for none. Versions come in order. */
  before(draft: Draft): number {
    let best = { at: -1, version: -1 };
    for (const name of this.#names(draft, [...draft.parts.values()])) {
      const known = this.#last.get(name);
      if (known !== undefined && known.version < draft.version && known.version > best.version) best = known;
    }
    return best.at;
  }

  add(at: number, draft: Draft, parts: readonly number[]): void {
    for (const name of this.#names(draft, parts)) this.#last.set(name, { at, version: draft.version });
  }

  *#names(draft: Draft, parts: readonly number[]): Generator<string> {
    const tree = this.#mails[draft.first]?.prefix.tree ?? '';
    if (draft.total > 1) yield `thread ${draft.thread} ${draft.total} ${tree}`;
    const cover = this.#mails[draft.cover];
    if (cover !== undefined) yield `cover ${tree} ${cover.subject.replace(/\s*\(?\bv\d+\)?$/i, '').toLowerCase()}`;
    for (const mail of parts) {
      const subject = this.#subject(mail);
      if (subject !== '') yield `part ${tree} ${subject}`;
      const parent = this.#threads.parents[mail] ?? -1;
      if (draft.total === 1 && parent >= 0) yield `part ${tree} ${this.#subject(parent)}`;
    }
  }

  /** Without the version that may stand behind it. */
  #subject(mail: number): string {
    return (this.#mails[mail]?.subject ?? '').replace(/\s*\(v\d+\)$/i, '').toLowerCase();
  }
}

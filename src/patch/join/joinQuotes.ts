// SPDX-License-Identifier: MIT
/** Finds for each message that quotes a patch the mail that carries it, and has the message read beside it. */

import type { LazyMessage, MessageSources } from '../lazyMessage';
import { headerLines } from '../scan/records';
import { fitQuote, type JoinedReading, joinMessage, type QuoteFit } from './joinMessage';
import { type OriginalPatch, rangesOf, readOriginal } from './originalPatch';

/** How much of the changed lines shown must be the patch's: where headers say which patch it is, and where nothing does. */
const NAMED = 0.5;
const UNNAMED = 0.9;
/** So many patches are tried on one message at most, so that a mailbox of patches alike stays linear. */
const MOST_TRIED = 8;
/** So many answers up a patch is looked for. */
const MOST_LEVELS = 200;

/**
 * Lets the messages that quote a patch find it among all messages: the patch they answer by their headers, one of the
 * same subject, one with the same blob ids, or one with the same lines. Nothing is searched before somebody asks for
 * the hunks, comments or lines of such a message, and messages that quote nothing are left as they are.
 */
export function joinQuotes(readings: readonly LazyMessage[]): void {
  if (readings.length < 2) return;
  let index: PatchIndex | undefined;
  for (const reading of readings) {
    if (!reading.sources().mayQuote) continue;
    reading.setJoin(() => {
      index ??= new PatchIndex(readings);
      return joined(reading, index);
    });
  }
}

function joined(message: LazyMessage, index: PatchIndex): JoinedReading | null {
  message.assignRoles();
  const quoting = { ...message.sources(), views: message.views() };
  const tried = new Set<LazyMessage>([message]);
  const attempt = (candidates: Iterable<LazyMessage>, share: number): JoinedReading | null => {
    const best = bestFit(candidates, tried, (candidate) => fitQuote(quoting, index.original(candidate)), share);
    return best === null ? null : joinMessage(quoting, index.original(best.patch), best.fit);
  };
  return (
    firstOf(index.answeredBy(message), (candidate) => attempt([candidate], NAMED)) ??
    attempt(index.ofSubject(message), NAMED) ??
    attempt(index.ofBlobs(message), NAMED) ??
    attempt(index.ofPaths(message), UNNAMED)
  );
}

function firstOf<T, R>(items: Iterable<T>, take: (item: T) => R | null): R | null {
  for (const item of items) {
    const found = take(item);
    if (found !== null) return found;
  }
  return null;
}

interface Fit {
  readonly patch: LazyMessage;
  readonly fit: QuoteFit;
}

/** The patch that fits best; null where none fits well enough, or two different ones fit alike. */
function bestFit(
  candidates: Iterable<LazyMessage>,
  tried: Set<LazyMessage>,
  fitOf: (patch: LazyMessage) => QuoteFit | null,
  share: number,
): Fit | null {
  let best: Fit | null = null;
  let isTie = false;
  for (const patch of candidates) {
    if (tried.has(patch) || tried.size > MOST_TRIED) continue;
    tried.add(patch);
    const fit = fitOf(patch);
    if (fit === null || fit.found < fit.changed * share) continue;
    if (best === null || fit.found > best.fit.found) {
      best = { patch, fit };
      isTie = false;
    } else if (fit.found === best.fit.found) isTie ||= !isSamePatch(best.patch, patch);
  }
  return isTie ? null : best;
}

/** Whether two mails carry patches with the same hunks at the same lines: the same mail twice, a patch sent again. */
function isSamePatch(one: LazyMessage, other: LazyMessage): boolean {
  const ranges = (message: LazyMessage): string =>
    message
      .sources()
      .records.flatMap(({ newPath, hunks }) => [
        newPath,
        ...hunks.map(({ header }) => (header === null ? '' : rangesOf(header))),
      ])
      .join('\n');
  return ranges(one) === ranges(other);
}

/** The patches of all messages, by what a quote may tell of them. */
class PatchIndex {
  readonly #byId = new Map<string, LazyMessage>();
  readonly #parents = new Map<string, readonly string[]>();
  readonly #patches: readonly LazyMessage[];
  readonly #bySubject = new Map<string, LazyMessage[]>();
  #byBlob: Map<string, LazyMessage[]> | undefined;
  #byPath: Map<string, LazyMessage[]> | undefined;
  readonly #originals = new WeakMap<LazyMessage, OriginalPatch>();

  constructor(readings: readonly LazyMessage[]) {
    this.#patches = readings.filter(ownsWholePatch);
    for (const message of readings) {
      if (message.messageId !== null && !this.#parents.has(message.messageId))
        this.#parents.set(message.messageId, parentsOf(message));
    }
    for (const reading of this.#patches) {
      const { messageId, subject } = reading;
      if (messageId !== null && !this.#byId.has(messageId)) this.#byId.set(messageId, reading);
      if (subject !== '') push(this.#bySubject, subject.toLowerCase(), reading);
    }
  }

  original(reading: LazyMessage): OriginalPatch {
    const known = this.#originals.get(reading);
    if (known !== undefined) return known;
    const made = readOriginal(reading.sources().body, reading.sources().records, reading.views());
    this.#originals.set(reading, made);
    return made;
  }

  /** The same mail in a better copy, and the patches that it answers, nearest first. */
  *answeredBy(message: LazyMessage): Generator<LazyMessage> {
    if (message.messageId !== null) yield* this.#patch(message.messageId);
    const seen = new Set<string>();
    let ids: readonly string[] = parentsOf(message);
    for (let level = 0; ids.length > 0 && level < MOST_LEVELS; level++) {
      let next: readonly string[] = [];
      for (const id of ids) {
        if (seen.has(id)) continue;
        seen.add(id);
        yield* this.#patch(id);
        if (next.length === 0) next = this.#parents.get(id) ?? [];
      }
      ids = next;
    }
  }

  *#patch(id: string): Generator<LazyMessage> {
    const reading = this.#byId.get(id);
    if (reading !== undefined) yield reading;
  }

  /** Those of the same subject, version and part, as far as both say so. */
  ofSubject({ subject, rawSubject, prefix }: LazyMessage): LazyMessage[] {
    const found = this.#bySubject.get(subject.toLowerCase()) ?? [];
    return found.filter(
      (other) =>
        !rawSubject.includes('[') ||
        !other.rawSubject.includes('[') ||
        (other.prefix.version === prefix.version &&
          (other.prefix.part === prefix.part || other.prefix.part === null || prefix.part === null)),
    );
  }

  ofBlobs(message: LazyMessage): LazyMessage[] {
    this.#byBlob ??= indexOf(this.#patches, blobsOf);
    const table = this.#byBlob;
    return blobsOf(message.sources()).flatMap((blobs) => table.get(blobs) ?? []);
  }

  ofPaths(message: LazyMessage): LazyMessage[] {
    this.#byPath ??= indexOf(this.#patches, pathsOf);
    const table = this.#byPath;
    return pathsOf(message.sources()).flatMap((path) => table.get(path) ?? []);
  }
}

/** Whether a message can be what others quote: its own patch, and all of it. */
function ownsWholePatch(message: LazyMessage): boolean {
  const { records, isReply } = message.sources();
  return (
    !isReply &&
    records.length > 0 &&
    records.every(
      ({ depth, hunks }) =>
        depth === 0 &&
        hunks.every(
          ({ header, missingOld, missingNew, columns }) =>
            header !== null && missingOld === 0 && missingNew === 0 && columns === undefined,
        ),
    )
  );
}

/** What a message answers, nearest first. */
function parentsOf(message: { readonly inReplyTo: string | null; readonly references: readonly string[] }): string[] {
  const ids = [...message.references].reverse();
  return message.inReplyTo === null ? ids : [message.inReplyTo, ...ids];
}

function pathsOf({ records }: MessageSources): string[] {
  const paths = records.map(({ oldPath, newPath }) => newPath ?? oldPath).filter((path) => path !== null);
  return [...new Set(paths)];
}

/** `index 1234..5678` of each file. */
function blobsOf({ records, body }: MessageSources): string[] {
  const found: string[] = [];
  for (let i = 0; i < records.length; i++) {
    for (const line of headerLines(body, records, i)) {
      const match = /^index ([0-9a-f]{7,64}\.\.[0-9a-f]{7,64})\b/.exec(body.lines.behindMarks(line).slice(0, 200));
      if (match?.[1] !== undefined) found.push(match[1]);
    }
  }
  return found;
}

function indexOf(
  patches: readonly LazyMessage[],
  keysOf: (parts: MessageSources) => readonly string[],
): Map<string, LazyMessage[]> {
  const table = new Map<string, LazyMessage[]>();
  for (const reading of patches) for (const key of keysOf(reading.sources())) push(table, key, reading);
  return table;
}

function push(table: Map<string, LazyMessage[]>, key: string, reading: LazyMessage): void {
  const list = table.get(key);
  if (list === undefined) table.set(key, [reading]);
  else if (list.length <= MOST_TRIED) list.push(reading);
}

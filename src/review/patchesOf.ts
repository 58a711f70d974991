// SPDX-License-Identifier: MIT
/** Which patches of a document are run, and which of them stand on each other. */

import { findSeries } from '../mail/series';
import { findThreads } from '../mail/threads';
import type { LazyMessage } from '../patch/lazyMessage';
import type { ReadTogether } from '../patch/readDocument';
import { threadMail } from '../patch/series/readSeries';
import type { PatchFile } from '../patch/types';

export interface DocumentPatch {
  readonly files: readonly PatchFile[];
  /** Whether runs of white space were lost. */
  readonly isCollapsed: boolean;
  /** When it was sent, as the mail says; null where it does not. */
  readonly date: string | null;
  /** Its number in the series that it belongs to, from 1 on. */
  readonly part: number;
}

/** Patches that are applied one after the other, or a patch alone. */
export interface DocumentSeries {
  /** In the order of their numbers. */
  readonly patches: readonly DocumentPatch[];
  /** Those of them that an earlier version in the document has told of: they were not sent again. */
  readonly known: ReadonlySet<DocumentPatch>;
  /** What is to be said of it as one; null for a patch alone. */
  readonly head: SeriesHead | null;
}

export interface SeriesHead {
  readonly version: number;
  /** Of the version before it, where the document has more than one patch of that. */
  readonly previous: SeriesHead | null;
  readonly total: number;
  readonly subject: string;
  /** 1-based line of the subject of the cover letter; without one, of the first patch. */
  readonly line: number;
  /** Numbers of the parts that the document does not have. */
  readonly missing: readonly number[];
  /** Whether they stand in the document in the order of their numbers. */
  readonly isInOrder: boolean;
}

export interface DocumentPatches {
  /** In the order of their first patches. */
  readonly series: readonly DocumentSeries[];
  /** Each patch once, in the order in which they are run. */
  readonly patches: readonly DocumentPatch[];
  /** 1-based lines of the messages that quote a patch which the document has in full: that one is run, not the quote. */
  readonly quoting: readonly number[];
}

/** The patches of a document that have code; a quote only where the patch itself is not there. */
export function patchesOf(document: ReadTogether): DocumentPatches {
  const patches = new Map<LazyMessage, DocumentPatch>();
  const quoting: number[] = [];
  for (const message of document.messages) {
    const { files, date } = message;
    if (!files.some((file) => file.hunks.length > 0)) continue;
    if (message.isQuoteOnly()) quoting.push(message.line);
    else patches.set(message, { files, isCollapsed: message.whitespace === 'collapsed', date, part: 1 });
  }
  const series = patches.size > 1 ? seriesOf(document.messages, patches) : [];
  const inSeries = new Set(series.flatMap((one) => one.messages));
  for (const [message, patch] of patches)
    if (!inSeries.has(message))
      series.push({ messages: [message], series: { patches: [patch], known: new Set(), head: null } });
  const first = ({ messages }: Found): number => Math.min(...messages.map((message) => message.line));
  const ordered = series.sort((a, b) => first(a) - first(b)).map((one) => one.series);
  return {
    series: ordered,
    patches: ordered.flatMap((one) => one.patches.filter((patch) => !one.known.has(patch))),
    quoting,
  };
}

interface Found {
  /** Those whose patches are told of with this series. */
  readonly messages: readonly LazyMessage[];
  readonly series: DocumentSeries;
}

/** The series of which the document has more than one patch. */
function seriesOf(messages: readonly LazyMessage[], patches: ReadonlyMap<LazyMessage, DocumentPatch>): Found[] {
  const mails = messages.map(threadMail);
  const told = new Set<LazyMessage>();
  const all = findSeries(mails, findThreads(mails));
  const heads = new Map<number, SeriesHead>();
  const found: Found[] = [];
  // Versions in order: a later one names the one before.
  const order = all.map((_, index) => index).sort((a, b) => (all[a]?.version ?? 0) - (all[b]?.version ?? 0) || a - b);
  for (const index of order) {
    const one = all[index];
    if (one === undefined) continue;
    const { version, total, subject, cover, parts, missing, previous } = one;
    const here = parts.flatMap((mail, at) => {
      const message = messages[mail];
      const patch = message && patches.get(message);
      return message && patch ? [{ message, patch: { ...patch, part: at + 1 } }] : [];
    });
    const fresh = here.filter(({ message }) => !told.has(message));
    if (here.length < 2 || fresh.length === 0) continue;
    for (const { message } of fresh) told.add(message);
    const lines = fresh.map(({ message }) => message.line);
    const top = messages[cover] ?? here[0]?.message;
    const head: SeriesHead = {
      version,
      previous: heads.get(previous) ?? null,
      total,
      subject,
      line: top === undefined ? 1 : subjectLine(top),
      missing,
      isInOrder: lines.every((line, at) => at === 0 || line > (lines[at - 1] ?? 0)),
    };
    heads.set(index, head);
    const known = new Set(here.filter((part) => !fresh.includes(part)).map(({ patch }) => patch));
    found.push({
      messages: fresh.map(({ message }) => message),
      series: { patches: here.map(({ patch }) => patch), known, head },
    });
  }
  return found;
}

/** The 1-based line of a message's subject; its first line where it has none. */
function subjectLine(message: LazyMessage): number {
  const { document, span } = message.sources();
  const field = span.fields.find(({ name }) => name === 'subject');
  return field === undefined ? message.line : document.firstLine + field.line + 1;
}

// SPDX-License-Identifier: MIT
/** The series of patches that a set of documents holds, with the trailers that replies give to them. */

import { type CollectedTrailer, collectTrailers } from '../../mail/collectTrailers';
import { findSeries } from '../../mail/series';
import { findThreads, type ThreadMail } from '../../mail/threads';
import type { LazyMessage } from '../lazyMessage';
import type { PatchFile } from '../types';
import { rangeDiff } from './rangeDiff';
import { rangeDiffText } from './rangeDiffText';
import { rangePatch } from './rangePatch';

/** A message: its document among those read together, its place in there (both 0-based), and its first line (1-based). */
export interface MessagePlace {
  readonly document: number;
  readonly message: number;
  readonly line: number;
}

export interface SeriesReading {
  readonly version: number;
  readonly total: number;
  readonly subject: string;
  readonly rfc: boolean;
  readonly resend: boolean;
  readonly tree: string | null;
  readonly cover: MessagePlace | null;
  /** From part 1 on; null where the part is missing. */
  readonly parts: readonly (MessagePlace | null)[];
  readonly missing: readonly number[];
  /** The version that the parts not sent again are taken from, where only some were. */
  readonly base: number | null;
  /** The version before, where it is there. */
  readonly previous: number | null;
  /** What changed since the version before, as `git range-diff` words it; null where that version is not there. */
  readonly rangeDiff: string | null;
  readonly trailers: readonly SeriesTrailer[];
}

/** `line` is the 1-based line of the trailer in its document. */
export type SeriesTrailer = Omit<CollectedTrailer, 'mail' | 'line'> & { readonly place: MessagePlace };

/**
 * Finds the series among the messages of all documents, in the order of their first messages. Linear but for comparing
 * two versions, where the effort is bounded (`rangeDiff.ts`); never throws.
 */
export function readSeries(documents: readonly { readonly messages: readonly LazyMessage[] }[]): SeriesReading[] {
  const messages: LazyMessage[] = [];
  const places: MessagePlace[] = [];
  documents.forEach((document, at) => {
    document.messages.forEach((message, i) => {
      messages.push(message);
      places.push({ document: at, message: i, line: message.line });
    });
  });
  const mails = messages.map(threadMail);
  const threads = findThreads(mails);
  const found = findSeries(mails, threads);
  const changes = new Map<number, string>();
  const changeOf = (mail: number): string => {
    const known = changes.get(mail) ?? describeChange(messages[mail]?.files ?? []);
    changes.set(mail, known);
    return known;
  };
  const trailers = collectTrailers(mails, threads, found, {
    given: (mail) => messages[mail]?.givenTrailers() ?? [],
    present: (mail) => messages[mail]?.trailers ?? [],
    isSameChange: (one, other) => one === other || changeOf(one) === changeOf(other),
  });
  const patches = (parts: readonly number[]) =>
    parts.flatMap((mail) => {
      const message = messages[mail];
      return message === undefined ? [] : [rangePatch(message)];
    });
  const changesSince = (before: readonly number[], after: readonly number[]): string => {
    const [old, fresh] = [patches(before), patches(after)];
    return rangeDiffText(old, fresh, rangeDiff(old, fresh));
  };
  const place = (mail: number): MessagePlace | null => places[mail] ?? null;
  return found.map((series, i) => {
    const previous = found[series.previous];
    return {
      version: series.version,
      total: series.total,
      subject: series.subject,
      rfc: series.rfc,
      resend: series.resend,
      tree: series.tree,
      cover: place(series.cover),
      parts: series.parts.map(place),
      missing: series.missing,
      base: found[series.base]?.version ?? null,
      previous: previous?.version ?? null,
      rangeDiff: previous === undefined ? null : changesSince(previous.parts, series.parts),
      trailers: (trailers[i] ?? []).flatMap(({ mail, line, ...trailer }) => {
        const from = places[mail];
        return from === undefined ? [] : [{ ...trailer, place: { ...from, line } }];
      }),
    };
  });
}

/** What threads and series are told from, of one message. */
export function threadMail(message: LazyMessage): ThreadMail {
  const { records, isReply } = message.sources();
  const { messageId, inReplyTo, references, subject, rawSubject, author, prefix } = message;
  const hasPatch = records.some(({ depth }) => depth === 0);
  return {
    messageId,
    inReplyTo,
    references,
    subject,
    rawSubject,
    author,
    prefix,
    hasPatch,
    // Some mailers answer without `Re:`.
    isReply: isReply || (!hasPatch && inReplyTo !== null && prefix.part !== 0),
  };
}

/** What a patch changes, wherever it stands in the files: git's idea of a stable patch id. */
function describeChange(files: readonly PatchFile[]): string {
  const parts: string[] = [];
  for (const { oldPath, newPath, status, hunks } of files) {
    parts.push(`${oldPath} ${newPath} ${status}`);
    for (const { lines } of hunks)
      for (const { kind, text } of lines) parts.push(`${kind} ${text.replace(/\s+/g, '')}`);
  }
  return parts.join('\n');
}

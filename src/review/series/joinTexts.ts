// SPDX-License-Identifier: MIT
/** A series that is spread over several documents, as `git format-patch` writes it, reviewed as one mailbox. */

import { readDocument } from '../../patch/readDocument';
import { patchesOf } from '../patchesOf';
import type { Finding, Place, Replay, ReplaySide, Review } from '../types';

/** Documents one behind the other. */
export interface Joined {
  readonly text: string;
  /** How many lines stand above each of them. */
  readonly above: readonly number[];
}

/** In front of a mail that is none of a mailbox. */
const separator = 'From kernel-patch-review Mon Jan  1 00:00:00 2001';

/** Puts documents into one mailbox. */
export function joinTexts(texts: readonly string[]): Joined {
  const above: number[] = [];
  let text = '';
  let lines = 0;
  for (const own of texts) {
    const part = /^From .*\d\d:\d\d.*\d{4}/.test(own) ? own : `${separator}\n${own}`;
    above.push(lines + (part === own ? 0 : 1));
    const whole = /[\r\n]$/.test(part) ? part : `${part}\n`;
    text += whole;
    lines += whole.split(/\r\n|\r|\n/).length - 1;
  }
  return { text, above };
}

/**
 * Which documents are reviewed together: those over which one series is spread. Each document (0-based) is in one group,
 * in order. Documents that would be read otherwise in a mailbox stay alone.
 */
export function groupTexts(texts: readonly string[]): readonly (readonly number[])[] {
  const alone = texts.map((_, at) => [at]);
  if (texts.length < 2) return alone;
  const separate = texts.map((text) => readDocument(text).messages.length);
  const candidates = alone.flat().filter((at) => separate[at] !== 0);
  const { text, above } = joinTexts(candidates.map((at) => texts[at] ?? ''));
  const document = readDocument(text);
  const found = document.messages.map((message) => documentOf(above, message.line + 1));
  const wholes = candidates.map((at, index) => found.filter((own) => own === index).length === separate[at]);
  const group = alone.map(([at = 0]) => at);
  for (const { head, patches } of patchesOf(document).series) {
    if (head === null) continue;
    const lines = [head.line, ...patches.flatMap(({ files }) => files[0]?.line ?? [])];
    const members = [...new Set(lines.map((line) => documentOf(above, line)))].filter((index) => wholes[index]);
    const own = members.flatMap((index) => candidates[index] ?? []);
    const first = Math.min(...own.map((at) => group[at] ?? at));
    const joined = new Set(own.map((at) => group[at]));
    for (const [at, of] of group.entries()) if (joined.has(of)) group[at] = first;
  }
  return alone.flatMap(([at = 0]) =>
    group[at] === at ? [group.flatMap((of, other) => (of === at ? [other] : []))] : [],
  );
}

/** The document that a line (1-based) of a mailbox belongs to. */
const documentOf = (above: readonly number[], line: number): number =>
  Math.max(
    0,
    above.findLastIndex((lines) => lines < line),
  );

/**
 * The review of each of the documents. What happened in a scenario, and what has no place, is told with the first one.
 * @param names what places in another document name
 */
export function splitReview(review: Review, { above }: Joined, names: readonly string[]): Review[] {
  return names.map((_, at) => {
    const isOwn = (place: Place | null): boolean =>
      place === null || place.file !== 'document' ? at === 0 : documentOf(above, place.line) === at;
    const placed = (place: Place): Place => {
      if (place.file !== 'document') return place;
      const of = documentOf(above, place.line);
      const lines = above[of] ?? 0;
      const file = of === at ? place.file : (names[of] ?? '');
      return { ...place, file, line: place.line - lines, endLine: place.endLine - lines };
    };
    const own = review.findings.filter(({ place }) => isOwn(place));
    const index = new Map(own.map((finding, number) => [finding, number]));
    const hunks = review.hunks.flatMap((hunk) => {
      if (documentOf(above, hunk.line) !== at) return [];
      const findings = hunk.findings.flatMap((number) => {
        const finding = review.findings[number];
        return (finding && index.get(finding)) ?? [];
      });
      // What came of it is told in another document.
      if (findings.length === 0 && hunk.findings.length > 0) return [];
      return [{ ...hunk, line: hunk.line - (above[at] ?? 0), findings }];
    });
    const notices = review.notices
      .filter(({ place }) => isOwn(place))
      .map((notice) => (notice.place === null ? notice : { ...notice, place: placed(notice.place) }));
    return {
      ...review,
      findings: own.map((finding) => movedFinding(finding, placed)),
      hunks,
      runs: at === 0 ? review.runs.map((run) => ({ ...run, replay: movedReplay(run.replay, placed) })) : [],
      notices,
    };
  });
}

function movedFinding(finding: Finding, placed: (place: Place) => Place): Finding {
  const whatIfs = finding.whatIfs
    ?.map((whatIf) => ({
      ...whatIf,
      place: placed(whatIf.place),
      edits: whatIf.edits.map((edit) => ({ ...edit, place: placed(edit.place) })),
    }))
    .filter(({ edits }) => edits.every(({ place }) => place.file === 'document'));
  return {
    ...finding,
    place: placed(finding.place),
    related: finding.related.map((one) => ({ ...one, place: placed(one.place) })),
    ...(whatIfs && { whatIfs }),
    replay: movedReplay(finding.replay, placed),
  };
}

function movedReplay(replay: Replay, placed: (place: Place) => Place): Replay {
  const side = (one: ReplaySide | null): ReplaySide | null =>
    one && { ...one, steps: one.steps.map((step) => ({ ...step, place: step.place && placed(step.place) })) };
  return { ...replay, before: side(replay.before), after: side(replay.after) };
}

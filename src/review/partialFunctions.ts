// SPDX-License-Identifier: MIT
/** Functions that hunks show in part: woven into their models, or, where there is none, run alone. */

import type { Unit } from '../c/ast';
import { wrapFragment } from '../c/fragment';
import type { WeaveRow } from '../c/hunkPlan';
import { concatenate, type MappedText, mapLine, type Origin, slice } from '../c/mappedText';
import { sectionFunction } from '../c/topLevel';
import { type Woven, weave } from '../c/weave';
import type { Hunk, HunkLine } from '../patch/types';
import type { Side } from './types';

/** A line of a hunk that is a line of a file. */
export type Row = HunkLine & { readonly kind: 'add' | 'del' | 'context' };

/** What the hunks of one file show of one function. */
export interface PartialFunction {
  readonly name: string;
  readonly path: string | null;
  /** The rows of each hunk, of both sides, in order. */
  readonly rows: Row[][];
  /** The hunks, the first one first. */
  readonly hunks: Hunk[];
}

/** What becomes of such a function. */
export type Placed =
  | { readonly kind: 'woven'; readonly woven: Woven }
  /** Only its own lines, as C of both sides. */
  | { readonly kind: 'fragment'; readonly before: MappedText; readonly after: MappedText }
  /** Its place cannot be told; `line` of the document says most. */
  | { readonly kind: 'refused'; readonly reason: string; readonly line: number }
  /** No model, and its lines make no sense alone, for the reason given. */
  | { readonly kind: 'lost'; readonly reason: string };

/** Adds rows to what is known of a function. Both sides of a hunk show the same stretch, each with rows of its own. */
export function addPartial(partials: Map<string, PartialFunction>, found: PartialFunction): void {
  const key = `${found.name} ${found.path ?? ''}`;
  const known = partials.get(key);
  if (!known) {
    partials.set(key, found);
    return;
  }
  for (const hunk of found.hunks) if (!known.hunks.includes(hunk)) known.hunks.push(hunk);
  for (const rows of found.rows) {
    const last = known.rows.at(-1) ?? [];
    const lines = new Set(last.map((r) => r.line));
    if (!rows.some((r) => lines.has(r.line))) known.rows.push(rows);
    else
      known.rows[known.rows.length - 1] = [...last, ...rows.filter((r) => !lines.has(r.line))].sort(
        (a, b) => a.line - b.line || a.column - b.column,
      );
  }
}

/**
 * Puts together what hunks show of a function.
 * @param models where its whole body may be
 * @param isKnown whether its body is known though no model has it: then its lines do not stand for it
 * @param isChanged whether a line of the document is added or removed
 */
export function place(
  models: readonly Unit[],
  partial: PartialFunction,
  isKnown: (name: string) => boolean,
  isChanged: (line: number) => boolean,
): Placed {
  const { name, rows, hunks } = partial;
  const [hunk] = hunks;
  const model = models.find((u) => u.functions.has(name));
  const definition = model?.functions.get(name);
  if (model && definition) {
    const result = weave(slice(model.source, definition.span.start, definition.span.end), weaveRows(rows));
    if (result.kind === 'woven') return { kind: 'woven', woven: result };
    return { kind: 'refused', reason: result.reason, line: result.row?.origin.line ?? hunk?.line ?? 1 };
  }
  if (isKnown(name)) return { kind: 'lost', reason: 'the kernel tree has another version of it' };
  const kinds = new Set(rows.flatMap((part) => part.map((row) => row.kind)));
  // A diff shows the whole of what it adds or removes.
  if (kinds.size === 1) return { kind: 'lost', reason: 'it is added or removed, and its end is missing' };
  if (hunks.some(isCut)) return { kind: 'lost', reason: 'lines of its hunk are missing' };
  const section = hunk && sectionFunction(hunk.section) === name ? hunk.section : '';
  const side = (which: Side): MappedText | null =>
    wrapFragment(
      name,
      section,
      rows.map((part) => sideText(part, which)),
      isChanged,
    );
  const [before, after] = [side('before'), side('after')];
  if (before === null || after === null)
    return { kind: 'lost', reason: 'the change is in a statement that is not shown whole' };
  return { kind: 'fragment', before, after };
}

/** A line or three may be missing because somebody edited the mail; more than that was left out. */
export const editedLines = 3;

/** Whether a hunk does not show all that it changes: a whole one ends in context, or with the file. */
function isCut(hunk: Hunk): boolean {
  const missing = Math.max(hunk.missingOld, hunk.missingNew);
  return missing > editedLines || (missing > 0 && hunk.lines.at(-1)?.kind !== 'context');
}

/** The text of one side, every line with its place in the document. */
export function sideText(rows: readonly Row[], side: Side): MappedText {
  const skip = side === 'before' ? 'add' : 'del';
  return concatenate(rows.filter((r) => r.kind !== skip).map((row) => mapLine(row.text, originOf(row), row.wraps)));
}

const originOf = (row: Row): Origin => ({ file: 'document', line: row.line, column: row.textColumn });

/** Rows as they are woven. */
export const weaveRows = (parts: readonly (readonly Row[])[]): WeaveRow[][] =>
  parts.map((rows) =>
    rows.map((row) => ({
      kind: row.kind,
      text: row.text,
      origin: originOf(row),
      ...(row.wraps && { wraps: row.wraps }),
    })),
  );

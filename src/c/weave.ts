// SPDX-License-Identifier: MIT
/**
 * Places a hunk that shows part of a function in the text of that function. Lines are compared by their tokens,
 * so lost white space does not matter, and the text may lack lines that the hunk shows or have others between.
 */

import { aliasesIn } from './aliases';
import type { WeaveRow } from './hunkPlan';
import { commentKey, createLineReader, type LineReader } from './likeness';
import { concatenate, type MappedText, mapLine, slice } from './mappedText';
import { type Edit, planEdit, type Refusal, tooLittle } from './planEdit';

/** A function with the hunks in their places. */
export interface Woven {
  readonly kind: 'woven';
  readonly before: MappedText;
  readonly after: MappedText;
  /** Share of the hunk's context and removed lines that were found, by tokens: 0 to 1, the worst of all hunks. */
  readonly score: number;
  /** The added lines were there already: `before` is the text without them. */
  readonly turned: boolean;
}

/**
 * @param model the function's text as it is on one side
 * @param shownHunks the rows of every hunk that shows part of it, in order
 * @returns both sides, or why a hunk's place cannot be told
 */
export function weave(model: MappedText, shownHunks: readonly (readonly WeaveRow[])[]): Woven | Refusal {
  const changing = shownHunks.filter((rows) => rows.some(({ kind, text }) => kind !== 'context' && text.trim() !== ''));
  // One that shows the function and changes something beside it says nothing.
  const known = new Set(model.text.split('\n').map(commentKey));
  const hunks = (changing.length > 0 ? changing : shownHunks).map((rows) => withoutCommentText(rows, known));
  const rows = hunks.flat().map((row) => row.text);
  const comments = new Set(rows.map(commentKey).filter((key) => key !== '' && known.has(key)));
  const reader = createLineReader(aliasesIn([model.text, rows.join('\n')]), comments);
  const byLine = plan(reader, model, hunks, false);
  const { edit, turned } = byLine.edit.kind === 'edit' ? byLine : plan(reader, model, hunks, true);
  if (edit.kind === 'refused') return byLine.edit.kind === 'refused' ? byLine.edit : edit;
  const [whole, edited] = [shown(model, edit), apply(model, edit)];
  return {
    kind: 'woven',
    before: turned ? edited : whole,
    after: turned ? whole : edited,
    score: edit.score,
    turned,
  };
}

/**
 * Rows with nothing for the text within a comment that is there on both sides: a model need not have that comment, and
 * then its text would stand for code, of which little is there.
 * @param known the lines of the model's comments, which help to find the place
 */
function withoutCommentText(rows: readonly WeaveRow[], known: ReadonlySet<string>): readonly WeaveRow[] {
  const first = rows.find(({ text }) => /\/\*|\*\//.test(text))?.text ?? '';
  // The hunk may begin in the middle of one.
  const begins = /^(?:(?!\/\*).)*\*\//.test(first);
  /** By side, whether a comment goes on that did not begin with a line of that side alone. */
  const inComment = { del: begins, add: begins };
  return rows.map((row) => {
    const opens = row.text.lastIndexOf('/*');
    const closes = row.text.lastIndexOf('*/');
    const sides = row.kind === 'context' ? (['del', 'add'] as const) : [row.kind];
    const isText = opens < 0 && closes < 0 && sides.some((side) => inComment[side]);
    for (const side of sides) {
      if (opens > closes) inComment[side] = row.kind === 'context';
      else if (closes >= 0) inComment[side] = false;
    }
    return isText && (row.kind !== 'context' || !known.has(commentKey(row.text))) ? { ...row, text: '' } : row;
  });
}

/** The edit that fits better: what the hunks do, or what undoes them. */
function plan(
  reader: LineReader,
  model: MappedText,
  hunks: readonly (readonly WeaveRow[])[],
  joined: boolean,
): { readonly edit: Edit | Refusal; readonly turned: boolean } {
  const swapped = hunks.map((rows) => rows.map(swap));
  const forward = planEdit(reader, model.text, hunks, joined);
  const backward = planEdit(reader, model.text, swapped, joined);
  const adds = hunks.some((rows) => rows.some((row) => row.kind === 'add' && row.text.trim() !== ''));
  const turned = isNewer(adds, backward, forward);
  if (turned === null) return { edit: refused('whether it is in there already cannot be told'), turned: false };
  return { edit: turned ? backward : forward, turned };
}

const refused = (reason: string): Refusal => ({ kind: 'refused', reason, row: null });

const swap = (row: WeaveRow): WeaveRow => ({
  ...row,
  kind: row.kind === 'add' ? 'del' : row.kind === 'del' ? 'add' : 'context',
});

/**
 * Whether the text is newer than the patch: what is added is there, or what is removed is gone. Null where there is no
 * telling.
 */
function isNewer(adds: boolean, backward: Edit | Refusal, forward: Edit | Refusal): boolean | null {
  if (!adds) {
    // What is removed is not there, and all around it is: the text does without it already, or always did.
    if (forward.kind === 'refused')
      return (
        forward.reason === tooLittle &&
        backward.kind === 'edit' &&
        backward.score >= leastAround &&
        backward.words >= leastNewer
      );
    // What is removed may be there in other words, or elsewhere.
    if (backward.kind === 'refused') return forward.removedShare === 0 ? null : false;
    if (backward.fit <= forward.fit) return false;
    return forward.removedShare < 0.2 && backward.words >= leastNewer ? true : null;
  }
  if (backward.kind === 'refused' || backward.removedShare < 0.8) return false;
  if (forward.kind === 'edit' && backward.fit < forward.fit) return false;
  return backward.words >= leastNewer ? true : null;
}

/** One short line may be there by chance. */
const leastNewer = 5;
/** Share of what is around removed lines that are not there. */
const leastAround = 0.7;

/** The text with what the edit removes left out and what it adds put in. */
function apply(model: MappedText, edit: Edit): MappedText {
  const removed = new Set(
    edit.removed.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i)),
  );
  const lines = linesOf(model);
  const parts: MappedText[] = [];
  for (let line = 0; line <= lines.length; line++) {
    for (const { before, rows } of edit.inserted) if (before === line) parts.push(...rows.map(mapRow));
    const kept = lines[line];
    if (kept && !removed.has(line)) parts.push(kept);
  }
  return concatenate(parts);
}

/** The text as it is; the lines that the edit removes stand in the mail, which shows them. */
function shown(model: MappedText, edit: Edit): MappedText {
  const removed = new Map(edit.removed.map((part) => [part.from, part] as const));
  const lines = linesOf(model);
  const parts: MappedText[] = [];
  for (let line = 0; line < lines.length; ) {
    const part = removed.get(line);
    if (part) parts.push(...part.rows.map(mapRow));
    else parts.push(lines[line] as MappedText);
    line = part ? part.to : line + 1;
  }
  return concatenate(parts);
}

const mapRow = (row: WeaveRow): MappedText => mapLine(row.text, row.origin, row.wraps);

/** Every line of a text with its line end. */
function linesOf(text: MappedText): MappedText[] {
  const lines: MappedText[] = [];
  for (let start = 0; start < text.text.length; ) {
    const end = text.text.indexOf('\n', start);
    const behind = end < 0 ? text.text.length : end + 1;
    lines.push(slice(text, start, behind));
    start = behind;
  }
  return lines;
}

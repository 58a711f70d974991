// SPDX-License-Identifier: MIT
/** Compares what was read from a page of a mail archive with the truth about each of its lines. */

import type { LineInfo, LineRole, Message } from '../../src/patch/types';

/** What a line of a page is; pages on one line have offsets (`start` to `end`, exclusive) instead of lines. */
export interface TruthLine {
  readonly line?: number;
  readonly start?: number;
  readonly end?: number;
  readonly depth: number;
  readonly role: string;
  readonly file: string | null;
  readonly old: number | null;
  readonly new: number | null;
}

export interface Truth {
  readonly style: string;
  readonly comments: readonly { readonly file: string; readonly old: number | null; readonly new: number | null }[];
  readonly lines: readonly TruthLine[];
}

/** Numbers of right answers; `lines` and `comments` are what they are out of. */
export interface Score {
  lines: number;
  role: number;
  depth: number;
  file: number;
  old: number;
  new: number;
  /** Like `old` and `new`, with a range that has the truth in it taken for right. */
  oldInRange: number;
  newInRange: number;
  comments: number;
  anchored: number;
  invented: number;
  /** Positions called exact that are not. */
  falselyExact: number;
  notes: string[];
}

export function emptyScore(): Score {
  return {
    lines: 0,
    role: 0,
    depth: 0,
    file: 0,
    old: 0,
    new: 0,
    oldInRange: 0,
    newInRange: 0,
    comments: 0,
    anchored: 0,
    invented: 0,
    falselyExact: 0,
    notes: [],
  };
}

/** Our roles for one of theirs. */
const roles: Readonly<Record<string, readonly LineRole[]>> = {
  add: ['add'],
  del: ['del'],
  ctx: ['context'],
  diff: ['file'],
  meta: ['file'],
  hunk: ['hunk'],
  elision: ['snip'],
  text: ['text', 'signature'],
  header: ['header', 'footer'],
  comment: ['comment'],
  blank: ['blank'],
  attribution: ['attribution'],
};

/** What was read about one line: the ranges are null where no number was given. */
interface Known {
  readonly info: LineInfo;
  readonly file: string | null;
  readonly old: Numbers;
  readonly new: Numbers;
  readonly isExact: boolean;
}
type Numbers = readonly [number, number] | null;

/** Adds the comparison of one page to `score`. */
export function addPage(score: Score, name: string, text: string, message: Message, truth: Truth): void {
  const known = knownLines(message);
  let continued: TruthLine | null = null;
  for (const line of truth.lines) {
    const expected: TruthLine = line.role === 'wrap' && continued !== null ? { ...line, role: continued.role } : line;
    if (line.role !== 'wrap') continued = line;
    const found = line.line === undefined ? atOffsets(known, text, line) : known.get(line.line)?.[0];
    const place = `${name}:${line.line ?? line.start}`;
    score.lines++;
    if (found === undefined) {
      score.notes.push(`${place}: not found (${expected.role})`);
      continue;
    }
    const isRole = roles[expected.role]?.includes(found.info.role) ?? false;
    if (isRole) score.role++;
    else score.notes.push(`${place}: ${found.info.role} for ${expected.role}`);
    if (found.info.depth === expected.depth) score.depth++;
    else score.notes.push(`${place}: depth ${found.info.depth} for ${expected.depth}`);
    if (found.file === expected.file) score.file++;
    else score.notes.push(`${place}: file ${found.file} for ${expected.file} (${expected.role})`);
    // A continuation has no number of its own, and an answer only that of the side it is anchored to.
    const ofComment = expected.role === 'comment' && isRole;
    const skip = line.role === 'wrap';
    const sides = [
      ['old', 'oldInRange', skip || (ofComment && expected.new !== null)],
      ['new', 'newInRange', skip],
    ] as const;
    for (const [side, inRange, isFree] of sides) {
      const numbers = found[side];
      const wanted = expected[side];
      const isSame = isFree || (wanted === null ? numbers === null : numbers !== null && numbers[0] === wanted);
      const isIn = isSame || (wanted !== null && numbers !== null && numbers[0] <= wanted && wanted <= numbers[1]);
      if (isSame) score[side]++;
      if (isIn) score[inRange]++;
      if (!isSame)
        score.notes.push(`${place}: ${side} ${numbers?.join('..') ?? null} for ${wanted} (${expected.role})`);
      if (!isSame && numbers !== null && found.isExact) {
        score.falselyExact++;
        score.notes.push(`${place}: falsely exact`);
      }
    }
  }
  addComments(score, name, message, truth);
}

function addComments(score: Score, name: string, message: Message, truth: Truth): void {
  score.comments += truth.comments.length;
  const isOneLine = truth.lines[0]?.line === undefined;
  const starts = commentStarts(truth);
  const open = [...message.comments];
  truth.comments.forEach((wanted, i) => {
    const side = wanted.new === null ? 'old' : 'new';
    const number = wanted[side];
    const at = open.findIndex(
      ({ line, anchor }) =>
        anchor.file === wanted.file &&
        anchor.side === side &&
        anchor.line === number &&
        anchor.endLine === number &&
        (isOneLine || line === starts[i]),
    );
    if (at >= 0) {
      score.anchored++;
      open.splice(at, 1);
    }
  });
  const lines = new Set(truth.lines.filter((line) => line.role === 'comment').map((line) => line.line));
  const left = isOneLine
    ? open.slice(truth.comments.length - (message.comments.length - open.length))
    : open.filter(({ line, endLine }) => !lines.has(line) || !lines.has(endLine));
  score.invented += left.length;
  for (const comment of left) score.notes.push(`${name}:${comment.line}: comment invented`);
  for (const comment of open) {
    score.notes.push(`${name}:${comment.line}: comment at ${JSON.stringify(comment.anchor)}`);
  }
}

/** The first line of each comment. */
function commentStarts(truth: Truth): (number | undefined)[] {
  return truth.lines
    .filter((line, i) => line.role === 'comment' && truth.lines[i - 1]?.role !== 'comment')
    .map((line) => line.line);
}

/** What is known of each line by its number; a page on one line has all of it on line 1. */
function knownLines(message: Message): Map<number, Known[]> {
  const rows = new Map<string, Omit<Known, 'info'>>();
  for (const file of message.files) {
    const path = file.newPath ?? file.oldPath;
    for (const hunk of file.hunks) {
      for (const row of hunk.lines) {
        rows.set(`${row.line}:${row.column}`, {
          file: path,
          old: row.old === null ? null : [row.old, row.oldMax ?? row.old],
          new: row.new === null ? null : [row.new, row.newMax ?? row.new],
          isExact: row.certainty === 'exact',
        });
      }
    }
  }
  let file = -1;
  const isOneLine = (message.lines.at(-1)?.line ?? 0) === 1;
  const comments = [...message.comments];
  let open = -1;
  const known = new Map<number, Known[]>();
  let before: LineInfo | undefined;
  let path: string | null = null;
  for (const info of message.lines) {
    const isNext = info.role === 'file' && message.files[file + 1]?.line === info.line;
    if (isNext && (!isOneLine || before?.role !== 'file')) {
      file++;
      path = message.files[file]?.newPath ?? message.files[file]?.oldPath ?? null;
    }
    let of: Omit<Known, 'info'> = { file: null, old: null, new: null, isExact: false };
    if (info.role === 'comment') {
      if (
        isOneLine ? before?.role !== 'comment' || before.depth !== info.depth : comments[open + 1]?.line === info.line
      )
        open++;
      const anchor = comments[open]?.anchor;
      const numbers: Numbers =
        anchor === undefined || anchor.line === null ? null : [anchor.line, anchor.endLine ?? anchor.line];
      of = {
        file: anchor?.file ?? null,
        old: anchor?.side === 'old' ? numbers : null,
        new: anchor?.side === 'new' ? numbers : null,
        isExact: anchor?.certainty === 'exact',
      };
    } else if (info.role === 'file' || info.role === 'hunk') of = { ...of, file: path };
    else of = rows.get(`${info.line}:${info.column}`) ?? of;
    if (of.file === null && (info.role === 'add' || info.role === 'del' || info.role === 'context')) {
      // The continuation of a row that was wrapped.
      of = { ...of, file: path };
    }
    const list = known.get(info.line);
    if (list === undefined) known.set(info.line, [{ info, ...of }]);
    else list.push({ info, ...of });
    before = info;
  }
  return known;
}

/** The part of a page on one line that ends where the truth says, and starts there or behind the quote marks. */
function atOffsets(known: Map<number, Known[]>, text: string, { start = 0, end = 0 }: TruthLine): Known | undefined {
  const marks = /^(?:>\s?)*/.exec(text.slice(start, end))?.[0].length ?? 0;
  return known.get(1)?.find(({ info }) => {
    if (start + marks >= end)
      return info.column === info.endColumn && info.column - 1 > start && info.column - 1 <= end + 1;
    return info.endColumn - 1 === end && info.column - 1 >= start && info.column - 1 <= start + marks;
  });
}

/** Fields in percent, two digits. */
export function percent(part: number, whole: number): string {
  return ((100 * part) / Math.max(1, whole)).toFixed(2);
}

/** The styles of the corpus whose pages have lines, as the mail had. */
export const lineStyles: readonly string[] = [
  'hypermail',
  'lore-raw',
  'mail-archive',
  'noquote-hypermail',
  'openwall-collapsed',
  'openwall-pre',
  'outlook-crlf-nbsp',
  'pipermail',
];

/** The columns of a table of scores, and its head. */
export const tableHead =
  'style                 lines   role  depth   file    old    new  old~   new~  anchored invented falsely exact';
export function tableRow(style: string, score: Score): string {
  const of = (part: number): string => percent(part, score.lines).padStart(6);
  return `${style.padEnd(20)} ${String(score.lines).padStart(6)} ${of(score.role)} ${of(score.depth)} ${of(score.file)} ${of(score.old)} ${of(score.new)} ${of(score.oldInRange)} ${of(score.newInRange)} ${String(score.anchored).padStart(5)}/${score.comments} ${String(score.invented).padStart(6)} ${String(score.falselyExact).padStart(8)}`;
}

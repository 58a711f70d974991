// SPDX-License-Identifier: MIT
/** What a reader has to know about a message: where it was cut, edited, or not read. */

import type { Body } from '../mail/body';
import { at } from '../mail/lines';
import { isSnip } from './scan/marks';
import type { FileRecord, HunkRecord } from './scan/records';
import { isRest, isRow } from './scan/roles';
import type { Remark } from './scan/scanPatches';
import type { ReadingNotice } from './types';

const remarkTexts: Readonly<Record<Remark['form'], string>> = {
  combined: 'this is a combined diff of a merge; what it changes in the first of its parents was read',
  context: 'this is a context diff, which is not read; `diff -u` makes one that is',
  normal: 'this is a diff without context, which is not read; `diff -u` makes one that is',
  ed: 'this is a diff in the form of an ed script, which is not read; `diff -u` makes one that is',
};

/** The notices of one message, in document order. */
export function noticesOf(body: Body, files: readonly FileRecord[], remarks: readonly Remark[]): ReadingNotice[] {
  const found: ReadingNotice[] = remarks.map(({ line, form }) => {
    const row = body.lineNumber(line);
    return { line: row, message: `Line ${row}: ${remarkTexts[form]}.` };
  });
  const lastFile = files.at(-1);
  for (const file of files) {
    const name = file.newPath ?? file.oldPath ?? 'a file that is not named';
    for (const hunk of file.hunks) {
      const isLast = file === lastFile && hunk === file.hunks.at(-1);
      const notice = noticeOf(body, hunk, name, isLast);
      if (notice !== null) found.push(notice);
    }
  }
  return found.sort((a, b) => a.line - b.line);
}

function noticeOf(body: Body, hunk: HunkRecord, name: string, isLast: boolean): ReadingNotice | null {
  if (hunk.header === null || (hunk.missingOld === 0 && hunk.missingNew === 0)) return null;
  const lost = Math.max(hunk.missingOld, hunk.missingNew);
  if (lost > 0 && isLast && endsBody(body, hunk)) {
    const line = body.lineNumber(Math.max(hunk.line, hunk.end - 1));
    return {
      line,
      message: `Line ${line}: the last hunk of ${name} ends ${count(lost)} early; the document is cut there.`,
      cut: lost,
    };
  }
  const line = body.lineNumber(hunk.line);
  if (lost > 0) {
    // Reviewers cut quotes around their comments: that is no news.
    if (hunk.depth > 0 && (isInterrupted(body, hunk) || isAnswered(body, hunk))) return null;
    return {
      line,
      message: `Line ${line}: this hunk of ${name} is ${count(lost)} shorter than its header says; every line that is there was read.`,
    };
  }
  const extra = -Math.min(hunk.missingOld, hunk.missingNew);
  return {
    line,
    message: `Line ${line}: this hunk of ${name} is ${count(extra)} longer than its header says; every line of it was read.`,
  };
}

function endsBody(body: Body, hunk: HunkRecord): boolean {
  const { lines } = body;
  for (let line = hunk.end; line < body.to; line++) {
    if (!lines.isEmptyBehindMarks(line)) return false;
  }
  return true;
}

function isInterrupted(body: Body, hunk: HunkRecord): boolean {
  const { role } = body.lines;
  for (let line = hunk.first; line < hunk.end; line++) {
    const kind = at(role, line);
    if (!isRow(kind) && !isRest(kind)) return true;
  }
  return false;
}

/** Whether somebody's answer follows the hunk directly, or a mark that something was left out. */
function isAnswered(body: Body, hunk: HunkRecord): boolean {
  const { lines } = body;
  if (hunk.end >= body.to) return false;
  return (
    at(lines.depth, hunk.end) < hunk.depth || isSnip(lines.text, at(lines.content, hunk.end), at(lines.end, hunk.end))
  );
}

function count(lines: number): string {
  return lines === 1 ? '1 line' : `${lines} lines`;
}

// SPDX-License-Identifier: MIT
/** A range-diff as text, laid out as git prints it but for the ids of commits, which mails do not have. */

import type { RangePair } from './rangeDiff';
import type { RangePatch } from './rangePatch';

/** The pairs as lines with LF at their ends: ` 1:  ! 2:  subject`, and below it what changed in the patch. */
export function rangeDiffText(
  before: readonly RangePatch[],
  after: readonly RangePatch[],
  pairs: readonly RangePair[],
): string {
  const width = String(1 + Math.max(before.length, after.length)).length;
  const place = (index: number | null): string => (index === null ? '-' : String(index + 1)).padStart(width);
  const text: string[] = [];
  for (const pair of pairs) {
    const patch = pair.before === null ? after[pair.after ?? -1] : before[pair.before];
    text.push(`${place(pair.before)}:  ${pair.status} ${place(pair.after)}:  ${patch?.subject ?? ''}`);
    const lines = pair.before === null ? [] : (before[pair.before]?.lines ?? []);
    for (const hunk of pair.hunks) {
      text.push(`    @@${headAbove(lines, hunk.start)}`);
      for (const line of hunk.lines) text.push(`    ${line.mark}${line.text}`);
    }
  }
  return text.length === 0 ? '' : `${text.join('\n')}\n`;
}

/** The section of the patch that a hunk starts in, with a blank before it. */
function headAbove(lines: readonly string[], start: number): string {
  for (let line = start - 1; line >= 0; line--) {
    const match = /^ ## (.*) ##$|^.?@@ (.*)$/.exec(lines[line] ?? '');
    if (match !== null) return ` ${match[1] ?? match[2] ?? ''}`;
  }
  return '';
}

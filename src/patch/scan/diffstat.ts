// SPDX-License-Identifier: MIT
/** The diffstat of a mail: which files it changes, where no diff says so. */

import { at, type Lines } from '../../mail/lines';

/** The file of a line ` path | 12 ++--`, or null. Archives trim the line, and cut long paths as `.../path`. */
function fileOfDiffstatLine(text: string): string | null {
  const match = /^\s*(\S.*?\S|\S)\s*\|\s+(?:\d+\s*[+-]*|Bin\b.*)\s*$/.exec(text);
  const path = match?.[1];
  if (path === undefined) return null;
  const fresh = newName(path);
  return /\s/.test(fresh) ? null : fresh;
}

/** The new one of `old => new` or `folder/{old => new}/name`. */
function newName(path: string): string {
  const arrow = path.indexOf(' => ');
  if (arrow < 0) return path;
  const open = path.lastIndexOf('{', arrow);
  const close = path.indexOf('}', arrow);
  if (open < 0 || close < 0) return path.slice(arrow + 4);
  return (path.slice(0, open) + path.slice(arrow + 4, close) + path.slice(close + 1)).replace('//', '/');
}

/** The files that the diffstat lines among lines `from` to `to` (exclusive) name, in order, with their 0-based lines. */
export function readDiffstat(lines: Lines, from: number, to: number): { path: string; line: number }[] {
  const found: { path: string; line: number }[] = [];
  for (let line = from; line < to; line++) {
    const content = at(lines.content, line);
    const stop = at(lines.end, line);
    if (stop - content > 300 || stop - content < 5) continue;
    const bar = lines.text.indexOf('|', content);
    // Not searching again what the last search has passed keeps texts without any bar linear.
    if (bar < 0) break;
    if (bar >= stop) {
      line = Math.max(line, lines.lineOf(bar) - 1);
      continue;
    }
    const path = fileOfDiffstatLine(lines.text.slice(content, stop));
    if (path !== null) found.push({ path, line });
  }
  return found;
}

// SPDX-License-Identifier: MIT
/** Diffs of other forms than the unified one: they are recognised and not read, so that nothing takes them for rows. */

import { at, type Lines, Role } from '../../mail/lines';
import { contentOf, type Frame, isInside } from './marks';

/** A form that is not read, and the 0-based line where it starts. */
export interface ForeignDiff {
  readonly line: number;
  readonly form: 'context' | 'normal' | 'ed';
}

const rule = '***************';
const command = /^\d+(?:,\d+)?[acd]\d+(?:,\d+)?$/;
const edCommand = /^\d+(?:,\d+)?[acd]$/;

/** Whether `line` is the second name of a context diff: `*** x` stands above it and a rule of stars below. */
export function isContextPair(frame: Frame, line: number, content: number): boolean {
  const { text } = frame.lines;
  return (
    text.startsWith('--- ', content) &&
    line > 0 &&
    at(frame.lines.depth, line - 1) === frame.depth &&
    text.startsWith('*** ', contentOf(frame, line - 1)) &&
    isInside(frame, line + 1) &&
    text.startsWith(rule, contentOf(frame, line + 1))
  );
}

/**
 * Marks the lines of a context diff whose second name stands on `line`: its names as those of a file, the rest as text.
 * @returns the line behind it (0-based)
 */
export function skipContextDiff(frame: Frame, line: number): number {
  const { lines } = frame;
  lines.role[line - 1] = Role.file;
  lines.role[line] = Role.file;
  let next = line + 1;
  for (; isInside(frame, next) && isContextLine(frame, next); next++) lines.role[next] = Role.text;
  return next;
}

/** Rows have a mark and a blank before their text: `! x`, `+ x`, `- x`, `  x`; both ranges stand on lines of their own. */
function isContextLine(frame: Frame, line: number): boolean {
  const { lines } = frame;
  const content = contentOf(frame, line);
  const shown = lines.text.slice(content, Math.min(at(lines.end, line), content + 80));
  return /^(?:[-+! ] |[-+!]?$|\\ |\*{15}|\*\*\* \d+(?:,\d+)? \*{4}|--- \d+(?:,\d+)? -{4})/.test(shown);
}

/**
 * Finds what plain `diff` or `diff -e` wrote among lines `from` to `to` (exclusive) of a message without any other
 * diff, and makes it text: its `>` are no quote marks. Linear.
 * @returns the first of them, or null
 */
export function findForeignDiff(lines: Lines, from: number, to: number): ForeignDiff | null {
  let found: ForeignDiff | null = null;
  // Behind this line no dot ends an ed command: the text is searched for one once.
  let lastDot = to;
  for (let line = from; line < to; line++) {
    const code = lines.text.charCodeAt(at(lines.start, line));
    if (code < 48 || code > 57) continue;
    const text = lines.beginning(line);
    if (command.test(text) && line + 1 < to && /^[<>](?: |$)/.test(lines.beginning(line + 1))) {
      found ??= { line, form: 'normal' };
      const end = endOfNormal(lines, line + 1, to);
      makeText(lines, line, end);
      line = end - 1;
    } else if (edCommand.test(text) && !text.endsWith('d') && line < lastDot) {
      const dot = findDot(lines, line + 1, to);
      if (dot < 0) lastDot = line;
      else {
        found ??= { line, form: 'ed' };
        makeText(lines, line, dot + 1);
        line = dot;
      }
    }
  }
  return found;
}

function endOfNormal(lines: Lines, from: number, to: number): number {
  let line = from;
  while (line < to && /^(?:[<>](?: |$)|---$|\\ )/.test(lines.beginning(line))) line++;
  return line;
}

function findDot(lines: Lines, from: number, to: number): number {
  for (let line = from; line < to; line++) {
    if (at(lines.end, line) - at(lines.start, line) === 1 && lines.text[at(lines.start, line)] === '.') return line;
  }
  return -1;
}

function makeText(lines: Lines, from: number, to: number): void {
  for (let line = from; line < to; line++) {
    lines.role[line] = Role.text;
    lines.depth[line] = 0;
    lines.content[line] = at(lines.start, line);
  }
}

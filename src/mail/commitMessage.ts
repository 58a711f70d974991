// SPDX-License-Identifier: MIT
/** What `git am` would take from a mail: in-body headers, commit message, patch. */

import { at, type Lines } from './lines';

export interface CommitMessage {
  /** In-body headers, which win over those of the mail; null where there are none. */
  readonly from: string | null;
  readonly subject: string | null;
  readonly date: string | null;
  /** 0-based line of the first line of the message, and of the line that ends it (the patch, or the end of the body). */
  readonly start: number;
  readonly patch: number;
}

const inBody = /^(From|Subject|Date): (.*)$/i;

/** Splits lines `from` to `to` (exclusive) where `git mailinfo` would. */
export function readCommitMessage(lines: Lines, from: number, to: number): CommitMessage {
  const found = new Map<string, string>();
  let start = skipBlank(lines, from, to);
  let line = start;
  for (; line < to; line++) {
    const match = inBody.exec(lines.beginning(line));
    const key = match?.[1]?.toLowerCase();
    if (match === null || key === undefined || found.has(key)) break;
    found.set(key, match[2] ?? '');
  }
  if (line > start) start = skipBlank(lines, line, to);
  let patch = start;
  while (patch < to && !startsPatch(lines, patch)) patch++;
  return {
    from: found.get('from') ?? null,
    subject: found.get('subject') ?? null,
    date: found.get('date') ?? null,
    start,
    patch,
  };
}

/** git's rule: `diff -`, `Index: `, or `---` alone, or `--- ` with a name behind it. */
function startsPatch(lines: Lines, line: number): boolean {
  const start = at(lines.start, line);
  const { text } = lines;
  switch (text.charCodeAt(start)) {
    case 100:
      return text.startsWith('diff -', start);
    case 73:
      return text.startsWith('Index: ', start);
    case 45: {
      if (!text.startsWith('---', start)) return false;
      const end = at(lines.end, line);
      if (text.charCodeAt(start + 3) === 32 && start + 4 < end && !isSpace(text.charCodeAt(start + 4))) return true;
      for (let i = start + 3; i < end; i++) {
        if (!isSpace(text.charCodeAt(i))) return false;
      }
      return true;
    }
    default:
      return false;
  }
}

/** Lines `from` to `to` (exclusive) as text with LF line ends; unquoted, since it is the mail's own. */
export function joinLines(lines: Lines, from: number, to: number): string {
  const parts: string[] = [];
  for (let line = from; line < to; line++) parts.push(lines.whole(line));
  return parts.length === 0 ? '' : `${parts.join('\n')}\n`;
}

/** Lines `from` to `to` (exclusive) with the line ends that decoding gave them: an encoded CR is content. */
export function sliceLines(lines: Lines, from: number, to: number): string {
  if (from >= to) return '';
  return lines.text.slice(at(lines.start, from), to < lines.count ? at(lines.start, to) : lines.text.length);
}

function skipBlank(lines: Lines, from: number, to: number): number {
  let line = from;
  while (line < to && lines.beginning(line).trim() === '') line++;
  return line;
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

// SPDX-License-Identifier: MIT
/** What `git am` would take from a mail: in-body headers, commit message, patch. */

import { isAsciiBlank, trimBlanks } from './headers';
import { at, type Lines } from './lines';

export interface CommitMessage {
  /** In-body headers, which win over those of the mail; null where there are none. Unfolded, still encoded. */
  readonly from: string | null;
  readonly subject: string | null;
  readonly date: string | null;
  /** 0-based line of the first line of the message, and of the line that ends it (the patch, or the end of the body). */
  readonly start: number;
  readonly patch: number;
}

const CR = 13;
const inBody = /^(From|Subject|Date):[ \t]*(.*)$/i;
const escapedSeparator = /^>From [0-9a-f]{40} Mon Sep 17 00:00:00 2001$/;

/**
 * Splits lines `from` to `to` (exclusive) where `git mailinfo` would (without `--scissors`, which is off by default).
 * @param keepsCr whether a CR at the end of a line was encoded and so is content: then such a line is not empty
 */
export function readCommitMessage(lines: Lines, from: number, to: number, keepsCr: boolean): CommitMessage {
  const found = new Map<string, string>();
  let open: string | null = null;
  let line = from;
  for (; line < to; line++) {
    const end = at(lines.end, line);
    if (at(lines.start, line) === end && !(keepsCr && lines.text.charCodeAt(end) === CR)) {
      if (open === null) continue;
      line++;
      break;
    }
    const text = lines.beginning(line);
    if (open !== null && /^[ \t]/.test(text)) {
      found.set(open, `${found.get(open) ?? ''} ${trimBlanks(text)}`);
      continue;
    }
    open = null;
    if (escapedSeparator.test(text)) continue;
    if (/^\[PATCH\](?:\s|$)/.test(text)) {
      found.set('subject', text);
      continue;
    }
    const match = inBody.exec(text);
    const key = match?.[1]?.toLowerCase();
    if (key === undefined || found.has(key)) break;
    found.set(key, match?.[2] ?? '');
    open = key;
  }
  const start = line;
  while (line < to && !startsPatch(lines, line)) line++;
  return {
    from: found.get('from') ?? null,
    subject: found.get('subject') ?? null,
    date: found.get('date') ?? null,
    start,
    patch: line,
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
      if (text.charCodeAt(start + 3) === 32 && start + 4 < end && !isAsciiBlank(text.charCodeAt(start + 4)))
        return true;
      for (let i = start + 3; i < end; i++) {
        if (!isAsciiBlank(text.charCodeAt(i))) return false;
      }
      return true;
    }
    default:
      return false;
  }
}

/**
 * Lines `from` to `to` (exclusive) as text with LF line ends; unquoted, since it is the mail's own. A last line that
 * the document leaves open stays open.
 */
export function joinLines(lines: Lines, from: number, to: number): string {
  const parts: string[] = [];
  for (let line = from; line < to; line++) parts.push(lines.whole(line));
  if (parts.length === 0) return '';
  return at(lines.end, to - 1) === lines.text.length ? parts.join('\n') : `${parts.join('\n')}\n`;
}

/** Lines `from` to `to` (exclusive) with the line ends that decoding gave them: an encoded CR is content. */
export function sliceLines(lines: Lines, from: number, to: number): string {
  if (from >= to) return '';
  return lines.text.slice(at(lines.start, from), to < lines.count ? at(lines.start, to) : lines.text.length);
}

/** As `joinLines`, without `indent` blanks at the start of each line and without empty lines at the end. */
export function joinIndented(lines: Lines, from: number, to: number, indent: number): string {
  const parts: string[] = [];
  for (let line = from; line < to; line++) {
    const text = lines.whole(line);
    parts.push(text.slice(0, indent).trim() === '' ? text.slice(indent) : text);
  }
  while (parts.at(-1)?.trim() === '') parts.pop();
  return parts.length === 0 ? '' : `${parts.join('\n')}\n`;
}

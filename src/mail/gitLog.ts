// SPDX-License-Identifier: MIT
/** The output of `git log` and `git show`: commits with an indented message, and the diff where `-p` was given. */

import type { MessageSpan } from './container';
import type { HeaderField } from './headers';
import { at, type Lines } from './lines';

const INDENT = 4;
const commitLine = /^commit [0-9a-f]{7,64}(?: .*)?$/;
const fieldLine = /^(Author|AuthorDate|Commit|CommitDate|Date|Merge|Reflog|Reflog message): +(.*)$/;
const names: Record<string, string> = { Author: 'from', AuthorDate: 'date', Date: 'date' };

/**
 * The commits among lines `from` to `to` (exclusive), as messages; none where the text is no such output. What stands
 * above the first commit belongs to it. The first line of the message is its subject.
 */
export function findCommits(lines: Lines, from: number, to: number): MessageSpan[] {
  const { text } = lines;
  const starts: number[] = [];
  for (let line = from; line + 1 < to; line++) {
    const start = at(lines.start, line);
    if (text.charCodeAt(start) !== 99 || !text.startsWith('commit ', start)) continue;
    if (commitLine.test(lines.beginning(line)) && fieldLine.test(lines.beginning(line + 1))) starts.push(line);
  }
  if (starts[0] === undefined || startsBelowMail(lines, from, starts[0])) return [];
  return starts.map((start, i) => readCommit(lines, i === 0 ? from : start, start, starts[i + 1] ?? to));
}

/** In a mail that quotes such output without marks the mail is the message. */
function startsBelowMail(lines: Lines, from: number, first: number): boolean {
  for (let line = from; line < first; line++) {
    if (/^(?:From|Subject|Message-ID|diff|@@|---)\b/i.test(lines.beginning(line))) return true;
  }
  return false;
}

function readCommit(lines: Lines, from: number, start: number, to: number): MessageSpan {
  const fields: HeaderField[] = [];
  let line = start + 1;
  for (; line < to && !lines.isEmpty(line); line++) {
    const match = fieldLine.exec(lines.beginning(line));
    if (match === null) break;
    const name = names[match[1] ?? ''];
    if (name !== undefined) fields.push({ name, value: match[2] ?? '', line });
  }
  while (line < to && lines.whole(line).trim() === '') line++;
  const subject: string[] = [];
  const first = line;
  while (line < to && isIndented(lines, line) && lines.whole(line).trim() !== '')
    subject.push(lines.whole(line++).trim());
  if (subject.length > 0) fields.push({ name: 'subject', value: subject.join(' '), line: first });
  while (line < to && isIndented(lines, line) && lines.whole(line).trim() === '') line++;
  return { container: 'text', from, body: line, end: to, to, fields, isEscaped: false, indent: INDENT };
}

function isIndented(lines: Lines, line: number): boolean {
  return lines.text.startsWith('    ', at(lines.start, line));
}

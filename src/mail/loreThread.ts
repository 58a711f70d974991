// SPDX-License-Identifier: MIT
/** Pages on which public-inbox (lore.kernel.org) shows all mails of a thread, as text. */

import type { MessageSpan } from './container';
import type { HeaderField } from './headers';
import { at, type Lines } from './lines';

const MARK = '(permalink / raw)';
const senderLine = /^\s*From: (.+?) @ (\d{4}-\d\d-\d\d\s+\d{1,2}:\d\d)(?: UTC)?\s+\(permalink \/ raw\)/;
const titleLine = /^\s*\* (.*)$/;
const recipientsLine = /^\s*To: ([^;]*)(?:; ?\+Cc: (.*))?$/;
const endLine = /^\s*\^ permalink raw reply\b/;

/**
 * The mails among lines `from` to `to` (exclusive); none where the text is no such page. Each is headed by `* subject`,
 * the thread as seen from there, and `From: name @ time`. What stands above the first mail belongs to it, what stands
 * below the last one is its footer. Linear; never throws.
 */
export function findThreadEntries(lines: Lines, from: number, to: number): MessageSpan[] {
  const senders: number[] = [];
  if (from >= to) return [];
  const limit = at(lines.end, to - 1);
  let offset = lines.text.indexOf(MARK, at(lines.start, from));
  while (offset >= 0 && offset < limit) {
    const line = lines.lineOf(offset);
    if (senderLine.test(lines.beginning(line))) senders.push(line);
    offset = lines.text.indexOf(MARK, offset + MARK.length);
  }
  const titles = senders.map((sender, i) => titleAbove(lines, sender, i === 0 ? from : (senders[i - 1] ?? 0) + 1));
  return senders.map((sender, i) => {
    const next = senders[i + 1];
    const stop = next === undefined ? to : (titles[i + 1] ?? next);
    return readEntry(lines, i === 0 ? from : (titles[i] ?? sender), titles[i] ?? null, sender, stop);
  });
}

/** The line `* subject` above a sender: the nearest one that is followed by the overview of the thread. */
function titleAbove(lines: Lines, sender: number, from: number): number | null {
  for (let line = sender - 1; line >= from; line--) {
    const text = lines.beginning(line);
    if (endLine.test(text)) return null;
    if (titleLine.test(text) && /^\s*(?:@ )?\s*\d{4}-\d\d-\d\d/.test(lines.beginning(line + 1))) return line;
  }
  return null;
}

function readEntry(lines: Lines, from: number, title: number | null, sender: number, to: number): MessageSpan {
  const match = senderLine.exec(lines.beginning(sender));
  const fields: HeaderField[] = [];
  const add = (name: string, value: string | undefined, line: number): void => {
    if (value !== undefined && value !== '') fields.push({ name, value: value.trim(), line });
  };
  if (title !== null) add('subject', titleLine.exec(lines.beginning(title))?.[1], title);
  add('from', match?.[1], sender);
  add('date', match?.[2] === undefined ? undefined : `${match[2]} UTC`, sender);
  let body = sender + 1;
  const recipients = body < to ? recipientsLine.exec(lines.beginning(body)) : null;
  if (recipients !== null) {
    add('to', recipients[1], body);
    add('cc', recipients[2], body);
    body++;
    // The list of recipients is folded with a deeper indent.
    while (body < to && /^\s{4,}\S/.test(lines.beginning(body))) body++;
  }
  if (body < to && lines.isEmpty(body)) body++;
  let end = body;
  while (end < to && !endLine.test(lines.beginning(end))) end++;
  while (end > body && lines.isEmpty(end - 1)) end--;
  return { container: 'archive', from, body, end, to, fields, isEscaped: false, indent: 0 };
}

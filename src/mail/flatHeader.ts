// SPDX-License-Identifier: MIT
/** The header of a mail whose line ends were lost: its fields stand one behind another on one line. */

import { type HeaderField, isWholeHeader } from './headers';

export interface FlatHeader {
  readonly fields: readonly HeaderField[];
  /** Offset where the text of the mail starts. */
  readonly body: number;
}

const separator = /^\s*(?:From \S+ \w{3} \w{3} +\d{1,2} [\d:]{8} \d{4} +)?/;
const nextName =
  /(?<=^|[^\s>] |[^\s>]> )(From|To|Cc|Subject|Date|Message-ID|In-Reply-To|References|Reply-To|Sender|Received|Return-Path|Delivered-To|MIME-Version|Content-[A-Z][a-z-]+|Precedence|User-Agent|Authentication-Results|DKIM-[A-Z][a-z]+|ARC-[A-Z][A-Za-z-]+|List-[A-Z][a-z]+|X-[A-Z][A-Za-z-]+): /gi;
/** What a value looks like where its form tells where it ends, and the text of the mail may follow. */
const forms: readonly (readonly [RegExp, RegExp])[] = [
  [/^date$/, /^(?:\w{3}, +)?\d{1,2} \w{3} \d{4} \d\d:\d\d(?::\d\d)? [+-]\d{4}(?: \(\w+\))?/],
  [/^(?:message-id|in-reply-to|references|return-path|list-.*)$/, /^<[^<>]*>(?:,? *<[^<>]*>)*/],
  [/^mime-version$/, /^1\.0/],
  [/^content-type$/, /^[\w-]+\/[\w.+-]+(?:; *[\w-]+=(?:"[^"]*"|[^\s;]+))*/],
  [/^(?:content-transfer-encoding|content-disposition|precedence|delivered-to|x-mailing-list)$/, /^\S+/],
];
/** Headers are looked for in so much of the line. */
const LONGEST = 20_000;

/**
 * Reads the fields that text `start` to `end` begins with. Sender, subject and a date or an id have to be there, and a
 * field whose form tells its end has to be the last one. Null otherwise; never throws.
 */
export function readFlatHeader(text: string, start: number, end: number): FlatHeader | null {
  const head = text.slice(start, Math.min(end, start + LONGEST));
  const top = separator.exec(head)?.[0].length ?? 0;
  const names = [...head.matchAll(nextName)].filter((match) => match.index >= top);
  if (names[0]?.index !== top) return null;
  const fields: HeaderField[] = [];
  let position = top;
  for (const [i, match] of names.entries()) {
    if (match.index !== position) break;
    const name = (match[1] ?? '').toLowerCase();
    const from = position + match[0].length;
    const next = names[i + 1]?.index;
    const form = forms.find(([own]) => own.test(name))?.[1];
    const length = form?.exec(head.slice(from))?.[0].length;
    if (length === undefined && next === undefined) return null;
    const stop = length === undefined ? (next ?? from) : from + length;
    fields.push({ name, value: head.slice(from, stop).trim(), line: 0 });
    position = stop;
    while (head.charAt(position) === ' ') position++;
  }
  if (!isWholeHeader(fields)) return null;
  return { fields, body: start + position };
}

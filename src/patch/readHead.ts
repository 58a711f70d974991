// SPDX-License-Identifier: MIT
/** Who sent a message, when, under which subject, and whether the patch in it is its own. */

import { type Author, readAuthor } from '../mail/address';
import type { Body } from '../mail/body';
import { withoutRawBytes } from '../mail/charset';
import { readCommitMessage } from '../mail/commitMessage';
import type { MessageSpan } from '../mail/container';
import { decodeWords } from '../mail/encodedWord';
import { fieldValue, lastFieldValue, trimBlanks } from '../mail/headers';
import { parameter } from '../mail/parameters';
import { hasRawByte } from '../mail/rawBytes';
import { cleanSubject, readSubjectPrefix, type SubjectPrefix } from '../mail/subject';
import type { FileRecord } from './scan/records';

/** Longer headers are cut: nobody reads them, and patterns stay cheap. */
const LONGEST_HEADER = 2000;

export interface Head {
  readonly author: Author | null;
  readonly subject: string;
  readonly rawSubject: string;
  readonly prefix: SubjectPrefix;
  readonly date: string | null;
  /** Whether `git am` would apply the patch that stands here: it is no page, and nothing of the patch is quoted. */
  readonly ownsPatch: boolean;
}

/**
 * Reads the header of a message. Subject, sender and date that stand in the body of a mail with a patch of its own win,
 * as for `git am`; the bracketed prefix is that of the mail, unless only the other one has any.
 * @param answers whether the subject says that the message answers another (`isReply`)
 */
export function readHead(span: MessageSpan, body: Body, records: readonly FileRecord[], answers: boolean): Head {
  const outer = outerSubject(span);
  const isMail = span.container === 'mbox' || span.container === 'mail';
  const ownsPatch =
    records.length > 0 &&
    span.container !== 'archive' &&
    records.every((record) => record.depth === 0) &&
    (isMail || !answers);
  const own = ownsPatch ? readCommitMessage(body.lines, body.from, body.to, body.isDecoded) : null;
  const inner = decoded(span, own?.subject ?? null);
  const from = decoded(span, own?.from ?? lastFieldValue(span.fields, 'from'));
  const date = decoded(span, own?.date ?? lastFieldValue(span.fields, 'date'));
  return {
    author: from === null ? null : readAuthor(span.container === 'archive' ? withAngles(from) : from),
    subject: cleanSubject(inner ?? outer),
    rawSubject: inner !== null && outer === '' ? inner : outer,
    prefix: readSubjectPrefix(inner !== null && !outer.includes('[') ? inner : outer),
    date: date === null ? null : trimBlanks(date.replace(/[ \t\r\n]+/g, ' ')),
    ownsPatch,
  };
}

/** Hypermail writes `Name (address)`, which git would take for an address in parentheses. */
function withAngles(from: string): string {
  return from.replace(/ \(([^()\s]+(?:@|_at_)[^()\s]+)\)\s*$/, ' <$1>');
}

/** Whether the subject of a message says that it answers another. */
export function isReply(span: MessageSpan): boolean {
  return /^\s*(?:re|aw|sv)\s*(?:\[\d+\])?\s*:/i.test(outerSubject(span));
}

/** Whether the subject of a message that answers none says that it brings a patch: `[PATCH 1/2] x`. */
export function sendsPatch(span: MessageSpan): boolean {
  return /^\s*(?:\[[^\]]*\]\s*)*\[[^\]]*\bpatch/i.test(outerSubject(span));
}

function outerSubject(span: MessageSpan): string {
  return decoded(span, lastFieldValue(span.fields, 'subject')) ?? '';
}

/** The value of a header as text, cut; null stays null. Bytes that are no UTF-8 are in the charset of the text. */
function decoded(span: MessageSpan, value: string | null): string | null {
  if (value === null) return null;
  const cut = value.slice(0, LONGEST_HEADER);
  const text = hasRawByte(cut, 0, cut.length)
    ? withoutRawBytes(cut, parameter(fieldValue(span.fields, 'content-type') ?? '', 'charset'))
    : cut;
  return decodeWords(text);
}

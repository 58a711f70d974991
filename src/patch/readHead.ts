// SPDX-License-Identifier: MIT
/** Who sent a message, when, under which subject, and whether the patch in it is its own. */

import { type Author, readAuthor } from '../mail/address';
import type { Body } from '../mail/body';
import { readCommitMessage } from '../mail/commitMessage';
import type { MessageSpan } from '../mail/container';
import { decodeWords } from '../mail/encodedWord';
import { fieldValue, lastFieldValue } from '../mail/headers';
import { cleanSubject, readSubjectPrefix, type SubjectPrefix } from '../mail/subject';
import type { FileRecord } from './records';

/** Longer headers are cut: nobody reads them, and patterns stay cheap. */
const LONGEST_HEADER = 2000;

export interface Head {
  readonly author: Author | null;
  readonly subject: string;
  readonly rawSubject: string;
  readonly prefix: SubjectPrefix;
  readonly date: string | null;
  readonly isReply: boolean;
  /** Whether `git am` would apply the patch that stands here: it is no page, and nothing of the patch is quoted. */
  readonly ownsPatch: boolean;
}

/**
 * Reads the header of a message. Subject, sender and date that stand in the body of a mail with a patch of its own win,
 * as for `git am`; the bracketed prefix is that of the mail, unless only the other one has any.
 */
export function readHead(span: MessageSpan, body: Body, records: readonly FileRecord[]): Head {
  const outer = decoded(lastFieldValue(span.fields, 'subject')) ?? '';
  const isReply = /^\s*(?:re|aw|sv)\s*(?:\[\d+\])?\s*:/i.test(outer);
  const isMail = span.container === 'mbox' || span.container === 'mail';
  const ownsPatch =
    records.length > 0 &&
    span.container !== 'archive' &&
    records.every((record) => record.depth === 0) &&
    (isMail || !isReply);
  const own = ownsPatch ? readCommitMessage(body.lines, body.from, body.to, body.isDecoded) : null;
  const inner = decoded(own?.subject ?? null);
  const from = decoded(own?.from ?? lastFieldValue(span.fields, 'from'));
  const date = decoded(own?.date ?? lastFieldValue(span.fields, 'date'));
  return {
    author: from === null ? null : readAuthor(from),
    subject: cleanSubject(inner ?? outer),
    rawSubject: inner !== null && outer === '' ? inner : outer,
    prefix: readSubjectPrefix(inner !== null && !outer.includes('[') ? inner : outer),
    date: date === null ? null : date.replace(/\s+/g, ' ').trim(),
    isReply,
    ownsPatch,
  };
}

/** The value of a header as text, cut; null stays null. */
function decoded(value: string | null): string | null {
  return value === null ? null : decodeWords(value.slice(0, LONGEST_HEADER));
}

const noIds: readonly string[] = [];

/** The Message-ID of a message, and those it answers, without angle brackets. */
export function readIds(span: MessageSpan): {
  readonly messageId: string | null;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
} {
  return {
    messageId: bareId(fieldValue(span.fields, 'message-id')),
    inReplyTo: bareId(fieldValue(span.fields, 'in-reply-to')),
    references: fieldValue(span.fields, 'references')?.match(/[^<>\s]+@[^<>\s]+|[^<>\s]+/g) ?? noIds,
  };
}

function bareId(value: string | null): string | null {
  if (value === null) return null;
  const match = /<([^<>]+)>/.exec(value.slice(0, LONGEST_HEADER));
  return match?.[1] ?? (value.trim() === '' ? null : value.trim());
}

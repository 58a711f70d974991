// SPDX-License-Identifier: MIT
/** Reads one message: its headers, its text, the patches in it and the comments on them. */

import { type Author, readAuthor } from '../mail/address';
import type { Body } from '../mail/body';
import { readCommitMessage } from '../mail/commitMessage';
import type { Container, MessageSpan } from '../mail/container';
import { decodeWords } from '../mail/encodedWord';
import { fieldValue } from '../mail/headers';
import type { Lines } from '../mail/lines';
import { openBody } from '../mail/openBody';
import { cleanSubject, readSubjectPrefix } from '../mail/subject';
import { judgeWhitespace, type WhitespaceState } from '../mail/whitespace';
import { LazyMessage } from './lazyMessage';
import { noticesOf } from './notices';
import type { FileRecord } from './records';
import { scanPatches } from './scanPatches';
import type { Message, ReadingNotice } from './types';

/** Longer headers are cut: nobody reads them, and patterns stay cheap. */
const LONGEST_HEADER = 2000;

export interface MessageReading {
  readonly message: Message;
  readonly notices: readonly ReadingNotice[];
}

/**
 * Reads the message at `span` of the document. What is large (rows, comments, line table, body text) is made when it
 * is first asked for. Linear; never throws.
 */
export function readMessage(document: Lines, span: MessageSpan): MessageReading {
  const body = openBody(document, span);
  const { lines } = body;
  let whitespace: WhitespaceState | undefined;
  const judge = (): WhitespaceState => {
    whitespace ??= judgeWhitespace(lines, body.from, body.to);
    return whitespace;
  };
  const { files: records, combined } = scanPatches(lines, body.from, body.to, judge);
  const head = readHead(span, body, records);
  const container = containerOf(span.container, records, head.isReply);
  const ownsPatch =
    records.length > 0 && container !== 'archive' && records.every((record) => record.depth === 0) && !head.isReply;
  const message = new LazyMessage(
    {
      line: document.firstLine + span.from + 1,
      container,
      whitespace: isCollapsed(container, body, document, records, judge) ? 'collapsed' : 'kept',
      messageId: bareId(fieldValue(span.fields, 'message-id')),
      inReplyTo: bareId(fieldValue(span.fields, 'in-reply-to')),
      references: idsOf(fieldValue(span.fields, 'references')),
      author: head.author,
      subject: cleanSubject(head.subject),
      rawSubject: head.subject,
      date: head.date,
      prefix: readSubjectPrefix(head.subject),
    },
    {
      body,
      document,
      from: span.from,
      bodyFrom: span.body,
      records,
      isReply: head.isReply,
      ownsPatch,
      hasHeader: span.fields.length > 0,
    },
  );
  return { message, notices: noticesOf(body, records, combined) };
}

interface Head {
  readonly subject: string;
  readonly author: Author | null;
  readonly date: string | null;
  readonly isReply: boolean;
}

/** Subject, sender and date; those that stand in the body of a mail with a patch of its own win, as for `git am`. */
function readHead(span: MessageSpan, body: Body, records: readonly FileRecord[]): Head {
  let subject = fieldValue(span.fields, 'subject') ?? '';
  let from = fieldValue(span.fields, 'from');
  let date = fieldValue(span.fields, 'date');
  if (span.container !== 'archive' && records.some((record) => record.depth === 0)) {
    const own = readCommitMessage(body.lines, body.from, body.to);
    subject = own.subject ?? subject;
    from = own.from ?? from;
    date = own.date ?? date;
  }
  subject = decodeWords(subject.slice(0, LONGEST_HEADER));
  const author = from === null ? null : readAuthor(from.slice(0, LONGEST_HEADER));
  return {
    subject,
    author: author === null ? null : { name: decodeWords(author.name), email: author.email },
    date: date === null ? null : date.slice(0, LONGEST_HEADER).replace(/\s+/g, ' ').trim(),
    isReply: /^\s*(?:re|aw|sv)\s*:/i.test(subject),
  };
}

function containerOf(container: Container, records: readonly FileRecord[], isReply: boolean): Container {
  return container === 'text' && !isReply && records.some((record) => record.depth === 0) ? 'diff' : container;
}

/** Prose alone proves nothing in a real mail; archives and hunks whose context lost its blanks do. */
function isCollapsed(
  container: Container,
  body: Body,
  document: Lines,
  records: readonly FileRecord[],
  judge: () => WhitespaceState,
): boolean {
  if (body.lines !== document && container === 'text') return true;
  const hasLenient = records.some((record) =>
    record.hunks.some((hunk) => hunk.header !== null && hunk.reading === 'lenient'),
  );
  if (hasLenient) return judge() !== 'kept';
  return (container === 'archive' || container === 'text') && judge() === 'collapsed';
}

const noIds: readonly string[] = [];

function idsOf(value: string | null): readonly string[] {
  return value?.match(/[^<>\s]+@[^<>\s]+|[^<>\s]+/g) ?? noIds;
}

function bareId(value: string | null): string | null {
  if (value === null) return null;
  const match = /<([^<>]+)>/.exec(value.slice(0, 2000));
  return match?.[1] ?? (value.trim() === '' ? null : value.trim());
}

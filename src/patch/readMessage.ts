// SPDX-License-Identifier: MIT
/** Reads one message: its headers, its text, the patches in it and the comments on them. */

import { type Author, readAuthor } from '../mail/address';
import type { Body } from '../mail/body';
import { joinLines, readCommitMessage, sliceLines } from '../mail/commitMessage';
import type { Container, MessageSpan } from '../mail/container';
import { decodeWords } from '../mail/encodedWord';
import { fieldValue } from '../mail/headers';
import { at, type Lines, Role } from '../mail/lines';
import { openBody } from '../mail/openBody';
import { cleanSubject, readSubjectPrefix } from '../mail/subject';
import { readTrailers } from '../mail/trailers';
import { judgeWhitespace, type WhitespaceState } from '../mail/whitespace';
import { type AnchorHunk, collectComments } from './comments';
import { lineInfos } from './lineInfos';
import { type FileView, makeFile } from './materialise';
import { noticesOf } from './notices';
import type { FileRecord } from './records';
import { scanPatches } from './scanPatches';
import { assignTextRoles } from './textRoles';
import type { Comment, LineInfo, Message, ReadingNotice } from './types';

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
  const views = records.map((record) => makeFile(body, record));
  const head = readHead(span, body, records);
  const container = containerOf(span.container, records, head.isReply);
  const ownsPatch =
    records.length > 0 && container !== 'archive' && records.every((record) => record.depth === 0) && !head.isReply;
  const message = withLazyParts(
    {
      line: span.from + 1,
      container,
      whitespace: isCollapsed(container, body, document, records, judge) ? 'collapsed' : 'kept',
      messageId: bareId(fieldValue(span.fields, 'message-id')),
      inReplyTo: bareId(fieldValue(span.fields, 'in-reply-to')),
      references: (fieldValue(span.fields, 'references') ?? '').match(/[^<>\s]+@[^<>\s]+|[^<>\s]+/g) ?? [],
      author: head.author,
      subject: cleanSubject(head.subject),
      rawSubject: head.subject,
      date: head.date,
      prefix: readSubjectPrefix(head.subject),
      files: views.map((view) => view.file),
    },
    {
      body,
      span,
      document,
      records,
      views,
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

function bareId(value: string | null): string | null {
  if (value === null) return null;
  const match = /<([^<>]+)>/.exec(value.slice(0, 2000));
  return match?.[1] ?? (value.trim() === '' ? null : value.trim());
}

type LazyKey = 'body' | 'patchText' | 'trailers' | 'comments' | 'lines';

interface Sources {
  readonly body: Body;
  readonly span: MessageSpan;
  readonly document: Lines;
  readonly records: readonly FileRecord[];
  readonly views: readonly FileView[];
  readonly isReply: boolean;
  readonly ownsPatch: boolean;
  readonly hasHeader: boolean;
}

function withLazyParts(eager: Omit<Message, LazyKey>, sources: Sources): Message {
  const { body, records } = sources;
  let texts: { body: string; patchText: string } | undefined;
  let trailers: Message['trailers'] | undefined;
  let comments: Comment[] | undefined;
  let infos: LineInfo[] | undefined;
  let hasRoles = false;
  const withRoles = (): void => {
    if (hasRoles) return;
    hasRoles = true;
    assignTextRoles(body.lines, body.from, body.to, records, sources.isReply);
  };
  const ofTexts = (): { body: string; patchText: string } => {
    texts ??= readTexts(sources);
    return texts;
  };
  return {
    line: eager.line,
    container: eager.container,
    whitespace: eager.whitespace,
    messageId: eager.messageId,
    inReplyTo: eager.inReplyTo,
    references: eager.references,
    author: eager.author,
    subject: eager.subject,
    rawSubject: eager.rawSubject,
    date: eager.date,
    prefix: eager.prefix,
    get body(): string {
      return ofTexts().body;
    },
    get patchText(): string {
      return ofTexts().patchText;
    },
    get trailers(): Message['trailers'] {
      trailers ??= readTrailers(body.lines, body.from, firstPatchLine(sources)).map((trailer) => ({
        key: trailer.key,
        value: trailer.value,
        line: body.lineNumber(trailer.line),
      }));
      return trailers;
    },
    files: eager.files,
    get comments(): readonly Comment[] {
      withRoles();
      comments ??= collectComments(body, anchorHunks(sources), anchorPaths(sources));
      return comments;
    },
    get lines(): readonly LineInfo[] {
      withRoles();
      infos ??= lineInfos(sources.document, body, sources.span);
      return infos;
    },
  };
}

/** The first line of the diff, or the end of the body. */
function firstPatchLine({ records, body }: Sources): number {
  const first = records[0];
  if (first === undefined) return body.to;
  return first.hunks[0] === undefined ? first.line : Math.min(first.line, first.hunks[0].line);
}

function readTexts(sources: Sources): { body: string; patchText: string } {
  const { body, ownsPatch, hasHeader } = sources;
  if (!ownsPatch) return { body: joinLines(body.lines, body.from, firstPatchLine(sources)), patchText: '' };
  const own = readCommitMessage(body.lines, body.from, body.to);
  const patch = hasHeader ? own.patch : Math.min(own.patch, firstPatchLine(sources));
  const join = body.isDecoded ? sliceLines : joinLines;
  return { body: join(body.lines, own.start, patch), patchText: join(body.lines, patch, body.to) };
}

function anchorHunks({ views }: Sources): AnchorHunk[] {
  return views.flatMap(({ file, hunks }) => hunks().map((view) => ({ path: file.newPath ?? file.oldPath, view })));
}

/** For every header line of a file its path, so that a comment on the header is a comment on the file. */
function anchorPaths({ records, body }: Sources): Map<number, string | null> {
  const paths = new Map<number, string | null>();
  for (const record of records) {
    if (at(body.lines.role, record.line) === Role.file) paths.set(record.line, record.newPath ?? record.oldPath);
  }
  return paths;
}

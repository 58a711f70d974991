// SPDX-License-Identifier: MIT
/** Reads one message: its headers, its text, the patches in it and the comments on them. */

import type { Body } from '../mail/body';
import type { Container, MessageSpan } from '../mail/container';
import type { Lines } from '../mail/lines';
import { openBody } from '../mail/openBody';
import { type WhitespaceState, whitespaceJudge } from '../mail/whitespace';
import { LazyMessage } from './lazyMessage';
import { noticesOf } from './notices';
import { isReply } from './readHead';
import type { FileRecord } from './scan/records';
import { type Scan, scanPatches } from './scan/scanPatches';
import type { ReadingNotice } from './types';

export interface MessageReading {
  readonly message: LazyMessage;
  readonly notices: readonly ReadingNotice[];
  /** Whether a change in one file of the patch may change nothing but that file; see `rereadMessage`. */
  readonly isLocal: boolean;
}

/**
 * Reads the message at `span` of the document. What is large (rows, comments, line table, body text) is made when it
 * is first asked for. Linear; never throws.
 */
export function readMessage(document: Lines, span: MessageSpan, hasRawBytes = false): MessageReading {
  const body = openBody(document, span, hasRawBytes);
  const { lines } = body;
  const judge = whitespaceJudge(lines, body.from, body.to);
  return closeReading(document, span, body, scanPatches(lines, body.from, body.to, judge), judge);
}

/** The message of a body that was scanned. */
export function closeReading(
  document: Lines,
  span: MessageSpan,
  body: Body,
  { files: records, remarks, isLocal }: Scan,
  judge: () => WhitespaceState,
): MessageReading {
  const answers = isReply(span);
  const container = containerOf(span.container, records, answers);
  const whitespace = isCollapsed(container, body, document, records, judge) ? 'collapsed' : 'kept';
  const sources = {
    document,
    span,
    body,
    records,
    isReply: answers,
    mayQuote: mayQuote(records, answers),
    remarks,
    roles: { scanned: null },
  };
  const message = new LazyMessage(container, whitespace, sources);
  return { message, notices: noticesOfMessage(message), isLocal };
}

/** What a reader has to know of a message, in the order of its lines. */
export function noticesOfMessage(message: LazyMessage): readonly ReadingNotice[] {
  const { document, body, records, remarks } = message.sources();
  const notices = body.packing.notices.map(({ line, message: text }) => {
    const row = document.firstLine + line + 1;
    return { line: row, message: `Line ${row}: ${text}` };
  });
  return [...notices, ...noticesOf(body, records, remarks)];
}

/** Whether there are quoted hunks, or such as are not whole, or an answer to what is not there. */
function mayQuote(records: readonly FileRecord[], answers: boolean): boolean {
  if (records.length === 0) return answers;
  return records.some(
    (file) =>
      file.depth > 0 ||
      file.hunks.some(
        ({ header, reading, missingOld, missingNew }) =>
          header === null || reading === 'lenient' || missingOld > 0 || missingNew > 0,
      ),
  );
}

function containerOf(container: Container, records: readonly FileRecord[], answers: boolean): Container {
  return container === 'text' && !answers && records.some((record) => record.depth === 0) ? 'diff' : container;
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

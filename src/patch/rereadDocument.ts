// SPDX-License-Identifier: MIT
/** A document that is read again after each change of it, as far as the change reaches. */

import { batchesOf, isMailbox } from '../mail/batches';
import { at, type Lines } from '../mail/lines';
import type { TextChange } from '../mail/spliceLines';
import { joinQuotes } from './join/joinQuotes';
import { closeDocument, type ReadTogether, refuse } from './readDocument';
import { type MessageReading, noticesOfMessage, readMessage } from './readMessage';
import { rereadMessage } from './rereadMessage';

/** A document that was read, and what reading it again needs. */
export interface Reading {
  readonly document: ReadTogether;
  readonly pieces: readonly Piece[];
  /** Whether it starts with a mailbox separator: then it is cut at each of them. */
  readonly isMailbox: boolean;
}

/** A message, and how many units of the document's text are its own. */
interface Piece {
  readonly reading: MessageReading;
  readonly length: number;
}

/** Reads a document as `readDocument` does, so that it can be read again. */
export function startReading(text: string): Reading {
  const refusal = refuse(text);
  if (refusal !== null) return { document: { messages: [], notices: [refusal] }, pieces: [], isMailbox: false };
  return finish(piecesOf(text, 0), isMailbox(text));
}

/**
 * Reads a document again after a change. The result equals `startReading(text)`: where only reading everything can
 * tell, everything is read. It takes the lines of `previous` over: what that was asked for stays, but it may not be
 * asked for anything new. In a mailbox the messages that the change touches are read, in a
 * patch the changed file; what follows them is moved if lines came or went, and messages that quote patches are made
 * anew, since they may quote what has changed.
 * @param text the document after the change
 */
export function rereadDocument(previous: Reading, text: string, change: TextChange): Reading {
  const { pieces } = previous;
  // What decides about the whole document stands at its beginning.
  if (pieces.length === 0 || refuse(text) !== null || isMailbox(text) !== previous.isMailbox) return startReading(text);
  if (!previous.isMailbox && pieces.length > 1) return startReading(text);
  const touched = touchedBy(pieces, change);
  const only = touched.to - touched.from === 1 ? pieces[touched.from] : undefined;
  if (only !== undefined && (pieces.length === 1 || !only.reading.message.sources().mayQuote)) {
    const local = { ...change, offset: change.offset - touched.offset };
    const own = pieces.length === 1 ? text : changed(textOf(only), local);
    const reading = rereadMessage(only.reading, own, local);
    if (reading !== null)
      return finish(replaced(pieces, touched, [{ reading, length: own.length }]), previous.isMailbox);
  }
  if (!previous.isMailbox) return startReading(text);
  // A separator that is gone lets the message go on with what followed it.
  for (let { from, offset } = touched; from >= 0; from--) {
    const own = changed(pieces.slice(from, touched.to).map(textOf).join(''), {
      ...change,
      offset: change.offset - offset,
    });
    if (isMailbox(own)) {
      const made = piecesOf(own, firstLineOf(pieces[from]));
      return finish(replaced(pieces, { ...touched, from }, made), true);
    }
    offset -= pieces[from - 1]?.length ?? 0;
  }
  return startReading(text);
}

/** The pieces that a change touches, with the offset at which the first one starts. */
interface Touched {
  readonly from: number;
  readonly to: number;
  readonly offset: number;
}

/** Also the piece before where a piece starts with the change, and the piece behind where it ends with it. */
function touchedBy(pieces: readonly Piece[], change: TextChange): Touched {
  let from = 0;
  let offset = 0;
  for (; from < pieces.length - 1; from++) {
    const end = offset + (pieces[from]?.length ?? 0);
    if (end >= change.offset) break;
    offset = end;
  }
  let to = from;
  for (let end = offset; to < pieces.length; to++) {
    if (to > from && end > change.offset + change.removed) break;
    end += pieces[to]?.length ?? 0;
  }
  return { from, to, offset };
}

function changed(text: string, { offset, removed, inserted }: TextChange): string {
  return text.slice(0, offset) + inserted + text.slice(offset + removed);
}

/** The text of a piece: the lines of a message, to the start of the next. */
function textOf({ reading, length }: Piece): string {
  const { document, span } = reading.message.sources();
  const start = at(document.start, span.from);
  return document.text.slice(start, start + length);
}

function firstLineOf(piece: Piece | undefined): number {
  return piece === undefined ? 0 : piece.reading.message.line - 1;
}

function piecesOf(text: string, firstLine: number): Piece[] {
  const readings: MessageReading[] = [];
  const starts: number[] = [];
  for (const { lines, messages } of batchesOf(text, firstLine)) {
    for (const span of messages) {
      readings.push(readMessage(lines, span));
      starts.push(at(lines.start, span.from));
    }
  }
  return readings.map((reading, i) => ({ reading, length: (starts[i + 1] ?? text.length) - (starts[i] ?? 0) }));
}

/** Pieces with those of `touched` replaced, and those behind moved where the number of lines before them changed. */
function replaced(pieces: readonly Piece[], touched: Touched, made: readonly Piece[]): Piece[] {
  const behind = pieces.slice(touched.to);
  const last = made.at(-1)?.reading.message.sources();
  const next = last === undefined ? firstLineOf(pieces[touched.from]) : last.document.firstLine + last.span.to;
  const moved = behind.length === 0 ? 0 : next - firstLineOf(behind[0]);
  return [...pieces.slice(0, touched.from), ...made, ...(moved === 0 ? behind : movedBy(behind, moved))];
}

function movedBy(pieces: readonly Piece[], moved: number): Piece[] {
  const documents = new Map<Lines, Lines>();
  return pieces.map(freshPiece).map(({ reading, length }) => {
    const { document: old } = reading.message.sources();
    const document = documents.get(old) ?? old.movedTo(old.firstLine + moved);
    documents.set(old, document);
    const message = reading.message.movedTo(document);
    const notices = reading.notices.length > 0 ? noticesOfMessage(message) : reading.notices;
    return { reading: { message, notices, isLocal: reading.isLocal }, length };
  });
}

/** A message that may be read beside another's patch knows the document before: it is made anew. */
function freshPiece(piece: Piece): Piece {
  const { message, notices, isLocal } = piece.reading;
  if (!message.sources().mayQuote) return piece;
  if (message.isJoined()) return piecesOf(textOf(piece), firstLineOf(piece))[0] ?? piece;
  const own = message.movedTo(message.sources().document);
  return { reading: { message: own, notices, isLocal }, length: piece.length };
}

function finish(pieces: readonly Piece[], isBox: boolean): Reading {
  const fresh = pieces.map(freshPiece);
  const document = closeDocument(fresh.map(({ reading }) => reading));
  joinQuotes(document.messages);
  return { document, pieces: fresh, isMailbox: isBox };
}

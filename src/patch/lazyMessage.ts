// SPDX-License-Identifier: MIT
/** A message whose large parts are made when somebody asks for them. */

import type { Body } from '../mail/body';
import { joinIndented, joinLines, readCommitMessage, sliceLines } from '../mail/commitMessage';
import type { MessageSpan } from '../mail/container';
import { at, type Lines, Role } from '../mail/lines';
import { type MessageIds, readMessageIds } from '../mail/messageIds';
import { readGivenTrailers, readTrailers } from '../mail/trailers';
import { type AnchorHunk, collectComments } from './comments';
import type { JoinedReading } from './join/joinMessage';
import { LazyFile } from './lazyFile';
import { lineInfos } from './lineInfos';
import type { FileView } from './materialise';
import { type Head, readHead, sendsPatch } from './readHead';
import type { FileRecord } from './scan/records';
import type { Remark } from './scan/scanPatches';
import { assignTextRoles } from './textRoles';
import type { Comment, LineInfo, Message, PatchFile } from './types';

/** What a message is read from. */
export interface MessageSources {
  readonly document: Lines;
  /** In `document`. */
  readonly span: MessageSpan;
  readonly body: Body;
  readonly records: readonly FileRecord[];
  readonly isReply: boolean;
  /** Whether it may have to be read beside the patch of another message. */
  readonly mayQuote: boolean;
  readonly remarks: readonly Remark[];
  readonly roles: TextRoles;
}

/** Whether the lines of a body that belong to no diff have their roles; the same for all messages that share the lines. */
export interface TextRoles {
  /** The roles of the body's lines as the scan for patches left them; null as long as they are still like this. */
  scanned: Uint8Array | null;
}

interface Made {
  head?: Head;
  ids?: MessageIds;
  texts?: { readonly body: string; readonly patchText: string };
  trailers?: Message['trailers'];
  files?: readonly LazyFile[];
  comments?: readonly Comment[];
  lines?: readonly LineInfo[];
}

/**
 * As with `LazyFile`, what is lazy is a property of the object itself, and all objects share the accessors: a message
 * takes a third of the memory that an object literal with accessors of its own takes.
 */
export class LazyMessage implements Message {
  readonly line: number;
  readonly container: Message['container'];
  readonly whitespace: Message['whitespace'];
  declare readonly messageId: string | null;
  declare readonly inReplyTo: string | null;
  declare readonly references: readonly string[];
  declare readonly author: Message['author'];
  declare readonly subject: string;
  declare readonly rawSubject: string;
  declare readonly date: string | null;
  declare readonly prefix: Message['prefix'];
  declare readonly body: string;
  declare readonly patchText: string;
  declare readonly trailers: Message['trailers'];
  declare readonly files: readonly PatchFile[];
  declare readonly comments: readonly Comment[];
  declare readonly lines: readonly LineInfo[];
  readonly #sources: MessageSources;
  #made: Made | undefined = undefined;
  #join: (() => JoinedReading | null) | undefined = undefined;
  #joined: JoinedReading | null = null;

  constructor(container: Message['container'], whitespace: Message['whitespace'], sources: MessageSources) {
    this.line = sources.document.firstLine + sources.span.from + 1;
    this.container = container;
    this.whitespace = whitespace;
    this.#sources = sources;
    // One after another: all at once takes 3 µs a message instead of 2.
    for (const [name, part] of LazyMessage.#lazyParts) Object.defineProperty(this, name, part);
  }

  static readonly #lazyParts = Object.entries<PropertyDescriptor>({
    messageId: accessor(function (this: LazyMessage) {
      return this.#ids().messageId;
    }),
    inReplyTo: accessor(function (this: LazyMessage) {
      return this.#ids().inReplyTo;
    }),
    references: accessor(function (this: LazyMessage) {
      return this.#ids().references;
    }),
    author: accessor(function (this: LazyMessage) {
      return this.#head().author;
    }),
    subject: accessor(function (this: LazyMessage) {
      return this.#head().subject;
    }),
    rawSubject: accessor(function (this: LazyMessage) {
      return this.#head().rawSubject;
    }),
    date: accessor(function (this: LazyMessage) {
      return this.#head().date;
    }),
    prefix: accessor(function (this: LazyMessage) {
      return this.#head().prefix;
    }),
    body: accessor(function (this: LazyMessage) {
      return this.#texts().body;
    }),
    patchText: accessor(function (this: LazyMessage) {
      return this.#texts().patchText;
    }),
    trailers: accessor(function (this: LazyMessage) {
      const { body } = this.#sources;
      this.#parts().trailers ??= readTrailers(body.lines, body.from, firstPatchLine(this.#sources)).map((trailer) => ({
        key: trailer.key,
        value: trailer.value,
        line: body.lineNumber(trailer.line),
      }));
      return this.#parts().trailers;
    }),
    files: accessor(function (this: LazyMessage) {
      return this.#besidePatch()?.files ?? this.#files();
    }),
    comments: accessor(function (this: LazyMessage) {
      const joined = this.#besidePatch();
      if (joined !== null) return joined.comments;
      this.assignRoles();
      this.#parts().comments ??= collectComments(
        this.#sources.body,
        anchorHunks(this.views()),
        anchorPaths(this.#sources),
      );
      return this.#parts().comments;
    }),
    lines: accessor(function (this: LazyMessage) {
      const joined = this.#besidePatch();
      this.assignRoles();
      const { document, body, span } = this.#sources;
      this.#parts().lines ??= lineInfos(document, joined?.body ?? body, span);
      return this.#parts().lines;
    }),
  });

  #parts(): Made {
    this.#made ??= {};
    return this.#made;
  }

  #head(): Head {
    const made = this.#parts();
    const { span, body, records, isReply } = this.#sources;
    made.head ??= readHead(span, body, records, isReply);
    return made.head;
  }

  #ids(): MessageIds {
    const made = this.#parts();
    made.ids ??= readMessageIds(this.#sources.span.fields);
    return made.ids;
  }

  #files(): readonly LazyFile[] {
    const made = this.#parts();
    made.files ??= this.#sources.records.map((record) => new LazyFile(this.#sources.body, record));
    return made.files;
  }

  #texts(): { readonly body: string; readonly patchText: string } {
    const made = this.#parts();
    made.texts ??= readTexts(this.#sources, this.#head().ownsPatch);
    return made.texts;
  }

  /** The same message in a document where other lines stand above it; nothing is read again. */
  movedTo(document: Lines): LazyMessage {
    const sources = { ...this.#sources, document, body: this.#sources.body.movedTo(document) };
    return new LazyMessage(this.container, this.whitespace, sources);
  }

  /** What the message is read from. */
  sources(): MessageSources {
    return this.#sources;
  }

  /** The files as the message itself shows them, with the ways back to its lines. */
  views(): FileView[] {
    return this.#files().map((file) => file.view());
  }

  /** Sets how the message is read beside the patch that it quotes; called once, when somebody asks for its lines. */
  setJoin(join: () => JoinedReading | null): void {
    this.#join = join;
  }

  /** Whether it was read beside a patch, which wrote into its lines what these are there. */
  isJoined(): boolean {
    return this.#joined !== null;
  }

  /** Whether all code it shows is quoted from a patch that was read with it. */
  isQuoteOnly(): boolean {
    return this.#besidePatch()?.isQuoteOnly ?? false;
  }

  #besidePatch(): JoinedReading | null {
    const join = this.#join;
    this.#join = undefined;
    if (join !== undefined) this.#joined = join();
    return this.#joined;
  }

  /** The trailers that the sender gives to what the message answers. */
  givenTrailers(): Message['trailers'] {
    const { body } = this.#sources;
    return readGivenTrailers(body.lines, body.from, body.to).map(({ key, value, line }) => ({
      key,
      value,
      line: body.lineNumber(line),
    }));
  }

  /** Gives every line of the body its role. */
  assignRoles(): void {
    const { span, body, records, isReply, roles } = this.#sources;
    if (roles.scanned !== null) return;
    roles.scanned = body.lines.role.slice(body.from, body.to);
    const kind = isReply ? 'answer' : sendsPatch(span) ? 'patch' : 'other';
    assignTextRoles(body.lines, body.from, body.to, records, kind);
  }
}

function accessor(get: () => unknown): PropertyDescriptor {
  return { get, enumerable: true, configurable: true };
}

/** The first line of the diff, or the end of the body. */
function firstPatchLine({ records, body }: MessageSources): number {
  const first = records[0];
  if (first === undefined) return body.to;
  return first.hunks[0] === undefined ? first.line : Math.min(first.line, first.hunks[0].line);
}

function readTexts(sources: MessageSources, ownsPatch: boolean): { body: string; patchText: string } {
  const { body, span } = sources;
  const { end, indent } = body.packing;
  const message = (from: number, to: number): string => {
    if (indent > 0) return joinIndented(body.lines, from, to, indent);
    return body.isDecoded ? sliceLines(body.lines, from, to) : joinLines(body.lines, from, to);
  };
  if (!ownsPatch) {
    const first = firstPatchLine(sources);
    return { body: message(body.from, first === body.to ? end : first), patchText: '' };
  }
  const own = readCommitMessage(body.lines, body.from, end, body.isDecoded);
  const patch = span.fields.length > 0 ? own.patch : Math.min(own.patch, firstPatchLine(sources));
  const join = body.isDecoded ? sliceLines : joinLines;
  return { body: message(own.start, patch), patchText: join(body.lines, patch, end) };
}

function anchorHunks(views: readonly FileView[]): AnchorHunk[] {
  return views.flatMap(({ file, hunks }) => hunks().map((view) => ({ path: file.newPath ?? file.oldPath, view })));
}

/** For every header line of a file its path, so that a comment on the header is a comment on the file. */
function anchorPaths({ records, body }: MessageSources): Map<number, string | null> {
  const paths = new Map<number, string | null>();
  for (const record of records) {
    if (at(body.lines.role, record.line) === Role.file) paths.set(record.line, record.newPath ?? record.oldPath);
  }
  return paths;
}

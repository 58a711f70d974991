// SPDX-License-Identifier: MIT
/** The readable parts of a MIME message. */

import { fieldValue, type HeaderField, readHeaderBlock } from './headers';
import { at, type Lines } from './lines';
import { parameter } from './parameters';

export interface TextPart {
  /** 0-based document lines, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  readonly encoding: 'none' | 'quoted-printable' | 'base64';
  readonly charset: string | null;
  readonly flow: 'fixed' | 'flowed' | 'flowed-delsp';
  /** `end`: the line that closes a multipart, for which git writes an empty line. */
  readonly kind: 'text' | 'signature' | 'end';
}

/** A part that is not read: 0-based document lines, `to` exclusive. `what` is null where it says the same as another part. */
export interface SkippedPart {
  readonly from: number;
  readonly to: number;
  readonly what: string | null;
}

export interface Parts {
  readonly texts: readonly TextPart[];
  readonly skipped: readonly SkippedPart[];
  /** The boundary that the header names and the body does not have, or null. */
  readonly missingBoundary: string | null;
}

/** A multipart that is open. Of alternatives the first readable one is taken, which is the plain one. */
interface Level {
  readonly mark: string;
  readonly isAlternative: boolean;
  gaveText: boolean;
  isTaken: boolean;
}

interface Leaf {
  readonly fields: readonly HeaderField[];
  readonly from: number;
  readonly isNested: boolean;
}

/** Deeper nesting than any mailer makes is not followed: its text stays unread rather than the time unbounded. */
const DEEPEST = 8;

/**
 * The parts of a message whose header is `fields` and whose body is lines `from` to `to` (exclusive), in order. A part
 * that nobody closes ends where an outer one goes on. Linear; never throws.
 */
export function readParts(document: Lines, fields: readonly HeaderField[], from: number, to: number): Parts {
  const found = walk(document, fields, from, to);
  if (found.hasParts) return { texts: found.texts, skipped: found.skipped, missingBoundary: null };
  const boundary = boundaryOf(fields) ?? '';
  const real = findBoundary(document, from, to);
  const again = real === null ? null : walk(document, [multipart(real)], from, to);
  if (again?.hasParts) return { ...again, missingBoundary: boundary };
  return { texts: [textPart(fields, from, to, 'text')], skipped: [], missingBoundary: boundary };
}

interface Walk {
  readonly texts: TextPart[];
  readonly skipped: SkippedPart[];
  readonly hasParts: boolean;
}

function walk(document: Lines, fields: readonly HeaderField[], from: number, to: number): Walk {
  const texts: TextPart[] = [];
  const skipped: SkippedPart[] = [];
  const open: Level[] = [];
  let hasParts = false;
  let leaf: Leaf | null = null;
  /** Opens the entity whose header has been read; gives the line where its body starts. */
  const begin = (header: readonly HeaderField[], start: number): number => {
    let own = header;
    let line = start;
    for (;;) {
      const kind = kindOf(own);
      const boundary = kind.startsWith('multipart/') ? boundaryOf(own) : null;
      if (boundary !== null && open.length < DEEPEST) {
        const isAlternative = kind === 'multipart/alternative';
        open.push({ mark: `--${boundary}`, isAlternative, gaveText: false, isTaken: false });
        leaf = null;
        return line;
      }
      if (kind !== 'message/rfc822' || open.length === 0) {
        leaf = { fields: own, from: line, isNested: open.length > 0 };
        hasParts = true;
        return line;
      }
      const block = readHeaderBlock(document, line, to, 'indented');
      own = block.fields;
      line = block.next;
    }
  };
  const end = (stop: number): void => {
    if (leaf === null) return;
    const kind = leaf.isNested ? readableKind(leaf.fields) : 'text';
    if (kind === null || open.some((level) => level.isAlternative && level.isTaken)) {
      const isRepeated = open.some((level) => level.isAlternative && (level.isTaken || level.gaveText));
      skipped.push({ from: leaf.from, to: stop, what: isRepeated ? null : nameOf(leaf.fields) });
    } else {
      texts.push(textPart(leaf.fields, leaf.from, stop, kind));
      for (const level of open) level.gaveText = true;
    }
    leaf = null;
  };
  let line = begin(fields, from);
  while (line < to && open.length > 0) {
    const cut = boundaryAt(document, line, open);
    if (cut === null) {
      line++;
      continue;
    }
    end(line);
    open.length = cut.level + 1;
    if (cut.closes) {
      open.pop();
      // Of multiparts that end one after another only the first counts.
      if (texts.at(-1)?.kind !== 'end')
        texts.push({ from: line, to: line + 1, encoding: 'none', charset: null, flow: 'fixed', kind: 'end' });
      line++;
    } else {
      const level = open[cut.level];
      if (level !== undefined) level.isTaken ||= level.gaveText;
      const block = readHeaderBlock(document, line + 1, to, 'indented');
      line = begin(block.fields, block.next);
    }
  }
  end(to);
  return { texts, skipped, hasParts };
}

/** Which of the open levels line `line` is a boundary of; the innermost wins. */
function boundaryAt(document: Lines, line: number, open: readonly Level[]): { level: number; closes: boolean } | null {
  const start = at(document.start, line);
  if (!document.text.startsWith('--', start)) return null;
  for (let level = open.length - 1; level >= 0; level--) {
    const mark = open[level]?.mark ?? '';
    const end = at(document.end, line);
    if (end - start > mark.length + 100 || !document.text.startsWith(mark, start)) continue;
    const rest = document.text.slice(start + mark.length, end).trim();
    if (rest === '' || rest === '--') return { level, closes: rest === '--' };
  }
  return null;
}

/** The boundary that a body shows of itself, where the header names another one: a `--` line above a MIME header. */
function findBoundary(document: Lines, from: number, to: number): string | null {
  for (let line = from; line + 1 < to; line++) {
    if (!document.text.startsWith('--', at(document.start, line))) continue;
    if (/^Content-[A-Za-z-]+:/i.test(document.beginning(line + 1))) return document.beginning(line).trimEnd().slice(2);
  }
  return null;
}

function multipart(boundary: string): HeaderField {
  const quoted = boundary.replace(/["\\]/g, '\\$&');
  return { name: 'content-type', value: `multipart/mixed; boundary="${quoted}"`, line: 0 };
}

function boundaryOf(fields: readonly HeaderField[]): string | null {
  return parameter(fieldValue(fields, 'content-type') ?? '', 'boundary')?.trimEnd() ?? null;
}

function kindOf(fields: readonly HeaderField[]): string {
  const type = fieldValue(fields, 'content-type') ?? '';
  return (/^\s*([\w.+-]+\/[\w.+-]+)/.exec(type)?.[1] ?? 'text/plain').toLowerCase();
}

function encodingOf(fields: readonly HeaderField[]): TextPart['encoding'] {
  const encoding = (fieldValue(fields, 'content-transfer-encoding') ?? '').toLowerCase();
  if (encoding.includes('base64')) return 'base64';
  return encoding.includes('quoted-printable') ? 'quoted-printable' : 'none';
}

function textPart(fields: readonly HeaderField[], from: number, to: number, kind: TextPart['kind']): TextPart {
  const type = fieldValue(fields, 'content-type') ?? '';
  const isFlowed = parameter(type, 'format')?.toLowerCase() === 'flowed';
  const isDelsp = isFlowed && parameter(type, 'delsp')?.toLowerCase() === 'yes';
  return {
    from,
    to,
    encoding: encodingOf(fields),
    charset: parameter(type, 'charset'),
    flow: isDelsp ? 'flowed-delsp' : isFlowed ? 'flowed' : 'fixed',
    kind,
  };
}

/** Text and attachments that are patches by their type or name; not HTML, which says the same again. */
function readableKind(fields: readonly HeaderField[]): 'text' | 'signature' | null {
  const kind = kindOf(fields);
  if (kind === 'text/html' || kind === 'text/calendar') return null;
  if (kind.startsWith('text/') || /^application\/x-(?:patch|diff)$/.test(kind)) return 'text';
  if (kind === 'application/pgp-signature' && encodingOf(fields) !== 'base64') return 'signature';
  return /\.(?:patch|diff|txt)$/i.test(fileNameOf(fields)) ? 'text' : null;
}

function fileNameOf(fields: readonly HeaderField[]): string {
  const disposition = parameter(fieldValue(fields, 'content-disposition') ?? '', 'filename');
  return disposition ?? parameter(fieldValue(fields, 'content-type') ?? '', 'name') ?? '';
}

function nameOf(fields: readonly HeaderField[]): string {
  const name = fileNameOf(fields);
  return name === '' ? kindOf(fields) : `${kindOf(fields)}, “${name.slice(0, 100)}”`;
}

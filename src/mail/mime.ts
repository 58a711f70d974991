// SPDX-License-Identifier: MIT
/** The readable parts of a MIME message. */

import { fieldValue, type HeaderField, readHeaderBlock } from './headers';
import { at, type Lines } from './lines';

export interface TextPart {
  /** 0-based document lines, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  readonly encoding: 'none' | 'quoted-printable' | 'base64';
  readonly charset: string | null;
}

/** Deeper nesting than any mailer makes is not followed: its text stays unread rather than the time unbounded. */
const DEEPEST = 8;

/** The text parts of a message whose header is `fields` and whose body is lines `from` to `to` (exclusive), in order. */
export function findTextParts(
  document: Lines,
  fields: readonly HeaderField[],
  from: number,
  to: number,
  nesting = 0,
): TextPart[] {
  const type = fieldValue(fields, 'content-type') ?? 'text/plain';
  const kind = (/^\s*([\w.+-]+\/[\w.+-]+)/.exec(type)?.[1] ?? 'text/plain').toLowerCase();
  if (kind.startsWith('multipart/')) {
    const boundary = parameter(type, 'boundary');
    if (boundary === null || nesting >= DEEPEST) return plainPart(fields, type, from, to);
    return findParts(document, boundary, kind, from, to, nesting);
  }
  if (kind === 'message/rfc822' && nesting > 0 && nesting < DEEPEST) {
    const block = readHeaderBlock(document, from, to, 'indented');
    return findTextParts(document, block.fields, block.next, to, nesting + 1);
  }
  if (nesting > 0 && !isReadable(kind, fields, type)) return [];
  return plainPart(fields, type, from, to);
}

function plainPart(fields: readonly HeaderField[], type: string, from: number, to: number): TextPart[] {
  const encoding = (fieldValue(fields, 'content-transfer-encoding') ?? '').trim().toLowerCase();
  return [
    {
      from,
      to,
      encoding: encoding === 'base64' || encoding === 'quoted-printable' ? encoding : 'none',
      charset: parameter(type, 'charset'),
    },
  ];
}

function findParts(
  document: Lines,
  boundary: string,
  kind: string,
  from: number,
  to: number,
  nesting: number,
): TextPart[] {
  const cuts: number[] = [];
  let end = to;
  const mark = `--${boundary}`;
  for (let line = from; line < to; line++) {
    const start = at(document.start, line);
    if (document.text.charCodeAt(start) !== 45 || !document.text.startsWith(mark, start)) continue;
    const rest = document.text.slice(start + mark.length, at(document.end, line)).trim();
    if (rest === '') cuts.push(line);
    else if (rest === '--') {
      end = line;
      break;
    }
  }
  const found: TextPart[] = [];
  for (let i = 0; i < cuts.length; i++) {
    const start = (cuts[i] ?? 0) + 1;
    // The line end before a boundary belongs to the boundary; a part keeps its own last line.
    const stop = cuts[i + 1] ?? end;
    const block = readHeaderBlock(document, start, stop, 'indented');
    const parts = findTextParts(document, block.fields, block.next, stop, nesting + 1);
    found.push(...parts);
    // Of alternatives the first readable one is the plain one.
    if (kind === 'multipart/alternative' && parts.length > 0) break;
  }
  return found;
}

/** Text, and attachments that are patches by their name; not HTML, which says the same again. */
function isReadable(kind: string, fields: readonly HeaderField[], type: string): boolean {
  if (kind === 'text/html' || kind === 'text/calendar') return false;
  if (kind.startsWith('text/')) return true;
  const disposition = fieldValue(fields, 'content-disposition') ?? '';
  const name = parameter(disposition, 'filename') ?? parameter(type, 'name') ?? '';
  return /\.(?:patch|diff|txt)$/i.test(name);
}

function parameter(value: string, name: string): string | null {
  const match = new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^\\s;]+))`, 'i').exec(value.slice(0, 4000));
  const found = match?.[1] ?? match?.[2] ?? '';
  return found === '' ? null : found;
}

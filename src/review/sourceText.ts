// SPDX-License-Identifier: MIT
/** Places and texts of what runs, for people. */

import { rangesOf, type Span } from '../c/ast';
import { originAt } from '../c/mappedText';
import type { Notice, Place } from './types';

/** Where a span stands (1-based), to the end of its first line at most. */
export function placeOf(span: Span): Place {
  const { source } = span.unit;
  const lineEnd = source.text.indexOf('\n', span.start);
  const end = lineEnd < 0 || lineEnd > span.end ? span.end : lineEnd;
  const from = originAt(source, span.start);
  return {
    file: from.file,
    line: from.line,
    column: from.column,
    endLine: from.line,
    endColumn: from.column + Math.max(1, end - span.start),
  };
}

/** The name of the function around a span; empty at file level. */
export function functionOf(span: Span): string {
  return rangesOf(span.unit).find((f) => f.start <= span.start && span.start < f.end)?.name ?? '';
}

/** The line of source that a span starts on, without comments, at most 100 characters; a closing brace says what is done. */
export function statementText(span: Span): string {
  const { text } = span.unit.source;
  const end = text.indexOf('\n', span.start);
  const line = text
    .slice(text.lastIndexOf('\n', span.start) + 1, end < 0 ? text.length : end)
    .replace(/\/\*.*?(\*\/|$)/g, '')
    .trim();
  return line === '}' ? `${functionOf(span)}() is done` : line.length > 100 ? `${line.slice(0, 99)}…` : line;
}

/** What is said of a file that is not the document, with the place in front, as a compiler prints it. */
export function noticeText({ message, place }: Notice): string {
  return place === null ? message : `${place.file}:${place.line}: ${message}`;
}

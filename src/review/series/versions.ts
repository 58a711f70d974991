// SPDX-License-Identifier: MIT
/** Which texts are versions of each other, and in which order. */

import { type ReadTogether, readDocument } from '../../patch/readDocument';
import { patchesOf } from '../patchesOf';
import type { Finding, ReviewedText } from '../types';
import { compareText, type Version } from './compare';

/**
 * The last version of a series that a document has together with the one before, each with its findings; null where
 * there is none.
 * @param file how people call the document
 */
export function versionsIn(
  document: ReadTogether,
  file: string,
  lines: readonly string[],
  findings: readonly Finding[],
): [Version, Version] | null {
  const { series } = patchesOf(document);
  const later = series
    .filter(({ head }) => head?.previous)
    .sort((a, b) => (b.head?.version ?? 0) - (a.head?.version ?? 0))[0];
  const earlier = later && series.find(({ head }) => head !== null && head === later.head?.previous);
  if (!later || !earlier) return null;
  const starts = document.messages.map((message) => message.line);
  const messageOf = (line: number): number => starts.findLastIndex((start) => start <= line);
  const versionOf = ({ patches, head }: typeof later): Version => {
    const own = new Set(patches.map(({ files }) => messageOf(files[0]?.line ?? 0)));
    const ofVersion = findings.filter(({ place }) => own.has(messageOf(place.line)));
    return { name: `v${head?.version}`, file, lines, findings: ofVersion };
  };
  return [versionOf(earlier), versionOf(later)];
}

/**
 * Two versions beside each other, as text: of two documents, the one with the smaller version first, else `other`; or,
 * without another one, of a document that has both.
 * @returns null where one document is given and it has one version only
 */
export function compareTexts(one: ReviewedText, other: ReviewedText | null): string | null {
  const document = readDocument(one.text);
  const own: Version = { name: one.name, file: one.name, lines: linesOf(one.text), findings: one.findings };
  if (other === null) {
    const versions = versionsIn(document, one.name, own.lines, one.findings);
    return versions && compareText(...versions);
  }
  const their: Version = { name: other.name, file: other.name, lines: linesOf(other.text), findings: other.findings };
  const isLater = versionOf(readDocument(other.text)) > versionOf(document);
  return isLater ? compareText(own, their) : compareText(their, own);
}

/** The largest version that the patches of a document name. */
const versionOf = ({ messages }: ReadTogether): number => Math.max(0, ...messages.map(({ prefix }) => prefix.version));

const linesOf = (text: string): string[] => text.split(/\r\n|\r|\n/);

// SPDX-License-Identifier: MIT
/** One way of a replay as text: for a mail, as Markdown, as JSON. */

import type { ReplaySide, ReplayState } from '../review/types';
import { effectsOf, effectText, fieldNames, fieldText, pageFields } from './look';
import { bufferedBy, isFatalStep, lessons, placeName, splitText, stepText } from './words';

/** What is said above the steps. */
export interface Heading {
  /** What the story is. */
  readonly title: string;
  /** Which way through it: `with the patch`. */
  readonly way: string;
  /** What came of it; may be empty. */
  readonly verdict: string;
}

/** Columns of a mail. */
const columns = 72;

/** Plain text, no line of it wider than 72 columns. */
export function toPlainText(side: ReplaySide, heading: Heading): string {
  const lines = [...wrap(`${heading.title}, ${heading.way}`, '', ''), ...wrap(heading.verdict, '', ''), ''];
  const start = pagesText(side, side.start);
  if (start.length > 0) lines.push('At the start:', ...start.flatMap((text) => wrap(text, '  ', '    ')), '');
  const width = String(side.steps.length).length;
  side.steps.forEach((step, i) => {
    const number = `${String(i + 1).padStart(width)}. `;
    const indent = ' '.repeat(number.length);
    const who = side.agents[step.agent]?.name ?? '';
    const place = step.place ? ` (${placeName(step.place)})` : '';
    lines.push(...wrap(`${who}: ${spoken(stepText(step))}${place}`, number, `${indent}  `));
    for (const text of remarks(side, i + 1)) lines.push(...wrap(text, `${indent}- `, `${indent}  `));
  });
  lines.push('', ...endOf(side).flatMap((text) => wrap(text, '', '')));
  return `${lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}

/** Markdown: a numbered list, code as code. */
export function toMarkdown(side: ReplaySide, heading: Heading): string {
  const lines = [`### ${escaped(`${heading.title}, ${heading.way}`)}`, ''];
  if (heading.verdict) lines.push(escaped(heading.verdict), '');
  side.steps.forEach((step, i) => {
    const who = side.agents[step.agent]?.name ?? '';
    const { statement, remark } = splitText(stepText(step));
    const place = step.place ? ` (${placeName(step.place)})` : '';
    const fatal = isFatalStep(side, i + 1) && side.fatal ? ` **${side.fatal.ruleId}**` : '';
    const aside = remark ? ` ${escaped(`[${remark}]`)}` : '';
    lines.push(`${i + 1}. **${escaped(who)}**: ${codeSpan(statement)}${aside}${escaped(place)}${fatal}`);
    for (const text of remarks(side, i + 1)) lines.push(`   - ${escaped(text)}`);
  });
  lines.push('', ...endOf(side).flatMap((text) => [escaped(text), '']));
  return `${lines.join('\n').trim()}\n`;
}

/** All that is known of the way, indented. */
export function toJson(side: ReplaySide, heading: Heading): string {
  return `${JSON.stringify({ ...heading, ...side }, null, 1)}\n`;
}

/** What a step did and what it means. */
function remarks(side: ReplaySide, step: number): readonly string[] {
  const buffered = bufferedBy(side, step).length > 0;
  // Of a store that waits, the lesson tells all.
  return [...(buffered ? [] : effectsOf(side, step).map(effectText)), ...lessons(side, step)];
}

function pagesText(side: ReplaySide, state: ReplayState): readonly string[] {
  return state.pages.map((cell, page) => {
    const fields = pageFields.filter((field) => field !== 'tlb' || cell.tlb.length > 0);
    const told = fields.map((field) => `${fieldNames[field]} ${fieldText(cell, field)}`).join(', ');
    return `${side.pages[page]?.name ?? `page ${page}`}: ${told}`;
  });
}

function endOf({ fatal, summary }: ReplaySide): readonly string[] {
  if (!fatal) return summary ? [summary] : [];
  const source = fatal.source ? [`Source: ${fatal.source}`] : [];
  return [`${fatal.ruleId}: ${fatal.explanation} ${fatal.rule}`, ...source];
}

const spoken = (text: string): string => text.replace(/\s+/g, ' ');

/** Breaks at blanks; a word that is wider than a line is cut. */
function wrap(text: string, first: string, next: string): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  const end = (): void => {
    lines.push(line.trimEnd());
    line = next;
    isEmpty = true;
  };
  for (const word of text.split(/\s+/).filter(Boolean)) {
    let rest = [...word];
    if (!isEmpty && line.length + 1 + rest.length > columns) end();
    while (rest.length > columns - line.length - (isEmpty ? 0 : 1)) {
      const room = Math.max(1, columns - line.length);
      line += rest.slice(0, room).join('');
      rest = rest.slice(room);
      end();
    }
    line += `${isEmpty ? '' : ' '}${rest.join('')}`;
    isEmpty = isEmpty && rest.length === 0;
  }
  if (!isEmpty) lines.push(line.trimEnd());
  return lines;
}

const escaped = (text: string): string => text.replace(/[\\`*_{}[\]<>#|~]/g, '\\$&');

/** Code that may hold backticks itself. */
function codeSpan(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 ? `${fence} ${text} ${fence}` : `${fence}${text}${fence}`;
}

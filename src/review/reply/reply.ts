// SPDX-License-Identifier: MIT
/** Findings as a reply to the mail that they are about, in plain text, as the kernel's lists want it. */

import type { LazyMessage } from '../../patch/lazyMessage';
import type { ReadTogether } from '../../patch/readDocument';
import { changedValue } from '../changedValue';
import { listed, scenarioOf, type Told } from '../people';
import type { Finding, ReplaySide } from '../types';
import { wordWhatIf } from '../wording';
import { quotableOf } from './quote';

/** Columns of what is not quoted. */
const wide = 72;

/**
 * A mail for each message of the document that findings are about, in their order: headers where the message has them,
 * who wrote it, and each finding under the line that it is about. Several mails are those of a mailbox.
 * @param told what is to be said; where the patch removes something its trace is left out
 * @returns an empty string where nothing is told
 */
export function replyTo(document: ReadTogether, told: readonly Told[]): string {
  const { messages } = document;
  const mails = messages.flatMap((message, at) => {
    const end = messages[at + 1]?.line ?? Number.POSITIVE_INFINITY;
    // Several messages may stand on one line.
    const own = told.filter(({ finding: { place } }) => place.line >= message.line && place.line < end);
    return own.length === 0 ? [] : [mailTo(message, own)];
  });
  if (mails.length < 2) return mails.join('');
  return mails.map((mail) => `From kernel-patch-review Thu Jan  1 00:00:00 1970\n${mail}\n`).join('');
}

function mailTo(message: LazyMessage, told: readonly Told[]): string {
  const text = bodyOf(message, told);
  const headers = headersOf(message, text);
  return `${[...headers, ...(headers.length > 0 ? [''] : []), ...text].join('\n')}\n`;
}

function headersOf({ rawSubject, messageId, references, author }: LazyMessage, text: readonly string[]): string[] {
  if (rawSubject === '') return [];
  const email = author?.email ?? '';
  const isWhole = /^[^\s@<>]+@[^\s@<>.]+(\.[^\s@<>.]+)+$/.test(email) && !/x{3}/.test(email);
  const headers = [
    ...(author && isWhole ? [`To: ${phrase(author.name)}<${email}>`] : []),
    `Subject: ${/^\s*re:/i.test(rawSubject) ? rawSubject.trim() : `Re: ${rawSubject.trim()}`}`,
    ...(messageId === null ? [] : [`In-Reply-To: <${messageId}>`]),
    ...(messageId === null
      ? []
      : [`References: ${[...new Set([...references, messageId])].map((id) => `<${id}>`).join('\n ')}`]),
  ];
  const isAscii = [...headers, ...text].every((line) => /^[\x20-\x7e\t]*$/.test(line));
  return isAscii
    ? headers
    : [...headers, 'MIME-Version: 1.0', 'Content-Type: text/plain; charset=UTF-8', 'Content-Transfer-Encoding: 8bit'];
}

/** A name in front of an address. */
const phrase = (name: string): string =>
  name === ''
    ? ''
    : /^[\w\s.-]*$/.test(name) && !name.includes('.')
      ? `${name} `
      : `"${name.replace(/["\\]/g, '\\$&')}" `;

function bodyOf(message: LazyMessage, told: readonly Told[]): string[] {
  const quotable = quotableOf(message);
  const byRow = new Map<number, Told[]>();
  for (const one of told) {
    const row = quotable.rowOf(one.finding.place) ?? 0;
    byRow.set(row, [...(byRow.get(row) ?? []), one]);
  }
  const out = attribution(message);
  const shown = [...new Set([...byRow.keys()].flatMap((row) => quotable.around(row)))].sort((a, b) => a - b);
  let last = -1;
  for (const row of shown) {
    if (row !== last + 1 && !(last < 0 && quotable.isFirst(row))) out.push('> [...]');
    out.push(quotable.quoted(row));
    last = row;
    for (const one of byRow.get(row) ?? []) out.push(...(out.at(-1) === '' ? [] : ['']), ...remark(one), '');
  }
  while (out.at(-1) === '') out.pop();
  return out;
}

/** Who wrote what is quoted, and when; nothing where that is not known. */
function attribution({ author, date }: LazyMessage): string[] {
  if (author === null) return [];
  const name = author.name || author.email;
  return wrap(date === null ? `${name} wrote:` : `On ${date}, ${name} wrote:`, '', '');
}

/** What is said of a line. */
function remark({ finding, group }: Told): string[] {
  const isFixed = finding.baselineState === 'absent';
  const paragraphs = [wrap(finding.message, '', '')];
  for (const whatIf of (finding.whatIfs ?? []).slice(0, 1)) paragraphs.push(wrap(wordWhatIf(whatIf), '', ''));
  const side = isFixed ? null : finding.replay.after;
  if (side && side.steps.length > 0) paragraphs.push(traceOf(side));
  paragraphs.push(groundsOf(finding, group));
  return paragraphs.flatMap((lines, at) => (at === 0 ? lines : ['', ...lines]));
}

/** The way to the outcome, step by step, indented. */
function traceOf(side: ReplaySide): string[] {
  const out: string[] = [];
  for (const step of side.steps) {
    const where = step.function === '' ? '' : ` in ${step.function}()`;
    out.push(...wrap(`${side.agents[step.agent]?.name ?? ''}: ${step.text}${where}`, '  ', '      '));
    const pages = step.changed.filter((one) => one.startsWith('page ') && !one.endsWith('tlb'));
    const states = pages.map((one) => `${one.replace(': ', ' ')} now ${changedValue(step.state, one)}`);
    if (states.length > 0) out.push(...wrap(states.join('; '), '      ', '      '));
  }
  if (side.fatal?.source) out.push(...wrap(`Rule: ${side.fatal.source}`, '  ', '      '));
  return out;
}

/** What a finding rests on. */
function groundsOf(finding: Finding, group: readonly Finding[]): string[] {
  const { bounds, confidence, assumptions } = finding;
  const stories = listed(group.map(scenarioOf));
  const all = bounds.exhausted ? 'all of them' : 'not all of them';
  return [
    ...wrap(
      `(Simulated: ${stories}; ${bounds.states} states, ${all}; ${bounds.cpus} CPU${bounds.cpus === 1 ? '' : 's'}, ${bounds.pages} page${bounds.pages === 1 ? '' : 's'}; confidence ${confidence}.${assumptions.length > 0 ? ` Assumed: ${assumptions.join('; ')}.` : ''})`,
      '',
      ' ',
    ),
  ];
}

/** Text in lines of at most 72 columns, broken between words; a word that is longer has a line of its own. */
function wrap(text: string, first: string, others: string): string[] {
  const out: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of ascii(text).split(/\s+/)) {
    if (word === '') continue;
    if (!isEmpty && line.length + 1 + word.length > wide) {
      out.push(line);
      line = others;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return isEmpty ? out : [...out, line];
}

/** Quotation marks and dashes as mail readers of all kinds show them. */
const ascii = (text: string): string =>
  text.replace(/[“”]/g, '"').replace(/[‘’]/g, "'").replace(/…/g, '...').replace(/[–—]/g, '-').replace(/×/g, 'x');

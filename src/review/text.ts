// SPDX-License-Identifier: MIT
/** A review for people at a terminal: the mail's own lines with the findings under them, as a compiler prints. */

import { changedValue } from './changedValue';

import { listed, scenarioOf, toldOf, wordUnrelated } from './people';
import type { Finding, Notice, Place, ReplaySide, Review, ScenarioRun } from './types';
import { wordWhatIf } from './wording';

const wide = 100;

/**
 * The review of one document.
 * @param name how the document is called in front of line and column
 * @param lines the document's lines
 * @param color whether escape sequences for colour may be used
 */
export function toText(name: string, lines: readonly string[], review: Review, color: boolean): string {
  const out: string[] = [];
  const paint = (code: string, text: string): string => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  const shown = (n: Notice): string => {
    const file = n.place === null || n.place.file === 'document' ? name : n.place.file;
    return `${file}${n.place ? `:${n.place.line}` : ''}: ${n.level}: ${n.message}`;
  };
  const summaries = review.notices.filter((n) => n.series);
  if (summaries.length > 0) out.push(...summaries.map(shown), '');
  for (const { number, finding: f, group } of toldOf(review.findings)) {
    const isFixed = f.baselineState === 'absent';
    const label = isFixed ? paint('32', 'fixed') : paint(f.level === 'error' ? '31' : '33', f.level);
    const at = `${name}:${f.place.line}:${f.place.column}: ${label}`;
    const of = f.patch === undefined ? '' : ` of patch ${f.patch}`;
    const ran = `scenario${group.length > 1 ? 's' : ''} ${listed(group.map(scenarioOf))}`;
    out.push(`${at}: ${f.unrelated ? wordUnrelated(group) : f.message}`, ...excerpt(lines, f));
    if (f.unrelated) {
      const told = group.length === 1 ? ` ${ran};` : '';
      out.push(`    finding ${number}${of}: [${f.ruleId}, ${f.baselineState}]${told} confidence ${f.confidence}`, '');
      continue;
    }
    out.push(
      ...wrapped(
        `finding ${number}${of}: [${f.ruleId}, ${f.baselineState}] ${ran}; ${f.bounds.states} states${f.bounds.exhausted ? ', all' : ', not all'}; confidence ${f.confidence}; ${portability(f)}`,
        '    ',
      ),
    );
    for (const whatIf of f.whatIfs ?? [])
      out.push(...wrapped(wordWhatIf(whatIf, ` at line ${whatIf.place.line}`), '    '));
    for (const a of new Set(group.flatMap((one) => one.assumptions))) out.push(...wrapped(`assumed: ${a}`, '    '));
    const side = isFixed ? f.replay.before : f.replay.after;
    if (side && side.steps.length > 0) {
      const which = group.length > 1 ? `, the shortest (${scenarioOf(f)})` : '';
      out.push(`    trace${isFixed ? ' without the patch' : ''}${which}:`);
      for (const step of side.steps) {
        out.push(`      ${side.agents[step.agent]?.name ?? ''}: ${step.text}${placeText(step.place)}`);
        const pages = step.changed.filter((one) => one.startsWith('page ') && !one.endsWith('tlb'));
        if (pages.length > 0)
          out.push(
            ...wrapped(
              pages.map((one) => `${one.replace(': ', ' ')} now ${changedValue(step.state, one)}`).join('; '),
              '          ',
            ),
          );
      }
      out.push(...wrapped(endOf(side), '      '));
    }
    out.push('');
  }
  for (const hunk of review.hunks) {
    if (hunk.findings.length > 0) continue;
    const found = hunk.scenarios.some((id) => review.undecided.includes(id)) ? 'no verdict' : 'nothing found';
    out.push(`${name}:${hunk.line}: ran in ${hunk.scenarios.join(', ')}: ${hunk.states} states, ${found}`);
  }
  const ways = new Map<string, string[]>();
  for (const [story, runs] of byStory(review.runs)) {
    const came = cameTo(runs, review.patches);
    ways.set(came, [...(ways.get(came) ?? []), story]);
  }
  for (const [came, stories] of ways) out.push(`${stories.join(', ')}: ${came}`);
  for (const [n, ...others] of alike(review.notices.filter((one) => !one.series))) {
    if (n === undefined) continue;
    out.push(shown(n));
    if (others.length > 0) out.push(...wrapped(`and so ${others.map(alsoOf).join(', ')}`, '    '));
  }
  if (review.partial) out.push(`${name}: partial: not all was simulated`);
  return `${out.join('\n')}\n`;
}

/** Where a step stands, in brackets behind its text; empty for one that stands nowhere. */
export function placeText(place: Place | null): string {
  if (place === null) return '';
  return `  (${place.file === 'document' ? 'line ' : `${place.file}:`}${place.line})`;
}

const portability = (f: Finding): string => (f.portable === 'x86-only' ? 'on x86 only' : 'portable');

/** What a notice is about: what stands in quotes, a function or a file. */
const subjects = /“[^”]*”|[\w.-]+\(\)|[\w.-]+(?:\/[\w.-]+)+/;

/** A notice of which another one has said all but what it is about. */
function alsoOf({ message, place }: Notice): string {
  const [subject] = subjects.exec(message) ?? [];
  return subject === undefined ? `line ${place?.line}` : `${subject} (line ${place?.line})`;
}

/** The runs of each story in the order of the patches. */
function byStory(runs: readonly ScenarioRun[]): ReadonlyMap<string, readonly ScenarioRun[]> {
  const stories = new Map<string, ScenarioRun[]>();
  for (const run of runs) stories.set(scenarioOf(run), [...(stories.get(scenarioOf(run)) ?? []), run]);
  return stories;
}

/** Notes that differ in nothing but what they are about and where are told as one, where the first of them stands. */
function alike(notices: readonly Notice[]): readonly (readonly Notice[])[] {
  const groups = new Map<string, Notice[]>();
  for (const [at, notice] of notices.entries()) {
    const isNote = notice.level === 'note' && notice.place?.file === 'document';
    const key = isNote ? notice.message.replace(subjects, '…') : String(at);
    const group = groups.get(key);
    if (group) group.push(notice);
    else groups.set(key, [notice]);
  }
  return [...groups.values()];
}

/** What happens at the end of a run, the rule behind it where the sentence does not say it, and its source. */
export function endOf({ fatal }: ReplaySide): string {
  if (fatal === null) return '';
  const { explanation, rule, source } = fatal;
  const isSaid = explanation.toLowerCase().includes(rule.toLowerCase().replace(/\.$/, ''));
  const sentence = `${rule.charAt(0).toUpperCase()}${rule.slice(1)}${/[.!?]$/.test(rule) ? '' : '.'}`;
  return [explanation, ...(isSaid ? [] : [sentence]), source].filter((part) => part !== '').join(' ');
}

/** What a story came to, without the patches and with them. */
function cameTo(runs: readonly ScenarioRun[], patches: number): string {
  const list = (ids: readonly string[] = []): string => (ids.length > 0 ? ids.join(', ') : 'nothing');
  const [before, after] = [list(runs[0]?.outcomes.before), list(runs.at(-1)?.outcomes.after)];
  if (patches === 0) return `on the models alone ${after}`;
  if (runs.length > 1) return `before the patches ${before}, after them ${after}`;
  return `before the patch ${before}, after it ${after}`;
}

/** The line of the mail with the place marked under it. */
function excerpt(lines: readonly string[], f: Finding): string[] {
  const line = lines[f.place.line - 1];
  if (line === undefined) return [];
  const number = String(f.place.line).padStart(6);
  // A mail may be one very long line: show what stands around the place.
  const from = Math.max(0, f.place.column - 1 - wide);
  const shown = line.slice(from, from + 2 * wide).replace(/\t/g, ' ');
  const length = Math.max(1, Math.min(f.place.endColumn - f.place.column, shown.length - (f.place.column - 1 - from)));
  return [
    `${number} | ${shown}`,
    `${' '.repeat(6)} | ${' '.repeat(f.place.column - 1 - from)}^${'~'.repeat(length - 1)}`,
  ];
}

function wrapped(text: string, indent: string): string[] {
  if (text === '') return [];
  const out: string[] = [];
  let line = indent;
  for (const word of text.split(' ')) {
    if (line.length + word.length > wide && line.trim() !== '') {
      out.push(line.trimEnd());
      line = `${indent}  `;
    }
    line += `${word} `;
  }
  return [...out, line.trimEnd()];
}

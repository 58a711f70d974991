// SPDX-License-Identifier: MIT
/** A review for people at a terminal: the mail's own lines with the findings under them, as a compiler prints. */

import { changedValue } from './changedValue';
import { groupFindings, scenarioOf, wordUnrelated } from './people';
import type { Finding, Place, Review } from './types';
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
  const related = review.findings.filter((f) => f.unrelated === undefined);
  const unrelated = review.findings.filter((f) => f.unrelated !== undefined);
  for (const f of related) {
    const label =
      f.baselineState === 'absent' ? paint('32', 'fixed') : paint(f.level === 'error' ? '31' : '33', f.level);
    out.push(`${name}:${f.place.line}:${f.place.column}: ${label}: ${f.message}`);
    out.push(...excerpt(lines, f));
    out.push(
      `    [${f.ruleId}, ${f.baselineState}] scenario ${scenarioOf(f)}; ${f.bounds.states} states${f.bounds.exhausted ? ', all' : ', not all'}; confidence ${f.confidence}; ${portability(f)}`,
    );
    for (const whatIf of f.whatIfs ?? [])
      out.push(...wrapped(`${wordWhatIf(whatIf)} (line ${whatIf.place.line})`, '    '));
    for (const a of f.assumptions) out.push(...wrapped(`assumed: ${a}`, '    '));
    const side = f.baselineState === 'absent' ? f.replay.before : f.replay.after;
    if (side && side.steps.length > 0) {
      out.push(`    trace${f.baselineState === 'absent' ? ' without the patch' : ''}:`);
      for (const step of side.steps) {
        out.push(`      ${side.agents[step.agent]?.name ?? ''}: ${step.text}${placeText(step.place)}`);
        const pages = step.changed.filter((name) => name.startsWith('page ') && !name.endsWith('tlb'));
        if (pages.length > 0)
          out.push(
            ...wrapped(
              pages.map((name) => `${name.replace(': ', ' ')} now ${changedValue(step.state, name)}`).join('; '),
              '          ',
            ),
          );
      }
      if (side.fatal)
        out.push(...wrapped(`${side.fatal.explanation} ${side.fatal.rule} ${side.fatal.source}`, '      '));
    }
    out.push('');
  }
  for (const group of groupFindings(unrelated)) {
    const [f] = group;
    if (f === undefined) continue;
    out.push(`${name}:${f.place.line}:${f.place.column}: ${paint('33', f.level)}: ${wordUnrelated(group)}`);
    out.push(...excerpt(lines, f));
    const ran = group.length === 1 ? ` scenario ${scenarioOf(f)};` : '';
    out.push(`    [${f.ruleId}, ${f.baselineState}]${ran} confidence ${f.confidence}`, '');
  }
  for (const hunk of review.hunks) {
    if (hunk.findings.length > 0) continue;
    const found = hunk.scenarios.some((id) => review.undecided.includes(id)) ? 'no verdict' : 'nothing found';
    out.push(`${name}:${hunk.line}: ran in ${hunk.scenarios.join(', ')}: ${hunk.states} states, ${found}`);
  }
  for (const run of review.runs) {
    const list = (ids: readonly string[]): string => (ids.length > 0 ? ids.join(', ') : 'nothing');
    const came =
      review.patches === 0
        ? `on the models alone ${list(run.outcomes.after)}`
        : `before the patch ${list(run.outcomes.before)}, after it ${list(run.outcomes.after)}`;
    out.push(`${scenarioOf(run)}: ${came}`);
  }
  for (const n of review.notices) {
    const file = n.place === null || n.place.file === 'document' ? name : n.place.file;
    out.push(`${file}${n.place ? `:${n.place.line}` : ''}: ${n.level}: ${n.message}`);
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

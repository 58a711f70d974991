// SPDX-License-Identifier: MIT
/** Steps in words, alike in the view, for a screen reader and in what is taken along. */

import type { Place, ReplaySide, ReplayStep } from '../review/types';
import { stateAt, stepAt } from './look';

/** The statement of a step, and what the reviewer remarks on it in brackets behind it. */
export function splitText(text: string): { readonly statement: string; readonly remark: string } {
  const [, statement = text, remark = ''] = /^(.*\S)\s\s+\[(.*)\]$/.exec(text) ?? [];
  return { statement, remark };
}

/** How a place is called: `line 49` of the mail, or a model's file and line. */
export function placeName(place: Place): string {
  return place.file === 'document' ? `line ${place.line}` : `${place.file.replace(/^.*\//, '')}:${place.line}`;
}

/** Whether a step is the one in which it goes wrong. @param step 1-based */
export function isFatalStep(side: ReplaySide, step: number): boolean {
  return side.fatal !== null && step > 0 && step === side.steps.length;
}

/** The stores that a step put into its agent's buffer. @param step 1-based */
export function bufferedBy(side: ReplaySide, step: number): readonly string[] {
  const ran = stepAt(side, step);
  if (ran?.kind !== 'step') return [];
  const before = stateAt(side, step - 1).agents[ran.agent]?.buffer ?? [];
  const after = ran.state.agents[ran.agent]?.buffer ?? [];
  return after.length > before.length ? after.slice(before.length) : [];
}

/** What a step runs, one line. */
export function stepText(step: ReplayStep): string {
  return step.kind === 'drain' ? `buffered store reaches memory: ${drained(step)}` : step.text;
}

/** The store that a drain brings to memory. */
export function drained(step: ReplayStep): string {
  return step.text.replace(/ reaches memory$/, '');
}

/** A step for a screen reader: the important part first. @param step 1-based, 0 for the start */
export function announce(side: ReplaySide, step: number): string {
  const ran = stepAt(side, step);
  if (!ran) return `Start, ${side.steps.length} steps to come`;
  const agent = side.agents[ran.agent]?.name ?? '';
  const fatal = side.fatal && isFatalStep(side, step) ? `. Fatal, ${side.fatal.ruleId}: ${side.fatal.explanation}` : '';
  const what = ran.kind === 'drain' ? `buffered store reaches memory, ${drained(ran)}` : ran.text;
  return `Step ${step} of ${side.steps.length}, ${agent}: ${what}${fatal}`;
}

/**
 * What a reader who has never heard of store buffers and TLBs needs to know at a step; a sentence each, none where the
 * step speaks for itself. @param step 1-based
 */
export function lessons(side: ReplaySide, step: number): readonly string[] {
  const ran = stepAt(side, step);
  if (!ran) return [];
  const from = stateAt(side, step - 1);
  const who = side.agents[ran.agent]?.name ?? '';
  const said: string[] = [];
  for (const store of bufferedBy(side, step))
    said.push(`${store} waits in the store buffer of ${who}: until it reaches memory, all others read the old value.`);
  const own = from.agents[ran.agent]?.buffer ?? [];
  const read = /^(\w+) is (.*)$/.exec(splitText(ran.text).remark);
  if (ran.kind === 'step' && read) {
    const [, name = '', value = ''] = read;
    const older = own.filter((store) => !store.startsWith(`${name} = `));
    if (older.length > 0)
      said.push(
        `${who} reads ${name} while its own ${older.join(', ')} is still buffered: to others the read came first.`,
      );
    from.agents.forEach(({ buffer }, agent) => {
      const waiting = agent === ran.agent ? undefined : buffer.findLast((store) => store.startsWith(`${name} = `));
      if (waiting !== undefined && waiting !== `${name} = ${value}`)
        said.push(
          `${who} reads the old value: ${waiting} is still in the store buffer of ${side.agents[agent]?.name}.`,
        );
    });
  }
  if (ran.kind === 'drain') said.push('From here on everybody reads the new value.');
  ran.state.agents.forEach(({ status }, agent) => {
    if (status === from.agents[agent]?.status) return;
    const name = side.agents[agent]?.name ?? '';
    if (status === 'stopped') said.push(`${name} is stopped where it stands, in the middle of what it did.`);
    if (status === 'running') said.push(`${name} begins to run.`);
  });
  const stale = ran.state.pages.flatMap((cell, page) =>
    cell.tlb.length > 0 && cell.tlb.join() !== from.pages[page]?.tlb.join() ? cell.tlb : [],
  );
  if (stale.length > 0)
    said.push(`The mapping changed, but a TLB may still hold the old one (${[...new Set(stale)].join('; ')}).`);
  return said;
}

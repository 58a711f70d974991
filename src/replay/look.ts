// SPDX-License-Identifier: MIT
/** How states look beside each other: what stands out about a page, and what a step changed, to the word. */

import type { PageCell, ReplaySide, ReplayState, ReplayStep } from '../review/types';

/** The state of the machine after `step` steps. */
export function stateAt(side: ReplaySide, step: number): ReplayState {
  return side.steps[step - 1]?.state ?? side.start;
}

/** The step that was executed last, or null at the start. */
export function stepAt(side: ReplaySide, step: number): ReplayStep | null {
  return side.steps[step - 1] ?? null;
}

/** How a page is drawn; the letter says the same without colour. */
export type PageLook = 'private' | 'shared' | 'absent' | 'pending' | 'poisoned' | 'other';

/** What stands out most about a page, from the words of its cell. */
export function pageLook(cell: PageCell): PageLook {
  const mapping = cell.mapping.toLowerCase();
  const host = cell.host.toLowerCase();
  if (/poison/.test(`${host} ${cell.content}`)) return 'poisoned';
  if (/pending|blocked|unaccepted|not (accepted|validated)/.test(host)) return 'pending';
  if (/not present|unmapped|none/.test(mapping)) return 'absent';
  if (/shared|decrypted/.test(mapping)) return 'shared';
  if (/private|encrypted|normal|present|mapped/.test(mapping)) return 'private';
  return 'other';
}

export const pageFields = ['mapping', 'host', 'content', 'tlb'] as const;
export type PageField = (typeof pageFields)[number];
/** How people call them. */
export const fieldNames: Readonly<Record<PageField, string>> = {
  mapping: 'mapping',
  host: 'host',
  content: 'content',
  tlb: 'stale TLB',
};

/** One field of a page in words. */
export function fieldText(cell: PageCell, field: PageField): string {
  return field === 'tlb' ? cell.tlb.join(', ') || 'none' : cell[field];
}

const none: ReadonlySet<PageField> = new Set();

/** Whether two cells say the same. Asked of thousands at every step: no text is made, no list. */
function isSame(from: PageCell, to: PageCell): boolean {
  if (from === to) return true;
  if (from.mapping !== to.mapping || from.host !== to.host || from.content !== to.content) return false;
  if (from.tlb.length !== to.tlb.length) return false;
  return from.tlb.length === 0 || from.tlb.join() === to.tlb.join();
}

/** Which fields differ between a page's cells; computed, so that a mark is never wrong or missing. */
export function changedFields(from: PageCell | undefined, to: PageCell): ReadonlySet<PageField> {
  if (!from || isSame(from, to)) return none;
  return new Set(pageFields.filter((field) => fieldText(from, field) !== fieldText(to, field)));
}

/** A value in pieces; marked are the words that the old value did not have. */
export function changedWords(from: string, to: string): readonly { readonly text: string; readonly marked: boolean }[] {
  const old = from.split(/\s+|(?=,)/);
  const words = to.split(/(\s+|(?=,))/).filter((word) => word !== '');
  const isNew = words.map((word) => {
    const at = old.indexOf(word);
    if (at >= 0) old.splice(at, 1);
    return at < 0 && word.trim() !== '';
  });
  const pieces: { text: string; marked: boolean }[] = [];
  words.forEach((text, i) => {
    // A blank belongs to the words around it.
    const marked = text.trim() === '' ? (isNew[i - 1] ?? false) && (isNew[i + 1] ?? false) : (isNew[i] ?? false);
    const last = pieces.at(-1);
    if (last && last.marked === marked) last.text += text;
    else pieces.push({ text, marked });
  });
  // Where words only went away, what is left is the news.
  return pieces.some(({ marked }) => marked) ? pieces : [{ text: to, marked: true }];
}

export interface VariableRow {
  readonly name: string;
  readonly value: string;
  /** The value before this step where it was another one; null where nothing changed or the variable is new. */
  readonly old: string | null;
  readonly changed: boolean;
}

/** The variables after a step, each with the value that the step replaced. */
export function variableRows(from: ReplayState, to: ReplayState): readonly VariableRow[] {
  const old = new Map(from.variables.map((variable) => [variable.name, variable.value]));
  return to.variables.map(({ name, value }) => {
    const previous = old.get(name) ?? null;
    const changed = from !== to && previous !== value;
    return { name, value, old: changed ? previous : null, changed };
  });
}

const told = new WeakMap<ReplaySide, ReadonlySet<string>>();

/** The variables that are about this story: what changes in it or is named in one of its statements. */
export function tellingVariables(side: ReplaySide): ReadonlySet<string> {
  const known = told.get(side);
  if (known) return known;
  const names = new Set<string>();
  const texts = new Set(side.steps.flatMap((step) => step.text.match(/\w+/g) ?? []));
  for (const step of side.steps) for (const name of step.changed) names.add(name);
  for (const { name } of side.start.variables) if (texts.has(name)) names.add(name);
  told.set(side, names);
  return names;
}

/** `1` or `0–3` or `0, 2`. */
function pageNumbers(pages: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const page of pages) {
    const last = runs.at(-1);
    if (last && last[1] === page - 1) last[1] = page;
    else runs.push([page, page]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
}

/** One thing that a step did to memory. */
export interface Effect {
  /** `pages 0–1 host` or the name of a variable. */
  readonly what: string;
  readonly from: string;
  readonly to: string;
  /** The pages that it is about; empty for a variable. */
  readonly pages: readonly number[];
}

/** What differs between two states of memory, pages with the same change together. */
export function effects(from: ReplayState, to: ReplayState): readonly Effect[] {
  if (from === to) return [];
  const groups = new Map<string, { field: PageField; from: string; to: string; pages: number[] }>();
  to.pages.forEach((cell, page) => {
    const old = from.pages[page];
    if (!old) return;
    for (const field of changedFields(old, cell)) {
      const change = { field, from: fieldText(old, field), to: fieldText(cell, field) };
      const key = JSON.stringify(change);
      const group = groups.get(key);
      if (group) group.pages.push(page);
      else groups.set(key, { ...change, pages: [page] });
    }
  });
  const pages = [...groups.values()].map(
    (group): Effect => ({
      what: `page${group.pages.length > 1 ? 's' : ''} ${pageNumbers(group.pages)} ${fieldNames[group.field]}`,
      from: group.from,
      to: group.to,
      pages: group.pages,
    }),
  );
  const variables = variableRows(from, to)
    .filter((row) => row.changed)
    .map((row): Effect => ({ what: row.name, from: row.old ?? '', to: row.value, pages: [] }));
  return [...pages, ...variables];
}

/** What a step did to memory. @param step 1-based */
export function effectsOf(side: ReplaySide, step: number): readonly Effect[] {
  return effects(stateAt(side, step - 1), stateAt(side, step));
}

/** An effect as one text. */
export function effectText({ what, from, to }: Effect): string {
  return from === '' ? `${what}: ${to}` : `${what}: ${from} → ${to}`;
}

// SPDX-License-Identifier: MIT
/** The top of the replay view: what this is, what came of it, which replay, which way. */

import { type Model, pairOf, wayOf } from '../../src/replay/model';
import type { Event } from '../../src/replay/reduce';
import type { Way } from '../../src/replay/types';
import { element, fill, icon, setText, show } from './dom';

interface Actions {
  dispatch(event: Event): void;
  choose(id: string): void;
  rerun(): void;
  /** Asks what happens with one of the edits. */
  edit(index: number): void;
}

export interface Header {
  readonly root: HTMLElement;
  update(model: Model, before: Model): void;
}

/** Makes the header. */
export function createHeader(actions: Actions): Header {
  const title = element('h1');
  const select = element('select', { 'aria-label': 'Which replay', title: 'Which replay (N, P)' });
  const verdict = element('p', { class: 'verdict' });
  const facts = element('ul');
  const basis = element('details', { class: 'basis' }, element('summary', {}, 'What this rests on'), facts);
  const rerun = element('button', { type: 'button' }, 'Run again');
  const stale = element(
    'p',
    { class: 'stale-note', role: 'status' },
    element('span', {}, 'Stale: the document has changed since this ran.'),
    rerun,
  );
  const ways = (['before', 'after', 'own'] as const).map((way) => wayButton(way, showOnly));
  const both = element(
    'button',
    { type: 'button', id: 'both', title: 'Both beside each other (S)' },
    icon('both'),
    element('strong', {}, 'Side by side'),
  );
  both.addEventListener('click', () => actions.dispatch({ type: 'move', move: 'both' }));
  const edits = element('select', {
    'aria-label': 'What if',
    title: 'A small edit that was simulated, beside the patch',
  });
  edits.addEventListener('change', () => {
    if (edits.value === '') actions.dispatch({ type: 'leave' });
    else actions.edit(Number(edits.value));
  });
  const group = element(
    'div',
    { class: 'sides', role: 'group', 'aria-label': 'Side' },
    ...ways.map(({ root }) => root),
    both,
    edits,
  );
  let isBoth = false;
  function showOnly(way: Way): void {
    if (isBoth) actions.dispatch({ type: 'move', move: 'both' });
    actions.dispatch({ type: 'way', way });
  }

  const root = element('header', {}, element('div', { class: 'titles' }, title, select), stale, verdict, basis, group);
  select.addEventListener('change', () => actions.choose(select.value));
  rerun.addEventListener('click', () => actions.rerun());

  return {
    root,
    update(model, before) {
      isBoth = model.both;
      show(stale, model.stale);
      if (model.choices !== before.choices) {
        fill(select, ...grouped(model));
        show(select, model.choices.length > 1);
      }
      select.value = model.choice;
      setText(title, model.replay?.title ?? '');
      setText(verdict, model.verdict);
      verdict.title = model.verdict;
      if (model.facts !== before.facts) fill(facts, ...model.facts.map((fact) => element('li', {}, fact)));
      show(basis, model.facts.length > 0);
      verdict.className = `verdict ${model.tone}`;
      const there = ways.filter((way) => way.update(model)).length;
      show(both, pairOf(model) !== null);
      both.setAttribute('aria-pressed', String(model.both));
      if (model.edits !== before.edits)
        fill(
          edits,
          element('option', { value: '' }, 'What if …'),
          ...model.edits.map((edit, i) => element('option', { value: String(i) }, edit)),
        );
      edits.value = model.edit === null ? '' : String(model.edit);
      show(edits, model.edits.length > 0);
      show(group, there > 1 || model.edits.length > 0);
    },
  };
}

/** The replays of a document, those of one scenario together. */
function grouped({ choices }: Model): readonly HTMLElement[] {
  const scenarios = [...new Set(choices.map(({ scenario }) => scenario))];
  return scenarios.map((scenario) =>
    element(
      'optgroup',
      { label: scenario },
      ...choices
        .filter((choice) => choice.scenario === scenario)
        .map(({ id, label }) => element('option', { value: id }, label)),
    ),
  );
}

const labels: Readonly<Record<Way, string>> = { before: 'Before the patch', after: 'With the patch', own: 'Your way' };

function wayButton(
  way: Way,
  choose: (way: Way) => void,
): { readonly root: HTMLButtonElement; update(model: Model): boolean } {
  const mark = element('span', { class: 'sign', 'aria-hidden': 'true' });
  const end = element('span', { class: 'end' });
  const name = element('strong', {}, labels[way]);
  const root = element('button', { type: 'button', id: `side-${way}` }, mark, name, end);
  root.addEventListener('click', () => choose(way));
  return {
    root,
    update(model) {
      const side = wayOf(model, way);
      if (way === 'own') setText(name, model.edit === null ? labels.own : 'With the edit');
      const isOpen = way === 'own' && side?.fatal === null && model.edit === null;
      root.setAttribute('aria-pressed', String(model.way === way && !model.both));
      show(root, side !== null);
      root.className = isOpen ? 'open' : side?.fatal ? 'bad' : 'good';
      setText(mark, isOpen ? '…' : side?.fatal ? '✕' : '✓');
      setText(end, side?.fatal?.ruleId ?? (isOpen ? '' : 'nothing fatal'));
      root.title = side?.summary ?? '';
      return side !== null;
    },
  };
}

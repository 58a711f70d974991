// SPDX-License-Identifier: MIT
/** The top of the replay view: what this is, what came of it, which replay, which side. */

import type { ReplaySide, Side } from '../../src/review/types';
import { element, fill, setText, show } from './dom';
import type { Event, Model } from './model';

interface Actions {
  dispatch(event: Event): void;
  choose(id: string): void;
  rerun(): void;
}

export interface Header {
  readonly root: HTMLElement;
  update(model: Model, before: Model): void;
}

/** Makes the header. */
export function createHeader(actions: Actions): Header {
  const title = element('h1');
  const select = element('select', { 'aria-label': 'Which replay' });
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
  const sides = { before: sideButton(actions, 'before'), after: sideButton(actions, 'after') };
  const group = element(
    'div',
    { class: 'sides', role: 'group', 'aria-label': 'Side' },
    sides.before.root,
    sides.after.root,
  );
  const root = element('header', {}, element('div', { class: 'titles' }, title, select), stale, verdict, basis, group);
  select.addEventListener('change', () => actions.choose(select.value));
  rerun.addEventListener('click', () => actions.rerun());

  return {
    root,
    update(model, before) {
      show(stale, model.stale);
      if (model.choices !== before.choices) {
        fill(select, ...model.choices.map(({ id, label }) => element('option', { value: id }, label)));
        show(select, model.choices.length > 1);
      }
      select.value = model.choice;
      if (model.replay === before.replay && model.side === before.side) return;
      setText(title, model.replay?.title ?? '');
      setText(verdict, model.verdict);
      fill(facts, ...model.facts.map((fact) => element('li', {}, fact)));
      show(basis, model.facts.length > 0);
      verdict.className = `verdict ${model.tone}`;
      show(group, Boolean(model.replay?.before && model.replay.after));
      for (const side of ['before', 'after'] as const)
        sides[side].update(model.replay?.[side] ?? null, model.side === side);
    },
  };
}

const labels: Readonly<Record<Side, string>> = { before: 'Before the patch', after: 'With the patch' };

function sideButton(
  actions: Actions,
  side: Side,
): { readonly root: HTMLButtonElement; update(shown: ReplaySide | null, pressed: boolean): void } {
  const mark = element('span', { class: 'sign', 'aria-hidden': 'true' });
  const name = element('strong', {}, labels[side]);
  const end = element('span', { class: 'end' });
  const summary = element('span', { class: 'summary' });
  const root = element(
    'button',
    { type: 'button', id: `side-${side}` },
    mark,
    element('span', { class: 'words' }, element('span', { class: 'line' }, name, end), summary),
  );
  root.addEventListener('click', () => actions.dispatch({ type: 'side', side }));
  return {
    root,
    update(shown, pressed) {
      root.setAttribute('aria-pressed', String(pressed));
      root.disabled = shown === null;
      root.className = shown?.fatal ? 'bad' : 'good';
      setText(mark, shown?.fatal ? '✕' : '✓');
      setText(end, shown?.fatal ? shown.fatal.ruleId : shown ? 'nothing fatal' : 'not run');
      setText(summary, shown?.summary ?? '');
      root.title = shown?.summary ?? '';
    },
  };
}

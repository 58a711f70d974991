// SPDX-License-Identifier: MIT
/** What may run next, and what each of it would do: the ways that this replay did not take. */

import { type Model, shownSide, stepOf } from '../../src/replay/model';
import { placeName, splitText } from '../../src/replay/words';
import type { NextStep, ReplaySide } from '../../src/review/types';
import { code, element, fill, setText, show } from './dom';

interface Actions {
  /** Goes on with this transition. */
  take(next: NextStep): void;
  /** Asks what may run after the step that is shown. */
  fromHere(): void;
  leave(): void;
}

export interface ExploreView {
  readonly root: HTMLElement;
  update(model: Model): void;
}

/** Makes the panel; hidden until something is explored. */
export function createExplore(actions: Actions): ExploreView {
  const list = element('div', { class: 'choices' });
  const word = element('p', { class: 'quiet', role: 'status' });
  const here = element('button', { type: 'button' }, 'Choose from this step');
  const back = element('button', { type: 'button' }, 'Back to what ran');
  const root = element(
    'section',
    { class: 'explore', 'aria-label': 'What could run here' },
    element('h2', {}, 'What could run here'),
    word,
    list,
    element('p', { class: 'buttons' }, here, back),
  );
  let shown: readonly NextStep[] | null = null;
  here.addEventListener('click', () => actions.fromHere());
  back.addEventListener('click', () => actions.leave());

  return {
    root,
    update(model) {
      const { exploration, asked, problem } = model;
      const side = shownSide(model);
      const isOwn = model.way === 'own' && exploration !== null && side !== null;
      const isEnd = isOwn && stepOf(model) === side.steps.length;
      show(root, (isOwn && !model.both && model.edit === null) || asked !== null || problem !== '');
      show(here, isOwn && !isEnd);
      show(back, isOwn);
      show(list, isEnd);
      root.classList.toggle('busy', asked !== null);
      setText(word, asked !== null ? 'The engine is asked …' : problem || sentence(model, isEnd));
      if (!isOwn || exploration.next === shown) return;
      shown = exploration.next;
      fill(list, ...shown.map((next, i) => choiceButton(exploration.way, next, i, actions.take)));
    },
  };
}

function sentence({ exploration }: Model, isEnd: boolean): string {
  if (!exploration || !isEnd) return '';
  const { way, next } = exploration;
  if (way.fatal) return 'Nothing: the story ends here.';
  if (next.length === 0) return 'Nothing: everybody is done or waits.';
  return next.length === 1 ? 'Only this:' : `Any of these ${next.length}; the hardware may choose each.`;
}

function choiceButton(way: ReplaySide, next: NextStep, index: number, take: (next: NextStep) => void): HTMLElement {
  const { statement, remark } = splitText(next.text);
  const made = element(
    'button',
    { type: 'button', class: `choice ${next.kind}${next.outcome ? ' fatal' : ''}` },
    element('kbd', { 'aria-hidden': 'true' }, index < 9 ? String(index + 1) : '·'),
    element(
      'span',
      { class: 'words' },
      element('span', { class: `who agent-${next.agent % 6}` }, way.agents[next.agent]?.name ?? ''),
      code(statement),
      remark ? element('span', { class: 'note read' }, remark) : null,
      next.kind === 'drain' ? element('span', { class: 'note' }, 'reaches memory') : null,
      next.place ? element('span', { class: 'note' }, placeName(next.place)) : null,
      ...next.effects.map((effect) => element('span', { class: 'effect' }, effect)),
      next.outcome ? element('span', { class: 'note outcome' }, next.outcome) : null,
    ),
  );
  made.addEventListener('click', () => take(next));
  return made;
}

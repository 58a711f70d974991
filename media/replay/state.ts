// SPDX-License-Identifier: MIT
/** The machine at one step of one way: what runs now, the pages, the variables, what waits in store buffers, the end in words. */

import { stateAt, stepAt, tellingVariables, type VariableRow, variableRows } from '../../src/replay/look';
import { bufferedBy, drained, isFatalStep, lessons, placeName, splitText } from '../../src/replay/words';
import type { Place, ReplaySide, ReplayState } from '../../src/review/types';
import { element, fill, setText, show } from './dom';
import { createPages } from './pages';

export interface StateView {
  /** What runs at this step, in words. */
  readonly now: HTMLElement;
  readonly root: HTMLElement;
  update(side: ReplaySide, step: number, page: number): void;
}

interface Actions {
  /** Shows the source of a step. */
  open(place: Place): void;
  selectPage(page: number): void;
}

/** Makes the view of one state. @param where tells two views apart, such as ` on the left`; empty where there is one */
export function createState(actions: Actions, where = ''): StateView {
  const number = element('span', { class: 'count' });
  const agent = element('strong', { class: 'who' });
  const text = element('code', { class: 'statement' });
  const note = element('span', { class: 'remark' });
  const inside = element('span', { class: 'inside' });
  const source = element('button', { type: 'button', class: 'link open-source' });
  const teaching = element('div', { class: 'lessons' });
  const ending = element('div', { class: 'ending' });
  const now = element(
    'section',
    { class: 'now', 'aria-label': `This step${where}` },
    element('p', {}, number, agent, text, note),
    element('p', { class: 'where' }, inside, source),
    teaching,
    ending,
  );
  const pages = createPages(actions.selectPage, where);
  const buffers = element('ul', { class: 'buffers' });
  const buffersPart = element(
    'section',
    { 'aria-label': `Store buffers${where}` },
    element('h2', {}, 'In store buffers, not in memory yet'),
    buffers,
  );
  const variables = element('table', { class: 'variables' });
  const variablesPart = element(
    'section',
    { 'aria-label': `Variables${where}` },
    element('h2', {}, 'Variables'),
    variables,
  );
  const root = element('div', { class: 'machine' }, buffersPart, pages.root, variablesPart);
  let place: Place | null = null;
  source.addEventListener('click', () => place && actions.open(place));

  return {
    now,
    root,
    update(side, at, page) {
      const step = stepAt(side, at);
      const from = stateAt(side, Math.max(at - 1, 0));
      const to = stateAt(side, at);
      place = step?.place ?? null;
      setText(number, step ? `Step ${at} of ${side.steps.length}` : 'Start');
      setText(agent, step ? (side.agents[step.agent]?.name ?? '') : '');
      const { statement, remark } = splitText(step?.text ?? 'Nothing has run yet.');
      setText(text, step?.kind === 'drain' ? drained(step) : statement);
      setText(note, bufferedBy(side, at).length > 0 ? '' : remark);
      text.classList.toggle('plain', !step);
      setText(inside, whereText(side, at));
      setText(source, place ? placeName(place) : '');
      show(source, place !== null);
      fill(teaching, ...lessons(side, at).map((lesson) => element('p', { class: 'lesson' }, lesson)));
      now.classList.toggle('fatal', isFatalStep(side, at));
      fill(ending, ...(at === side.steps.length && at > 0 ? endingWords(side) : []));
      pages.update(side, from, to, page, isFatalStep(side, at) ? (side.fatal?.page ?? null) : null);
      updateVariables(side, variableRows(from, to));
      updateBuffers(side, to);
    },
  };

  function updateVariables(side: ReplaySide, rows: readonly VariableRow[]): void {
    const telling = tellingVariables(side);
    const shown = rows.filter(({ name }) => telling.has(name));
    show(variablesPart, shown.length > 0);
    fill(variables, element('tbody', {}, ...shown.map(variableRow)));
  }

  function updateBuffers(side: ReplaySide, state: ReplayState): void {
    const waiting = state.agents.flatMap(({ buffer }, i) =>
      buffer.map((store) =>
        element('li', {}, element('strong', {}, `${side.agents[i]?.name ?? ''} `), element('code', {}, store)),
      ),
    );
    show(buffersPart, waiting.length > 0);
    fill(buffers, ...waiting);
  }
}

function whereText(side: ReplaySide, at: number): string {
  const step = stepAt(side, at);
  if (step?.kind === 'drain') return 'a buffered store reaches memory';
  return step?.function ? `in ${step.function}()` : '';
}

function variableRow({ name, value, old, changed }: VariableRow): HTMLElement {
  return element(
    'tr',
    changed ? { class: 'changed' } : {},
    element('th', { scope: 'row' }, name),
    element(
      'td',
      {},
      old === null ? null : element('s', { title: 'the value before this step' }, old),
      changed ? element('mark', {}, value) : value,
    ),
  );
}

function endingWords(side: ReplaySide): readonly HTMLElement[] {
  const { fatal } = side;
  if (!fatal) return side.summary === '' ? [] : [element('p', { class: 'calm' }, side.summary)];
  return [
    element('p', { class: 'why' }, element('strong', {}, fatal.ruleId), ` ${fatal.explanation}`),
    element('p', { class: 'rule' }, element('strong', {}, 'Rule '), fatal.rule),
    ...(fatal.source ? [element('p', { class: 'cite' }, element('strong', {}, 'Source '), fatal.source)] : []),
  ];
}

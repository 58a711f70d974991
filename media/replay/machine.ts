// SPDX-License-Identifier: MIT
/** The machine at one step: what runs now, the pages, the variables, what waits in store buffers, the end in words. */

import type { PageCell, Place, ReplaySide } from '../../src/review/types';
import { element, fill, setText } from './dom';
import {
  changedFields,
  length,
  type Model,
  type PageField,
  pageLook,
  shownSide,
  splitText,
  stateAt,
  stepAt,
  variableRows,
} from './model';
import { placeName } from './timeline';

export interface MachineView {
  readonly now: HTMLElement;
  readonly root: HTMLElement;
  update(model: Model): void;
}

/** Above this many, pages are small squares and the selected one is told in words. */
const fullCells = 12;

/** Makes the view of one state; `open` shows the source of a step. */
export function createMachineView(open: (place: Place) => void): MachineView {
  const number = element('span', { class: 'count' });
  const agent = element('strong', { class: 'who' });
  const text = element('code', { class: 'statement' });
  const note = element('span', { class: 'remark' });
  const inside = element('span', { class: 'inside' });
  const source = element('button', { type: 'button', class: 'link', id: 'open-source' });
  const ending = element('div', { class: 'ending' });
  const now = element(
    'section',
    { class: 'now', 'aria-label': 'This step' },
    element('p', {}, number, agent, text, note),
    element('p', { class: 'where' }, inside, source),
    ending,
  );

  const pages = element('div', { class: 'pages' });
  const buffers = element('ul', { class: 'buffers' });
  const buffersPart = element(
    'section',
    { 'aria-label': 'Store buffers' },
    element('h2', {}, 'Not in memory yet'),
    buffers,
  );
  const variables = element('table', { class: 'variables' });
  const variablesPart = element('section', { 'aria-label': 'Variables' }, element('h2', {}, 'Variables'), variables);
  const pagesPart = element(
    'section',
    { class: 'pages-part', 'aria-label': 'Pages' },
    element('h2', {}, 'Pages'),
    pages,
  );
  const root = element('div', { class: 'machine' }, pagesPart, variablesPart, buffersPart);

  let place: Place | null = null;
  let selected = 0;
  source.addEventListener('click', () => place && open(place));

  function update(model: Model): void {
    const side = shownSide(model);
    if (!side) return;
    const step = stepAt(side, model.step);
    const atEnd = model.step === length(model) && model.step > 0;
    place = step?.place ?? null;
    setText(number, step ? `Step ${model.step} of ${length(model)}` : 'Start');
    setText(agent, step ? (side.agents[step.agent]?.name ?? '') : '');
    const { statement, remark } = splitText(step?.text ?? 'Nothing has run yet.');
    setText(text, statement);
    setText(note, remark);
    text.classList.toggle('plain', !step);
    setText(
      inside,
      step
        ? step.kind === 'drain'
          ? 'a buffered store reaches memory'
          : step.function
            ? `in ${step.function}()`
            : ''
        : '',
    );
    setText(source, place ? placeName(place) : '');
    source.hidden = place === null;
    now.classList.toggle('fatal', atEnd && side.fatal !== null);
    fill(ending, ...(atEnd ? endingWords(side) : []));

    const from = stateAt(side, Math.max(model.step - 1, 0));
    const to = stateAt(side, model.step);
    const changed = changedFields(from, to);
    pagesPart.hidden = to.pages.length === 0;
    pages.classList.toggle('small', to.pages.length > fullCells);
    if (to.pages.length <= fullCells)
      fill(pages, pagesHead(), ...to.pages.map((cell, i) => fullCell(side, cell, i, changed[i] ?? new Set())));
    else {
      selected = Math.min(selected, to.pages.length - 1);
      const grid = element('div', {
        class: 'grid',
        role: 'img',
        'aria-label': `${to.pages.length} pages, ${changed.filter((fields) => fields.size > 0).length} changed by this step`,
      });
      for (const [i, cell] of to.pages.entries())
        grid.append(smallCell(side, cell, i, (changed[i]?.size ?? 0) > 0, i === selected));
      grid.addEventListener('click', (event) => {
        const square = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-page]') : null;
        if (!square) return;
        selected = Number(square.dataset.page);
        update(model);
      });
      const cell = to.pages[selected];
      const told = to.pages
        .map((_, i) => i)
        .filter((i) => i === selected || (changed[i]?.size ?? 0) > 0)
        .slice(0, fullCells);
      const details = told.flatMap((i) =>
        to.pages[i] ? [fullCell(side, to.pages[i] ?? cell, i, changed[i] ?? new Set())] : [],
      );
      fill(pages, grid, element('div', { class: 'details' }, pagesHead(), ...details));
    }

    const rows = variableRows(from, to);
    variablesPart.hidden = rows.length === 0;
    fill(
      variables,
      element(
        'tbody',
        {},
        ...rows.map(({ name, value, old, changed }) =>
          element(
            'tr',
            changed ? { class: 'changed' } : {},
            element('th', { scope: 'row' }, name),
            element(
              'td',
              {},
              old === null ? null : element('s', { title: 'the value before this step' }, old),
              element('span', {}, value),
              changed ? element('span', { class: 'mark' }, 'changed') : null,
            ),
          ),
        ),
      ),
    );

    const waiting = to.agents.flatMap(({ buffer }, i) =>
      buffer.map((store) =>
        element('li', {}, element('span', {}, `${side.agents[i]?.name ?? ''}: `), element('code', {}, store)),
      ),
    );
    buffersPart.hidden = waiting.length === 0;
    fill(buffers, ...waiting);
  }

  return { now, root, update };
}

function endingWords(side: ReplaySide): readonly HTMLElement[] {
  const { fatal } = side;
  if (!fatal) return [element('p', { class: 'calm' }, side.summary)];
  return [
    element('p', { class: 'why' }, element('strong', {}, fatal.ruleId), ` ${fatal.explanation}`),
    element(
      'p',
      { class: 'rule' },
      `Rule: ${fatal.rule}`,
      ...(fatal.source ? [element('span', { class: 'cite' }, fatal.source)] : []),
    ),
  ];
}

function fullCell(
  side: ReplaySide,
  cell: PageCell | undefined,
  index: number,
  changed: ReadonlySet<PageField>,
): HTMLElement {
  const info = side.pages[index];
  if (!cell) return element('div');
  const field = (name: PageField, label: string, value: string): HTMLElement =>
    element(
      'div',
      { class: `field${changed.has(name) ? ' changed' : ''}${value ? '' : ' empty'}` },
      element('dt', {}, label),
      element('dd', {}, value),
    );
  return element(
    'div',
    { class: `page ${pageLook(cell)}${changed.size > 0 ? ' changed' : ''}` },
    element(
      'div',
      { class: 'title' },
      element('span', { class: 'letter' }, cell.letter),
      element('strong', {}, info?.name ?? `page ${index}`),
      element('span', { class: 'role', title: info?.role ?? '' }, info?.role ?? ''),
    ),
    element(
      'dl',
      {},
      field('mapping', 'mapping', cell.mapping),
      field('host', 'host', cell.host),
      field('content', 'content', cell.content),
      field('tlb', 'stale TLB', cell.tlb.join(', ') || (changed.has('tlb') ? 'none' : '')),
    ),
  );
}

/** Names of the columns where pages are rows; each field has its own name where they are cards. */
function pagesHead(): HTMLElement {
  return element(
    'div',
    { class: 'pages-head', 'aria-hidden': 'true' },
    ...['page', 'mapping', 'host', 'content', 'stale TLB'].map((name) => element('span', {}, name)),
  );
}

function smallCell(side: ReplaySide, cell: PageCell, index: number, changed: boolean, selected: boolean): HTMLElement {
  const name = side.pages[index]?.name ?? `page ${index}`;
  const classes = ['square', pageLook(cell), ...(changed ? ['changed'] : []), ...(selected ? ['selected'] : [])];
  return element(
    'span',
    {
      class: classes.join(' '),
      'data-page': String(index),
      title: `${name}: ${cell.mapping}, ${cell.host}, ${cell.content}`,
    },
    cell.letter,
  );
}

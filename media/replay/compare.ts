// SPDX-License-Identifier: MIT
/** Two ways beside each other: a row for each step, what both run in one row, and a line where they part. */

import type { Alignment, Row } from '../../src/replay/align';
import { effectsOf } from '../../src/replay/look';
import { alignmentOf, type Model, pairOf, stepOf, wayOf } from '../../src/replay/model';
import type { Way } from '../../src/replay/types';
import { bufferedBy, drained, isFatalStep, placeName, splitText } from '../../src/replay/words';
import type { Place, ReplaySide } from '../../src/review/types';
import { bringIntoView, code, effectLine, element, fill } from './dom';
import { createState } from './state';

export interface Compare {
  readonly root: HTMLElement;
  /** Makes rows for the pair that is shown. */
  rebuild(model: Model): void;
  /** Marks the row that is shown, brings it into view and shows the state of both. */
  move(model: Model): void;
}

interface Actions {
  seek(row: number): void;
  open(place: Place): void;
  lead(way: Way): void;
  selectPage(page: number): void;
}

const titles: Readonly<Record<Way, string>> = {
  before: 'Before the patch',
  after: 'With the patch',
  own: 'Your way',
};

/** Makes an empty view of two ways. */
export function createCompare(actions: Actions): Compare {
  const head = element('div', { class: 'pair head' });
  const list = element('div', { class: 'steps', role: 'listbox', tabindex: '0', 'aria-label': 'Steps of both sides' });
  const states = [createState(actions, ' on the left'), createState(actions, ' on the right')] as const;
  const panels = states.map((state) => element('div', { class: 'state' }, state.now, state.root));
  const root = element(
    'section',
    { class: 'compare', 'aria-label': 'Both sides' },
    element('div', { class: 'aligned' }, head, list),
    element('div', { class: 'pair states' }, ...panels),
  );
  let rows: HTMLElement[] = [];
  let shown = 0;
  let ways: readonly [ReplaySide, ReplaySide] | null = null;
  let alignment: Alignment | null = null;

  list.addEventListener('click', (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const row = target?.closest<HTMLElement>('[data-row]');
    if (!row || !ways || !alignment) return;
    const number = Number(row.dataset.row);
    actions.seek(number);
    const cell = target?.closest<HTMLElement>('[data-column]');
    const column = cell?.dataset.column === '1' ? 1 : 0;
    const step = alignment.rows[number - 1]?.[column === 0 ? 'left' : 'right'] ?? 0;
    const place = ways[column].steps[step - 1]?.place;
    if (place && target?.closest('.source')) actions.open(place);
  });

  return {
    root,
    rebuild(model) {
      const pair = pairOf(model);
      const left = pair && wayOf(model, pair[0]);
      const right = pair && wayOf(model, pair[1]);
      alignment = alignmentOf(model);
      if (!pair || !left || !right || !alignment) return;
      ways = [left, right];
      fill(
        head,
        ...pair.map((way) => makeTitle(way, titleOf(model, way), wayOf(model, way), way === model.way, actions.lead)),
      );
      const { parting } = alignment;
      const made = alignment.rows.map((row, i) => makeRow(left, right, row, i + 1, parting));
      rows = [makeStart(), ...made];
      fill(list, ...rows);
      for (const row of made) row.classList.add('ahead');
      shown = 0;
    },
    move(model) {
      const pair = pairOf(model);
      if (!pair || !ways) return;
      const next = Math.min(model.step, rows.length - 1);
      rows.slice(Math.min(shown, next), Math.max(shown, next) + 1).forEach((row, i) => {
        const at = Math.min(shown, next) + i;
        row.classList.toggle('ahead', at > next);
        row.classList.toggle('current', at === next);
        row.setAttribute('aria-selected', String(at === next));
      });
      shown = next;
      const row = rows[shown];
      if (!row) return;
      list.setAttribute('aria-activedescendant', row.id);
      for (const column of [0, 1] as const) {
        states[column].update(ways[column], stepOf(model, pair[column]), model.page);
        head.children[column]?.setAttribute('aria-pressed', String(pair[column] === model.way));
      }
      // The states below may have taken more or less room.
      bringIntoView(list, row);
    },
  };
}

/** How a column is called. */
function titleOf({ edit }: Model, way: Way): string {
  return way === 'own' && edit !== null ? 'With the edit' : titles[way];
}

function makeTitle(
  way: Way,
  name: string,
  side: ReplaySide | null,
  leads: boolean,
  lead: (way: Way) => void,
): HTMLElement {
  const title = element(
    'button',
    {
      type: 'button',
      class: side?.fatal ? 'bad' : 'good',
      'aria-pressed': String(leads),
      title: 'The editor follows this side',
    },
    element('span', { class: 'sign', 'aria-hidden': 'true' }, side?.fatal ? '✕' : '✓'),
    element('strong', {}, name),
    element('span', { class: 'end' }, side?.fatal?.ruleId ?? 'nothing fatal'),
  );
  title.addEventListener('click', () => lead(way));
  return title;
}

function makeStart(): HTMLElement {
  const text = 'Start of the story';
  return element(
    'div',
    { class: 'pair row', role: 'option', id: 'row-0', 'data-row': '0', 'aria-selected': 'false' },
    element('div', { class: 'cell quiet' }, text),
    element('div', { class: 'cell quiet' }, ''),
  );
}

function makeRow(left: ReplaySide, right: ReplaySide, row: Row, number: number, parting: number | null): HTMLElement {
  const alone = row.left === null || row.right === null;
  return element(
    'div',
    {
      class: `pair row${alone ? ' alone' : ''}${number === parting ? ' parting' : ''}`,
      role: 'option',
      id: `row-${number}`,
      'data-row': String(number),
      'aria-selected': 'false',
    },
    number === parting ? element('span', { class: 'spoken' }, 'Here they part. ') : null,
    makeCell(left, row.left, 0),
    makeCell(right, row.right, 1),
  );
}

function makeCell(side: ReplaySide, step: number | null, column: 0 | 1): HTMLElement {
  const ran = step === null ? undefined : side.steps[step - 1];
  if (!ran || step === null) return element('div', { class: 'cell missing', 'data-column': String(column) });
  const { statement, remark } = splitText(ran.text);
  const buffered = bufferedBy(side, step);
  const fatal = isFatalStep(side, step);
  return element(
    'div',
    { class: `cell ${ran.kind}${fatal ? ' fatal' : ''}`, 'data-column': String(column) },
    element('span', { class: 'spoken' }, column === 0 ? 'left: ' : 'right: '),
    element('span', { class: 'number' }, String(step)),
    element('span', { class: `who agent-${ran.agent % 6}` }, side.agents[ran.agent]?.name ?? ''),
    element(
      'span',
      { class: 'what' },
      code(ran.kind === 'drain' ? drained(ran) : statement),
      ran.kind === 'drain' ? element('span', { class: 'note' }, 'reaches memory') : null,
      remark && buffered.length === 0 ? element('span', { class: 'note read' }, remark) : null,
      ...buffered.map((store) => element('span', { class: 'note waiting' }, `buffered: ${store}`)),
      ran.place ? element('span', { class: 'source', title: 'Open this line' }, placeName(ran.place)) : null,
      fatal && side.fatal ? element('span', { class: 'note outcome' }, side.fatal.ruleId) : null,
      ...effectsOf(side, step).map(effectLine),
    ),
  );
}

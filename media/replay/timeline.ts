// SPDX-License-Identifier: MIT
/** The steps of one side, time downwards, a lane for each agent and in it one for the stores it has buffered. */

import type { Place, ReplaySide, ReplayStep } from '../../src/review/types';
import { element, fill, setText } from './dom';
import { announcement, firstDifference, length, type Model, shownSide, splitText, stateAt } from './model';

export interface Timeline {
  readonly root: HTMLElement;
  /** Makes rows for the side that is shown. */
  rebuild(model: Model): void;
  /** Marks the step that is shown and brings it into view. */
  move(model: Model): void;
}

interface Actions {
  seek(step: number): void;
  open(place: Place): void;
}

/** Pixels of the list that stay visible above and below the step that is shown. */
const margin = 28;

/** Makes an empty timeline. */
export function createTimeline(actions: Actions): Timeline {
  const head = element('div', { class: 'lanes head', 'aria-hidden': 'true' });
  const list = element('div', { class: 'steps', role: 'listbox', tabindex: '0', 'aria-label': 'Steps' });
  const root = element('section', { class: 'timeline', 'aria-label': 'Timeline' }, head, list);
  let rows: HTMLElement[] = [];
  let places: (Place | null)[] = [];
  let shown = 0;

  list.addEventListener('click', (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const row = target?.closest<HTMLElement>('[data-step]');
    if (!row) return;
    const step = Number(row.dataset.step);
    actions.seek(step);
    const place = places[step];
    if (place && target?.closest('.source')) actions.open(place);
  });
  list.addEventListener('keydown', (event) => {
    const place = places[shown];
    if (event.key !== 'Enter' || !place) return;
    event.preventDefault();
    actions.open(place);
  });

  return {
    root,
    rebuild(model) {
      const side = shownSide(model);
      root.style.setProperty('--lanes', side ? laneWidths(side) : '1fr');
      rows = side ? makeRows(side, model) : [];
      places = [null, ...(side?.steps.map((step) => step.place) ?? [])];
      fill(head, ...(side ? makeHead(side) : []));
      fill(list, ...rows);
      shown = 0;
      for (const row of rows.slice(1)) row.classList.add('ahead');
    },
    move(model) {
      const side = shownSide(model);
      const last = length(model);
      // Only the steps between the old and the new one look different.
      const next = Math.min(model.step, last);
      rows.slice(Math.min(shown, next), Math.max(shown, next) + 1).forEach((row, i) => {
        const step = Math.min(shown, next) + i;
        row.classList.toggle('ahead', step > next);
        row.classList.toggle('current', step === next);
        row.setAttribute('aria-selected', String(step === next));
      });
      shown = next;
      const row = rows[shown];
      if (!row || !side) return;
      list.setAttribute('aria-activedescendant', row.id);
      row.setAttribute('aria-label', announcement(model));
      bringIntoView(list, row);
      stateAt(side, shown).agents.forEach(({ status }, agent) => {
        const mark = head.querySelector(`[data-agent="${agent}"] .status`);
        if (!mark) return;
        setText(mark, status);
        mark.className = `status ${status}`;
      });
    },
  };
}

/** Only the list moves: the page around it stays where it is. */
function bringIntoView(list: HTMLElement, row: HTMLElement): void {
  const top = row.offsetTop - margin;
  const bottom = row.offsetTop + row.offsetHeight + margin - list.clientHeight;
  if (list.scrollTop > top) list.scrollTop = top;
  else if (list.scrollTop < bottom) list.scrollTop = bottom;
}

/** Who does more gets more room, but nobody too little to be read. */
function laneWidths(side: ReplaySide): string {
  return side.agents
    .map(
      (_, agent) =>
        `minmax(9em, ${(1 + Math.sqrt(side.steps.filter((step) => step.agent === agent).length)).toFixed(2)}fr)`,
    )
    .join(' ');
}

function makeHead(side: ReplaySide): readonly HTMLElement[] {
  const agents = side.agents.map(({ name, role }, agent) =>
    element(
      'div',
      { class: 'agent', 'data-agent': String(agent), title: `${name}: ${role}` },
      element('strong', {}, name),
      element(
        'span',
        { class: 'line' },
        element('span', { class: 'status' }),
        element('span', { class: 'role' }, role),
      ),
    ),
  );
  return [element('div', { class: 'number' }), ...agents];
}

function makeRows(side: ReplaySide, model: Model): HTMLElement[] {
  const parting = model.replay ? firstDifference(model.replay) : null;
  const start = element(
    'div',
    {
      class: 'lanes row start',
      role: 'option',
      id: 'step-0',
      'data-step': '0',
      'aria-selected': 'false',
      'aria-label': 'Start',
    },
    element('div', { class: 'number' }, '0'),
    element('div', { class: 'wide' }, 'Start of the story'),
  );
  const inside = side.agents.map(() => '');
  const rows = side.steps.map((step, i) => {
    const entered = step.kind === 'step' && step.function !== inside[step.agent] ? step.function : '';
    if (step.kind === 'step') inside[step.agent] = step.function;
    return makeRow(side, step, i + 1, i + 1 === parting, entered);
  });
  return [start, ...rows];
}

function makeRow(side: ReplaySide, step: ReplayStep, number: number, parts: boolean, entered: string): HTMLElement {
  const fatal = side.fatal !== null && number === side.steps.length;
  const classes = ['lanes', 'row', step.kind, ...(fatal ? ['fatal'] : []), ...(parts ? ['parting'] : [])];
  const agent = side.agents[step.agent]?.name ?? '';
  const lanes = step.state.agents.map(({ status, buffer }, index) => {
    const lane = element('div', { class: `lane ${status}` });
    if (index === step.agent) lane.append(makeStep(side, step, number, fatal, entered));
    if (buffer.length > 0) {
      lane.classList.add('buffering');
      lane.append(element('span', { class: 'buffer', title: `Not in memory yet: ${buffer.join(', ')}` }));
    }
    return lane;
  });
  return element(
    'div',
    {
      class: classes.join(' '),
      role: 'option',
      id: `step-${number}`,
      'data-step': String(number),
      'aria-selected': 'false',
      'aria-label': `Step ${number}, ${agent}: ${step.text}`,
      ...(parts ? { title: 'From here on the two sides differ' } : {}),
    },
    element('div', { class: 'number' }, String(number)),
    ...lanes,
  );
}

function makeStep(side: ReplaySide, step: ReplayStep, number: number, fatal: boolean, entered: string): HTMLElement {
  const before = stateAt(side, number - 1).agents[step.agent]?.buffer ?? [];
  const after = step.state.agents[step.agent]?.buffer ?? [];
  const buffered = step.kind === 'step' && after.length > before.length ? after.slice(before.length) : [];
  const { statement, remark } = splitText(step.text);
  return element(
    'div',
    { class: 'what' },
    entered ? element('span', { class: 'entered' }, `${entered}()`) : null,
    element('code', {}, statement),
    // The chip below names the store that waits.
    ...(remark && buffered.length === 0 ? [element('span', { class: 'note' }, remark)] : []),
    ...(step.kind === 'drain' ? [element('span', { class: 'note' }, 'reaches memory')] : []),
    step.place ? element('span', { class: 'source', title: 'Open this line' }, placeName(step.place)) : null,
    ...(fatal && side.fatal ? [element('span', { class: 'note outcome' }, side.fatal.ruleId)] : []),
    ...buffered.map((store) => element('span', { class: 'note waiting' }, `buffered: ${store}`)),
  );
}

/** How a place is called in the view: `line 49` of the mail, or a model's file and line. */
export function placeName(place: Place): string {
  return place.file === 'document' ? `line ${place.line}` : `${place.file.replace(/^.*\//, '')}:${place.line}`;
}

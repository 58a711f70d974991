// SPDX-License-Identifier: MIT
/** The steps of one way, time downwards: a lane for each agent, in it one for its store buffer, and one for memory. */

import { type Fold, foldsOf } from '../../src/replay/folds';
import { effectsOf, stateAt } from '../../src/replay/look';
import { closedFolds, foldAround, length, type Model, partingStep, shownSide } from '../../src/replay/model';
import { bufferedBy, drained, isFatalStep, placeName, splitText } from '../../src/replay/words';
import type { Place, ReplaySide, ReplayStep } from '../../src/review/types';
import { bringIntoView, code, effectLine, element, fill, setText } from './dom';

export interface Timeline {
  readonly root: HTMLElement;
  /** Makes rows for the way that is shown. */
  rebuild(model: Model): void;
  /** Marks the step that is shown and brings it into view. */
  move(model: Model): void;
}

interface Actions {
  seek(step: number): void;
  open(place: Place): void;
  fold(step: number): void;
}

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
    if (target?.closest('.fold')) return actions.fold(step);
    actions.seek(step);
    const place = places[step];
    if (place && target?.closest('.source')) actions.open(place);
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
      const next = Math.min(model.step, length(model));
      // Only the steps between the old and the new one look different.
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

/** Who does more gets more room, but nobody too little to be read. */
function laneWidths(side: ReplaySide): string {
  return side.agents
    .map((_, agent) => {
      const share = 1 + Math.sqrt(side.steps.filter((step) => step.agent === agent).length);
      return `minmax(8em, ${share.toFixed(2)}fr)`;
    })
    .join(' ');
}

function makeHead(side: ReplaySide): readonly HTMLElement[] {
  const lane = (name: string, role: string, status: HTMLElement | null, more: Record<string, string>): HTMLElement =>
    element(
      'div',
      { title: `${name}: ${role}`, ...more },
      element('strong', {}, name),
      element('span', { class: 'line' }, status, element('span', { class: 'role' }, role)),
    );
  const agents = side.agents.map(({ name, role }, agent) =>
    lane(name, role === name ? '' : role, element('span', { class: 'status' }), {
      class: 'agent',
      'data-agent': String(agent),
    }),
  );
  return [element('div', { class: 'number' }), ...agents, lane('memory', side.keeper, null, { class: 'agent memory' })];
}

function makeRows(side: ReplaySide, model: Model): HTMLElement[] {
  const parting = partingStep(model);
  const closed = closedFolds(model);
  const hidden = new Set(closed.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i)));
  const last = new Map(foldsOf(side).map((fold) => [fold.to, fold]));
  const start = element(
    'div',
    {
      class: 'lanes row start',
      role: 'option',
      id: 'step-0',
      'data-step': '0',
      'aria-selected': 'false',
    },
    element('div', { class: 'number' }, '0'),
    element('div', { class: 'wide' }, 'Start of the story'),
  );
  const inside = side.agents.map(() => '');
  const rows = side.steps.map((step, i) => {
    const entered = step.kind === 'step' && step.function !== inside[step.agent] ? step.function : '';
    if (step.kind === 'step') inside[step.agent] = step.function;
    const row = makeRow(side, step, i + 1, entered, last.get(i + 1) ?? null, closed.includes(last.get(i + 1) as Fold));
    if (i + 1 === parting) {
      row.classList.add('parting');
      row.title = 'From here on the two sides differ';
    }
    if (hidden.has(i + 1)) row.hidden = true;
    else if (foldAround(model, i + 1) && !closed.some(({ to }) => to === i + 1)) row.classList.add('unfolded');
    return row;
  });
  return [start, ...rows];
}

function makeRow(
  side: ReplaySide,
  step: ReplayStep,
  number: number,
  entered: string,
  fold: Fold | null,
  isClosed: boolean,
): HTMLElement {
  const fatal = isFatalStep(side, number);
  const lanes = step.state.agents.map(({ status, buffer }, index) => {
    const lane = element('div', { class: `lane ${status}` });
    if (index === step.agent) lane.append(makeStep(side, step, number, fatal, entered));
    if (fold && index === step.agent) lane.append(foldMark(fold, isClosed));
    if (buffer.length > 0) {
      lane.classList.add('buffering');
      lane.append(element('span', { class: 'buffer', title: `Not in memory yet: ${buffer.join(', ')}` }));
    }
    return lane;
  });
  const done = effectLines(side, isClosed && fold ? fold.from : number, number);
  return element(
    'div',
    {
      class: ['lanes', 'row', step.kind, ...(fatal ? ['fatal'] : [])].join(' '),
      role: 'option',
      id: `step-${number}`,
      'data-step': String(number),
      'aria-selected': 'false',
    },
    element('div', { class: 'number' }, isClosed && fold ? `${fold.from}–${number}` : String(number)),
    ...lanes,
    element('div', { class: 'lane memory' }, ...done),
  );
}

function foldMark({ period, rounds }: Fold, isClosed: boolean): HTMLElement {
  const steps = period === 1 ? '' : ` of ${period} steps`;
  return element(
    'span',
    { class: 'fold', title: `${isClosed ? 'Open' : 'Close'} this loop (O)` },
    `${isClosed ? '▸' : '▾'} ${rounds} rounds${steps}`,
  );
}

/** What the steps did to memory, a line each. */
function effectLines(side: ReplaySide, from: number, to: number): readonly HTMLElement[] {
  const lines: HTMLElement[] = [];
  for (let step = from; step <= to; step++) lines.push(...effectsOf(side, step).map(effectLine));
  return lines;
}

function makeStep(side: ReplaySide, step: ReplayStep, number: number, fatal: boolean, entered: string): HTMLElement {
  const buffered = bufferedBy(side, number);
  const { statement, remark } = splitText(step.text);
  return element(
    'div',
    { class: 'what' },
    // A lane says to the eye whose step it is.
    element('span', { class: 'spoken' }, `${side.agents[step.agent]?.name ?? ''}: `),
    entered ? element('span', { class: 'entered' }, `${entered}()`) : null,
    code(step.kind === 'drain' ? drained(step) : statement),
    // The chip below names the store that waits.
    ...(remark && buffered.length === 0 ? [element('span', { class: 'note read' }, remark)] : []),
    ...(step.kind === 'drain' ? [element('span', { class: 'note' }, 'reaches memory')] : []),
    step.place ? element('span', { class: 'source', title: 'Open this line' }, placeName(step.place)) : null,
    ...(fatal && side.fatal ? [element('span', { class: 'note outcome' }, side.fatal.ruleId)] : []),
    ...buffered.map((store) => element('span', { class: 'note waiting' }, `buffered: ${store}`)),
  );
}

// SPDX-License-Identifier: MIT
/** The replay view's stage in preact: the same rows, cells and words, from the same model. What a step of ours is measured against. */

import { Component, type ComponentChild, h, options, render } from 'preact';
import {
  changedFields,
  fieldNames,
  fieldText,
  pageFields,
  pageLook,
  stateAt,
  tellingVariables,
  variableRows,
} from '../../src/replay/look';
import { initialModel, length, type Model, shownSide } from '../../src/replay/model';
import { type Event, reduce } from '../../src/replay/reduce';
import type { ToReplay } from '../../src/replay/types';
import { bufferedBy, lessons, placeName, splitText } from '../../src/replay/words';
import type { PageCell, ReplaySide, ReplayStep } from '../../src/review/types';

// A step ends with what it shows, as ours does.
options.debounceRendering = (run) => run();

/** Renders only for other properties than before. */
abstract class Pure<P> extends Component<P> {
  override shouldComponentUpdate(next: P): boolean {
    const now = this.props as Readonly<Record<string, unknown>>;
    return Object.entries(next as Readonly<Record<string, unknown>>).some(([name, value]) => now[name] !== value);
  }
}

class Square extends Pure<{ look: string; letter: string; page: number; label: string }> {
  override render(): ComponentChild {
    const { look, letter, page, label } = this.props;
    return h(
      'span',
      { class: look, id: `pages-0-${page}`, role: 'option', 'data-page': String(page), 'aria-label': label },
      letter,
    );
  }
}

class Row extends Pure<{ side: ReplaySide; step: ReplayStep; number: number; ahead: boolean; current: boolean }> {
  override render(): ComponentChild {
    const { side, step, number, ahead, current } = this.props;
    const { statement, remark } = splitText(step.text);
    const lanes = step.state.agents.map(({ status, buffer }, index) =>
      h(
        'div',
        { class: `lane ${status}` },
        index === step.agent
          ? h(
              'div',
              { class: 'what' },
              h('span', { class: 'spoken' }, `${side.agents[index]?.name}: `),
              h('code', null, statement),
              remark ? h('span', { class: 'note read' }, remark) : null,
              step.place ? h('span', { class: 'source', title: 'Open this line' }, placeName(step.place)) : null,
              bufferedBy(side, number).map((store) => h('span', { class: 'note waiting' }, `buffered: ${store}`)),
            )
          : null,
        buffer.length > 0 ? h('span', { class: 'buffer' }) : null,
      ),
    );
    const state = `${ahead ? ' ahead' : ''}${current ? ' current' : ''}`;
    return h(
      'div',
      { class: `lanes row ${step.kind}${state}`, role: 'option', 'aria-selected': String(current) },
      h('div', { class: 'number' }, String(number)),
      lanes,
      h('div', { class: 'lane memory' }),
    );
  }
}

function card(side: ReplaySide, from: PageCell | undefined, cell: PageCell, page: number): ComponentChild {
  const changed = changedFields(from, cell);
  return h(
    'div',
    { class: `page ${pageLook(cell)}${changed.size > 0 ? ' changed' : ''}` },
    h(
      'div',
      { class: 'title' },
      h('span', { class: 'letter' }, cell.letter),
      h('strong', null, side.pages[page]?.name),
      h('span', { class: 'role' }, side.pages[page]?.role),
    ),
    pageFields.map((field) =>
      h(
        'div',
        { class: 'field' },
        h('span', { class: 'name' }, fieldNames[field]),
        h('span', { class: 'value' }, fieldText(cell, field)),
      ),
    ),
  );
}

function spoken(side: ReplaySide, cell: PageCell, page: number): string {
  const fields = pageFields.filter((field) => field !== 'tlb' || cell.tlb.length > 0);
  const told = fields.map((field) => `${fieldNames[field]} ${fieldText(cell, field)}`);
  return `${cell.letter}, ${side.pages[page]?.name}, ${told.join(', ')}`;
}

class Stage extends Component<{ model: Model }> {
  override render(): ComponentChild {
    const { model } = this.props;
    const side = shownSide(model);
    if (!side) return null;
    const from = stateAt(side, Math.max(model.step - 1, 0));
    const to = stateAt(side, model.step);
    const step = side.steps[model.step - 1];
    const telling: number[] = [];
    const squares = to.pages.map((cell, page) => {
      const changed = changedFields(from.pages[page], cell).size > 0;
      if ((changed || page === model.page) && telling.length < 12) telling.push(page);
      const look = `square ${pageLook(cell)}${changed ? ' changed' : ''}${page === model.page ? ' selected' : ''}`;
      return h(Square, { key: page, look, letter: cell.letter, page, label: spoken(side, cell, page) });
    });
    const variables = variableRows(from, to).filter(({ name }) => tellingVariables(side).has(name));
    return h(
      'div',
      { class: 'stage' },
      h(
        'div',
        { class: 'state' },
        h(
          'section',
          { class: 'now' },
          h(
            'p',
            null,
            h('span', { class: 'count' }, `Step ${model.step} of ${length(model)}`),
            h('code', { class: 'statement' }, step?.text),
          ),
          lessons(side, model.step).map((lesson) => h('p', { class: 'lesson' }, lesson)),
        ),
        h(
          'section',
          { class: 'pages-part' },
          h('div', { class: 'pages many', role: 'listbox', tabIndex: 0 }, squares),
          h(
            'div',
            { class: 'details' },
            telling.map((page) => (to.pages[page] ? card(side, from.pages[page], to.pages[page], page) : null)),
          ),
        ),
        h(
          'table',
          { class: 'variables' },
          h(
            'tbody',
            null,
            variables.map(({ name, value }) => h('tr', null, h('th', null, name), h('td', null, value))),
          ),
        ),
      ),
      h(
        'section',
        { class: 'timeline' },
        h(
          'div',
          { class: 'steps', role: 'listbox' },
          side.steps.map((each, i) =>
            h(Row, {
              key: i,
              side,
              step: each,
              number: i + 1,
              ahead: i + 1 > model.step,
              current: i + 1 === model.step,
            }),
          ),
        ),
      ),
    );
  }
}

let model = initialModel;
const main = document.createElement('main');
document.body.append(main);
function dispatch(event: Event): void {
  model = reduce(model, event);
  render(h('div', { class: 'replay' }, h(Stage, { model })), main);
  const list = document.querySelector('.steps');
  const row = document.querySelector<HTMLElement>('.row.current');
  if (list && row) list.scrollTop = row.offsetTop - list.clientHeight / 2;
}
window.addEventListener('message', ({ data }: MessageEvent<ToReplay>) => dispatch({ type: 'host', message: data }));
document.addEventListener('keydown', ({ key }) => {
  if (key === 'ArrowRight') dispatch({ type: 'move', move: 'forward' });
});

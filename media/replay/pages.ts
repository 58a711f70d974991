// SPDX-License-Identifier: MIT
/** The pages as cells: cards where they are few, squares with cards for the interesting ones where they are many. */

import {
  changedFields,
  changedWords,
  fieldNames,
  fieldText,
  type PageField,
  pageFields,
  pageLook,
} from '../../src/replay/look';
import type { PageCell, ReplaySide, ReplayState } from '../../src/review/types';
import { element, fill, setText } from './dom';

export interface PagesView {
  readonly root: HTMLElement;
  /** Shows the pages of `to`, marking what differs from `from`, and the page at which it goes wrong. */
  update(side: ReplaySide, from: ReplayState, to: ReplayState, selected: number, fatal: number | null): void;
}

/** Above this many, pages are squares, and only those that changed and the selected one are told in words. */
const mostCards = 12;
let views = 0;

/** Makes the view; one tab stop, arrows select. `select` is told what page (0-based) was chosen. @param where tells two views apart */
export function createPages(select: (page: number) => void, where = ''): PagesView {
  const id = `pages-${views++}`;
  const list = element('div', { class: 'pages', role: 'listbox', tabindex: '0', 'aria-label': `Pages${where}` });
  const head = element(
    'div',
    { class: 'pages-head', 'aria-hidden': 'true' },
    ...['page', ...pageFields.map((field) => fieldNames[field])].map((name) => element('span', {}, name)),
  );
  const details = element('div', { class: 'details' });
  const root = element(
    'section',
    { class: 'pages-part', 'aria-label': `Pages in words${where}` },
    element('h2', {}, 'Pages'),
    head,
    list,
    details,
  );
  let squares: Square[] = [];
  let shown: ReplaySide | null = null;
  let chosen = 0;
  let count = 0;

  list.addEventListener('click', (event) => {
    const cell = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-page]') : null;
    if (cell) select(Number(cell.dataset.page));
  });
  list.addEventListener('keydown', (event) => {
    const step = moves[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    event.preventDefault();
    select(
      Math.min(Math.max(chosen + (step === 'row' ? columns() : step === '-row' ? -columns() : step), 0), count - 1),
    );
  });

  /** How many cells stand in a row. */
  function columns(): number {
    const [first] = list.children;
    if (!(first instanceof HTMLElement)) return 1;
    const top = first.offsetTop;
    let at = 1;
    for (let next = first.nextElementSibling; next instanceof HTMLElement && next.offsetTop === top; at++)
      next = next.nextElementSibling;
    return at;
  }

  function showCards(side: ReplaySide, from: ReplayState, to: ReplayState): void {
    const cards = to.pages.map((cell, page) => card(side, from.pages[page], cell, page, `${id}-${page}`));
    fill(list, ...cards);
    cards.forEach((each, page) => {
      mark(each, page === chosen);
    });
    fill(details);
  }

  function showSquares(side: ReplaySide, from: ReplayState, to: ReplayState): void {
    if (squares.length !== to.pages.length) {
      squares = to.pages.map((_, page) => createSquare(side, page, `${id}-${page}`));
      fill(list, ...squares.map((square) => square.root));
    }
    const telling: number[] = [];
    for (let page = 0; page < squares.length; page++) {
      const cell = to.pages[page];
      if (!cell) continue;
      const changed = changedFields(from.pages[page], cell).size > 0;
      squares[page]?.update(cell, changed, page === chosen);
      if ((changed || page === chosen) && telling.length < mostCards) telling.push(page);
    }
    if (!telling.includes(chosen)) telling[telling.length - 1] = chosen;
    fill(
      details,
      ...telling.flatMap((page) => {
        const cell = to.pages[page];
        return cell ? [card(side, from.pages[page], cell, page, '')] : [];
      }),
    );
  }

  return {
    root,
    update(side, from, to, selected, fatal) {
      count = to.pages.length;
      chosen = selected;
      root.hidden = count === 0;
      const many = count > mostCards;
      list.classList.toggle('many', many);
      if (side !== shown) squares = [];
      shown = side;
      if (many) showSquares(side, from, to);
      else showCards(side, from, to);
      for (const cell of list.querySelectorAll('.fatal')) cell.classList.remove('fatal');
      if (fatal !== null) list.querySelector(`[data-page="${fatal}"]`)?.classList.add('fatal');
      list.setAttribute('aria-activedescendant', `${id}-${chosen}`);
    },
  };
}

const moves: Readonly<Record<string, number | 'row' | '-row'>> = {
  ArrowRight: 1,
  ArrowLeft: -1,
  ArrowDown: 'row',
  ArrowUp: '-row',
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

function mark(cell: HTMLElement, selected: boolean): void {
  cell.classList.toggle('selected', selected);
  cell.setAttribute('aria-selected', String(selected));
}

/** A page in words. @param id of the element; empty where it only tells more of a square */
function card(side: ReplaySide, from: PageCell | undefined, cell: PageCell, page: number, id: string): HTMLElement {
  const changed = changedFields(from, cell);
  const info = side.pages[page];
  const made = element(
    'div',
    {
      class: `page ${pageLook(cell)}${changed.size > 0 ? ' changed' : ''}`,
      ...(id && { id, role: 'option', 'data-page': String(page) }),
    },
    element(
      'div',
      { class: 'title' },
      element('span', { class: 'letter' }, cell.letter),
      element('strong', {}, info?.name ?? `page ${page}`),
      element('span', { class: 'role', title: info?.role ?? '' }, info?.role ?? ''),
    ),
    ...pageFields.map((field) => fieldRow(field, changed.has(field) ? from : undefined, cell)),
  );
  return made;
}

/** One field; `from` only where this step changed it. */
function fieldRow(field: PageField, from: PageCell | undefined, cell: PageCell): HTMLElement {
  const value = fieldText(cell, field);
  const old = from && fieldText(from, field);
  const isEmpty = field === 'tlb' && cell.tlb.length === 0 && old === undefined;
  const words =
    old === undefined
      ? [isEmpty ? '' : value]
      : changedWords(old, value).map(({ text, marked }) => (marked ? element('mark', {}, text) : text));
  return element(
    'div',
    { class: `field${old === undefined ? '' : ' changed'}${isEmpty ? ' empty' : ''}` },
    element('span', { class: 'name' }, fieldNames[field]),
    element(
      'span',
      { class: 'value' },
      ...words,
      old === undefined ? null : element('span', { class: 'was' }, `was ${old}`),
    ),
  );
}

/** A square for a screen reader: its letter, and what the letter stands for. */
function spoken(side: ReplaySide, cell: PageCell, page: number): string {
  const fields = pageFields.filter((field) => field !== 'tlb' || cell.tlb.length > 0);
  const told = fields.map((field) => `${fieldNames[field]} ${fieldText(cell, field)}`);
  return `${cell.letter}, ${side.pages[page]?.name ?? `page ${page}`}, ${told.join(', ')}`;
}

interface Square {
  readonly root: HTMLElement;
  update(cell: PageCell, changed: boolean, selected: boolean): void;
}

/** A page as a letter; touched only where it looks otherwise than before, because there may be thousands. */
function createSquare(side: ReplaySide, page: number, id: string): Square {
  const root = element('span', { id, role: 'option', 'data-page': String(page), 'aria-selected': 'false' });
  let look = '';
  let shown: PageCell | null = null;
  return {
    root,
    update(cell, changed, selected) {
      const next = `square ${pageLook(cell)}${changed ? ' changed' : ''}${selected ? ' selected' : ''}`;
      if (next !== look) {
        look = next;
        root.className = next;
        root.setAttribute('aria-selected', String(selected));
      }
      if (shown !== null && changedFields(shown, cell).size === 0 && shown.letter === cell.letter) return;
      shown = cell;
      setText(root, cell.letter);
      root.setAttribute('aria-label', spoken(side, cell, page));
    },
  };
}

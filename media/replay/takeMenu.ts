// SPDX-License-Identifier: MIT
/** The menu of what can be taken along: copies, a link, pictures, the replay as a document. */

import type { Action } from '../../src/replay/actions';
import { element, icon } from './dom';

const entries: readonly (readonly [Action, string])[] = [
  ['showText', 'Show as text'],
  ['copyText', 'Copy as text for a mail'],
  ['copyMarkdown', 'Copy as Markdown'],
  ['copyJson', 'Copy as JSON'],
  ['copyLink', 'Copy a link to this step'],
  ['saveStepSvg', 'Save this step as SVG'],
  ['saveStepPng', 'Save this step as PNG'],
  ['saveLanesSvg', 'Save the whole diagram as SVG'],
  ['saveLanesPng', 'Save the whole diagram as PNG'],
];

/** Makes the menu. Escape, a choice and a click elsewhere close it. */
export function createTakeMenu(act: (action: Action) => void): HTMLElement {
  const items = entries.map(([action, label]) => {
    const item = element('button', { type: 'button', id: `take-${action}` }, label);
    item.addEventListener('click', () => {
      menu.open = false;
      act(action);
    });
    return item;
  });
  const summary = element(
    'summary',
    { title: 'Copy or save', id: 'take' },
    icon('take'),
    element('span', { class: 'label' }, 'Take along'),
    element('span', { class: 'unseen' }, 'Copy or save'),
  );
  const menu = element('details', { class: 'menu' }, summary, element('div', { class: 'items' }, ...items));
  document.addEventListener('click', (event) => {
    if (event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener('keydown', (event) => {
    if (!menu.open) return;
    const at = items.indexOf(document.activeElement as HTMLButtonElement);
    if (event.key === 'Escape') {
      menu.open = false;
      summary.focus();
    } else if (event.key === 'ArrowDown') items[(at + 1) % items.length]?.focus();
    else if (event.key === 'ArrowUp') items.at(at <= 0 ? -1 : at - 1)?.focus();
    else return;
    event.preventDefault();
  });
  return menu;
}

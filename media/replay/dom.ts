// SPDX-License-Identifier: MIT
/** The few helpers that the view builds its elements with. Text from patches only ever becomes text nodes. */

import { type Effect, effectText } from '../../src/replay/look';

type Child = Node | string | null;

/** An element with attributes and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  append(made, children);
  return made;
}

/** Replaces what an element holds. */
export function fill(parent: Element, ...children: readonly Child[]): void {
  parent.replaceChildren();
  append(parent, children);
}

/** Sets the text of an element, only when it is another one: a live region speaks at every change. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** Shows or hides an element. */
export function show(target: HTMLElement, visible: boolean): void {
  target.hidden = !visible;
}

/** C as text that may be broken where a reader would: behind brackets, arrows and underscores. */
export function code(text: string): HTMLElement {
  const pieces = text.split(/(?<=[(_]|->)(?=\w)/);
  return element('code', {}, ...pieces.flatMap((piece, i) => (i === 0 ? [piece] : [element('wbr'), piece])));
}

/** What a step did to memory, one line. */
export function effectLine(effect: Effect): HTMLElement {
  return element(
    'span',
    { class: 'effect', title: effectText(effect) },
    `${effect.what} ${effect.pages.length > 0 ? '→' : '='} `,
    element('span', { class: 'to' }, effect.to),
  );
}

/** Scrolls a list, and nothing around it, until a row of it is to be seen. */
export function bringIntoView(list: HTMLElement, row: HTMLElement): void {
  // A few rows above and below are seen, too, where there is room.
  const margin = Math.min(list.clientHeight / 4, 90);
  const top = row.offsetTop - margin;
  const bottom = row.offsetTop + row.offsetHeight + margin - list.clientHeight;
  if (list.scrollTop > top) list.scrollTop = top;
  else if (list.scrollTop < bottom) list.scrollTop = bottom;
}

function append(parent: Element, children: readonly Child[]): void {
  for (const child of children) if (child !== null) parent.append(child);
}

/** Shapes of the buttons, drawn in a box of 16 by 16 with the text's colour. */
const shapes = {
  first: 'M3 3h1.5v10H3zM13 3v10L5.5 8z',
  back: 'M11 3v10L4 8z',
  play: 'M4 2.5v11L13.5 8z',
  pause: 'M4 3h3v10H4zM9 3h3v10H9z',
  forward: 'M5 3v10l7-5z',
  last: 'M11.5 3H13v10h-1.5zM3 3v10l7.5-5z',
  fatal: 'M8 1.2 15.2 14.5H.8zM7.2 5.8l.3 4.4h1l.3-4.4zM8 11a.9.9 0 1 0 0 1.8A.9.9 0 0 0 8 11z',
  both: 'M1.5 2.5h13v11h-13zM3 4v8h4.3V4zM8.7 4v8H13V4z',
  explore: 'M7.2 1.5h1.6v4.2l4.6 4.6V8.5H15V13h-4.5v-1.6h1.8L8 7.2l-4.3 4.2h1.8V13H1V8.5h1.6v1.8l4.6-4.6z',
  take: 'M7.2 1.5h1.6v6.2l2.1-2.1 1.1 1.1L8 10.7 4 6.7l1.1-1.1 2.1 2.1zM2 11h1.6v2h8.8v-2H14v3.6H2z',
  follow: 'M2 3h8v1.3H2zM2 6.2h5v1.3H2zM2 9.4h4v1.3H2zM9 6l6 4-2.6.6L11 13z',
} as const;

export type IconName = keyof typeof shapes;

/** A small picture that says nothing to a screen reader. */
export function icon(name: IconName): SVGSVGElement {
  const namespace = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(namespace, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(namespace, 'path');
  path.setAttribute('d', shapes[name]);
  path.setAttribute('fill-rule', 'evenodd');
  svg.append(path);
  return svg;
}

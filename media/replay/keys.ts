// SPDX-License-Identifier: MIT
/** What the keyboard does in the replay view, and the dialog that says so. */

import { element } from './dom';
import type { Event, Model } from './model';

const keys: readonly (readonly [string, string])[] = [
  ['Right, J', 'next step'],
  ['Left, K', 'step back'],
  ['Shift + Right, Left', 'next, previous step of the same agent'],
  ['Home, End', 'start, last step'],
  ['X', 'the fatal step'],
  ['Space', 'play, pause'],
  ['B', 'before the patch, with the patch'],
  ['F', 'follow the step in the editor, or not'],
  ['Enter in the list', 'open the line of the step'],
  ['?', 'this help'],
];

/** The event that a key press means, `help`, or null where the key belongs to the focused control. */
export function eventOfKey(event: KeyboardEvent, model: Model): Event | 'help' | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const target = event.target;
  if (target instanceof HTMLSelectElement) return null;
  const slider = target instanceof HTMLInputElement;
  const button = target instanceof HTMLButtonElement;
  switch (event.key) {
    case 'ArrowRight':
    case 'ArrowDown':
      if (slider) return null;
      return event.shiftKey ? { type: 'sameAgent', direction: 1 } : { type: 'forward' };
    case 'ArrowLeft':
    case 'ArrowUp':
      if (slider) return null;
      return event.shiftKey ? { type: 'sameAgent', direction: -1 } : { type: 'back' };
    case 'j':
    case 'J':
      return { type: 'forward' };
    case 'k':
    case 'K':
      return { type: 'back' };
    case 'Home':
      return { type: 'first' };
    case 'End':
      return { type: 'last' };
    case 'x':
    case 'X':
      return { type: 'fatal' };
    case ' ':
      return button ? null : { type: 'togglePlay' };
    case 'b':
    case 'B':
      return { type: 'side', side: model.side === 'before' ? 'after' : 'before' };
    case 'f':
    case 'F':
      return { type: 'follow', on: !model.follow };
    case '?':
      return 'help';
    default:
      return null;
  }
}

/** The help dialog; Escape closes it. */
export function createHelp(): HTMLDialogElement {
  const close = element('button', { type: 'button' }, 'Close');
  const rows = keys.map(([key, meaning]) =>
    element('tr', {}, element('th', { scope: 'row' }, key), element('td', {}, meaning)),
  );
  const dialog = element(
    'dialog',
    { 'aria-labelledby': 'help-title' },
    element('h2', { id: 'help-title' }, 'Keys of the replay'),
    element('table', {}, element('tbody', {}, ...rows)),
    close,
  );
  close.addEventListener('click', () => dialog.close());
  return dialog;
}

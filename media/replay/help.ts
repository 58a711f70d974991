// SPDX-License-Identifier: MIT
/** The help dialog: what the keys do, and how to read the picture. */

import { actionNames, actions } from '../../src/replay/actions';
import { element } from './dom';

const keyNames: Readonly<Record<string, string>> = {
  ArrowRight: 'Right',
  ArrowLeft: 'Left',
  ArrowDown: 'Down',
  ArrowUp: 'Up',
  ' ': 'Space',
};

const legend: readonly (readonly [look: string, letter: string, meaning: string])[] = [
  ['private', 'P', 'private to the guest, and accepted or validated'],
  ['shared', 'S', 'shared with the host'],
  ['pending', 'U', 'private, but never accepted or validated'],
  ['pending', 'B', 'blocked'],
  ['absent', 'F', 'the host holds nothing there (or: not mapped)'],
  ['other', 'V', 'holds the state of a vCPU (VMSA)'],
  ['private', 'K', 'ordinary memory of a host'],
  ['private', 'T', 'private to the TDX module on a host'],
  ['poisoned', 'X', 'poisoned: reading it is a machine check'],
];

/** The help dialog; Escape closes it. */
export function createHelp(): HTMLDialogElement {
  const close = element('button', { type: 'button' }, 'Close');
  const keyed = actionNames.filter((name) => actions[name][0].length > 0);
  const rows = keyed.map((name) => {
    const [keys, meaning] = actions[name];
    const names = keys.map((key) => key.replace(/[^+]+$/, (last) => keyNames[last] ?? last.toUpperCase()));
    return element('tr', {}, element('th', { scope: 'row' }, names.join(', ')), element('td', {}, meaning));
  });
  const letters = legend.map(([look, letter, meaning]) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, element('span', { class: `letter ${look}` }, letter)),
      element('td', {}, meaning),
    ),
  );
  const dialog = element(
    'dialog',
    { 'aria-labelledby': 'help-title' },
    element('h2', { id: 'help-title' }, 'Keys of the replay'),
    element(
      'table',
      {},
      element(
        'tbody',
        {},
        ...rows,
        element(
          'tr',
          {},
          element('th', { scope: 'row' }, '1 … 9'),
          element('td', {}, 'take one of what could run here'),
        ),
      ),
    ),
    element('h2', {}, 'Letters of the pages'),
    element('table', {}, element('tbody', {}, ...letters)),
    element('h2', {}, 'Lanes'),
    element(
      'p',
      {},
      'A line runs down while an agent runs; it is dotted while it waits. A hatched strip at its right edge: stores of ' +
        'this agent are in its store buffer and not in memory yet. The last lane says what each step did to memory.',
    ),
    element('p', {}, 'All of this is also in the command palette, under “Replay:”.'),
    close,
  );
  close.addEventListener('click', () => dialog.close());
  return dialog;
}

// SPDX-License-Identifier: MIT
/** What the keyboard does in the replay view. */

import { type Action, actionOfKey } from '../../src/replay/actions';

/** The action that a key press means, the number of a choice, or null where the key belongs to the focused control. */
export function actionOf(event: KeyboardEvent): Action | number | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const { target, key } = event;
  if (target instanceof HTMLSelectElement) return null;
  // The slider moves by its own arrows; buttons and menus are pressed by Space and Enter.
  if (target instanceof HTMLInputElement && (/^Arrow/.test(key) || key === 'Home' || key === 'End')) return null;
  const isPressed = target instanceof HTMLButtonElement || (target instanceof Element && target.matches('summary'));
  if (isPressed && (key === ' ' || key === 'Enter')) return null;
  if (/^[1-9]$/.test(key)) return Number(key);
  return actionOfKey(key, event.shiftKey);
}

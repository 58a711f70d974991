// SPDX-License-Identifier: MIT
/** What the replay views of the benchmark show. */

import type { ShowReplay } from '../../src/replay/types';
import { longReplay } from '../replay/fixture';

/** @param steps how many there are @param pages how many cells */
export function showLong(steps: number, pages: number): ShowReplay {
  return {
    type: 'show',
    document: null,
    choice: 'a',
    side: null,
    step: 0,
    replay: longReplay(steps, pages),
    choices: [],
    verdict: '',
    tone: 'plain',
    facts: [],
    edits: [],
    follow: false,
    stale: false,
  };
}

// SPDX-License-Identifier: MIT
/** What the editor and the replay view say to each other. Both ends check what they get. */

import type { OutcomeId } from '../review/outcomes';
import type { PageCell, Place, Replay, ReplaySide, ReplayState, ReplayStep, Side } from '../review/types';
import { arrayOf, type Guard, isBoolean, isNumber, isString, nullable, oneOf, shape, tagged } from './guard';

/** One of the replays that a document offers; `id` finds it again after a new run. */
export interface ReplayChoice {
  readonly id: string;
  readonly label: string;
}

/** What the view keeps over a reload of the window; everything else is computed again. */
export interface SavedReplay {
  /** Null for a scenario that ran on the bundled models alone. */
  readonly document: string | null;
  readonly choice: string;
  readonly side: Side | null;
  readonly step: number;
}

/** A replay to be shown, and where in it the view begins. */
export interface ShowReplay extends SavedReplay {
  readonly type: 'show';
  readonly replay: Replay;
  readonly choices: readonly ReplayChoice[];
  /** One sentence above everything else. */
  readonly verdict: string;
  readonly tone: 'bad' | 'good' | 'plain';
  /** What the verdict rests on: confidence, bounds, machine, assumptions; a sentence each. */
  readonly facts: readonly string[];
  readonly follow: boolean;
  readonly stale: boolean;
}

/** What the view is told. */
export type ToReplay =
  | ShowReplay
  /** The document has changed since (or is again what was run). */
  | { readonly type: 'stale'; readonly stale: boolean }
  | { readonly type: 'follow'; readonly on: boolean }
  /** Work goes on, or there is nothing to show and why. */
  | { readonly type: 'message'; readonly text: string; readonly busy: boolean };

/** What the view tells. */
export type FromReplay =
  | { readonly type: 'ready' }
  /** The view stands at this step now (0: nothing has run yet). */
  | { readonly type: 'position'; readonly side: Side; readonly step: number }
  | { readonly type: 'open'; readonly place: Place }
  | { readonly type: 'follow'; readonly on: boolean }
  | { readonly type: 'choose'; readonly id: string }
  /** Run again: what is shown is stale. */
  | { readonly type: 'rerun' };

const side = oneOf('before', 'after') satisfies Guard<Side>;
const strings = arrayOf(isString);

const isPlace: Guard<Place> = shape({
  file: isString,
  line: isNumber,
  column: isNumber,
  endLine: isNumber,
  endColumn: isNumber,
});

const isPageCell: Guard<PageCell> = shape({
  mapping: isString,
  tlb: strings,
  host: isString,
  content: isString,
  letter: isString,
});

const isReplayState: Guard<ReplayState> = shape({
  pages: arrayOf(isPageCell),
  agents: arrayOf(shape({ status: oneOf('waiting', 'running', 'stopped', 'done'), buffer: strings })),
  variables: arrayOf(shape({ name: isString, value: isString })),
});

const isReplayStep: Guard<ReplayStep> = shape({
  agent: isNumber,
  kind: oneOf('step', 'drain'),
  text: isString,
  place: nullable(isPlace),
  function: isString,
  changed: strings,
  state: isReplayState,
});

const isReplaySide: Guard<ReplaySide> = shape({
  agents: arrayOf(shape({ name: isString, role: isString })),
  pages: arrayOf(shape({ name: isString, role: isString })),
  start: isReplayState,
  steps: arrayOf(isReplayStep),
  fatal: nullable(
    shape({ ruleId: isString as Guard<OutcomeId>, explanation: isString, rule: isString, source: isString }),
  ),
  summary: isString,
});

/** A whole replay, every step of it. */
const isReplay: Guard<Replay> = shape({
  title: isString,
  scenario: isString,
  before: nullable(isReplaySide),
  after: nullable(isReplaySide),
});

/** What a serializer gets back from an earlier session. */
export const isSavedReplay: Guard<SavedReplay> = shape({
  document: nullable(isString),
  choice: isString,
  side: nullable(side),
  step: isNumber,
});

/** A message to the view. */
export const isToReplay: Guard<ToReplay> = tagged<ToReplay>({
  show: shape({
    type: oneOf('show'),
    document: nullable(isString),
    choice: isString,
    side: nullable(side),
    step: isNumber,
    replay: isReplay,
    choices: arrayOf(shape({ id: isString, label: isString })),
    verdict: isString,
    tone: oneOf('bad', 'good', 'plain'),
    facts: strings,
    follow: isBoolean,
    stale: isBoolean,
  }),
  stale: shape({ type: oneOf('stale'), stale: isBoolean }),
  follow: shape({ type: oneOf('follow'), on: isBoolean }),
  message: shape({ type: oneOf('message'), text: isString, busy: isBoolean }),
});

/** A message from the view. */
export const isFromReplay: Guard<FromReplay> = tagged<FromReplay>({
  ready: shape({ type: oneOf('ready') }),
  position: shape({ type: oneOf('position'), side, step: isNumber }),
  open: shape({ type: oneOf('open'), place: isPlace }),
  follow: shape({ type: oneOf('follow'), on: isBoolean }),
  choose: shape({ type: oneOf('choose'), id: isString }),
  rerun: shape({ type: oneOf('rerun') }),
});

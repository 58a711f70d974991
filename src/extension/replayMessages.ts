// SPDX-License-Identifier: MIT
/** Checks of what the editor and the replay view say to each other; both ends look at what they get. */

import { actionNames } from '../replay/actions';
import type { FromReplay, SavedReplay, ToReplay, Way } from '../replay/types';
import type { OutcomeId } from '../review/outcomes';
import type {
  Exploration,
  NextStep,
  PageCell,
  Place,
  Replay,
  ReplaySide,
  ReplayState,
  ReplayStep,
  Side,
} from '../review/types';
import { arrayOf, type Guard, isBoolean, isNumber, isString, nullable, oneOf, optional, shape, tagged } from './guard';

const side = oneOf('before', 'after') satisfies Guard<Side>;
const way = oneOf('before', 'after', 'own') satisfies Guard<Way>;
const strings = arrayOf(isString);
const numbers = arrayOf(isNumber);
const outcome = isString as Guard<OutcomeId>;

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
  taken: isNumber,
});

const isReplaySide: Guard<ReplaySide> = shape({
  agents: arrayOf(shape({ name: isString, role: isString })),
  pages: arrayOf(shape({ name: isString, role: isString })),
  keeper: isString,
  start: isReplayState,
  steps: arrayOf(isReplayStep),
  fatal: nullable(
    shape({
      ruleId: outcome,
      explanation: isString,
      rule: isString,
      source: isString,
      page: optional(isNumber),
    }),
  ),
  summary: isString,
  choices: numbers,
  prepared: isNumber,
});

/** A whole replay, every step of it. */
const isReplay: Guard<Replay> = shape({
  title: isString,
  scenario: isString,
  before: nullable(isReplaySide),
  after: nullable(isReplaySide),
});

const isNextStep: Guard<NextStep> = shape({
  choices: numbers,
  agent: isNumber,
  kind: oneOf('step', 'drain'),
  text: isString,
  place: nullable(isPlace),
  function: isString,
  effects: strings,
  outcome: nullable(outcome),
});

/** What the engine answers about a way that somebody chose. */
export const isExploration: Guard<Exploration> = shape({ from: side, way: isReplaySide, next: arrayOf(isNextStep) });

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
    choices: arrayOf(shape({ id: isString, label: isString, scenario: isString })),
    verdict: isString,
    tone: oneOf('bad', 'good', 'plain'),
    facts: strings,
    edits: strings,
    follow: isBoolean,
    stale: isBoolean,
  }),
  stale: shape({ type: oneOf('stale'), stale: isBoolean }),
  follow: shape({ type: oneOf('follow'), on: isBoolean }),
  act: shape({ type: oneOf('act'), action: oneOf(...actionNames) }),
  line: shape({ type: oneOf('line'), file: isString, line: isNumber }),
  explored: shape({
    type: oneOf('explored'),
    id: isNumber,
    exploration: nullable(isExploration),
    edit: nullable(isNumber),
    problem: isString,
  }),
  message: shape({ type: oneOf('message'), text: isString, busy: isBoolean }),
});

/** A message from the view. */
export const isFromReplay: Guard<FromReplay> = tagged<FromReplay>({
  ready: shape({ type: oneOf('ready') }),
  position: shape({ type: oneOf('position'), way, step: isNumber }),
  open: shape({ type: oneOf('open'), place: isPlace }),
  follow: shape({ type: oneOf('follow'), on: isBoolean }),
  choose: shape({ type: oneOf('choose'), id: isString }),
  explore: shape({ type: oneOf('explore'), id: isNumber, side, choices: numbers }),
  edit: shape({ type: oneOf('edit'), id: isNumber, index: isNumber }),
  take: shape({ type: oneOf('take'), what: oneOf('text', 'markdown', 'json', 'link', 'document') }),
  picture: shape({ type: oneOf('picture'), format: oneOf('svg', 'png'), name: isString, data: isString }),
  rerun: shape({ type: oneOf('rerun') }),
});

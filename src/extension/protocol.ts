// SPDX-License-Identifier: MIT
/** What the extension host and the engine's worker say to each other. Both ends check what they get. */

import type { OutcomeId } from '../review/outcomes';
import type {
  BaselineState,
  Bounds,
  Confidence,
  Exploration,
  ExploreRequest,
  Finding,
  HunkAnswer,
  Level,
  Notice,
  Place,
  Progress,
  Replay,
  Review,
  ReviewedText,
  ReviewOptions,
  ScenarioInfo,
  ScenarioRun,
  Stage,
  TreeIndex,
  UserFile,
  WhatIf,
  WhatIfKind,
} from '../review/types';
import type { TreeEntry } from '../tree/treeFiles';
import {
  arrayOf,
  type Guard,
  isBoolean,
  isNumber,
  isRecord,
  isString,
  nullable,
  oneOf,
  optional,
  shape,
  tagged,
} from './guard';
import { isExploration } from './replayMessages';

/** What can be asked for, and what comes back. */
export interface Calls {
  readonly review: { readonly ask: { readonly text: string; readonly options: ReviewOptions }; readonly give: Review };
  readonly simulate: { readonly ask: { readonly scenario: string }; readonly give: ScenarioRun };
  readonly scenarios: { readonly ask: Readonly<Record<never, never>>; readonly give: readonly ScenarioInfo[] };
  readonly fileNotices: { readonly ask: Readonly<Record<never, never>>; readonly give: readonly Notice[] };
  /** Runs beside the others, while none of them is at work. */
  readonly indexTree: { readonly ask: { readonly tree: string }; readonly give: TreeIndex | null };
  /** What may happen after some choices: the way that they are, and every next step. */
  readonly explore: { readonly ask: ExploreRequest; readonly give: Exploration };
  readonly reply: {
    readonly ask: { readonly text: string; readonly findings: readonly Finding[] };
    readonly give: string;
  };
  /** Null where one document is given and it has one version only. */
  readonly compare: {
    readonly ask: { readonly one: ReviewedText; readonly other: ReviewedText | null };
    readonly give: string | null;
  };
  readonly source: { readonly ask: { readonly file: string }; readonly give: string | null };
  readonly simulated: {
    readonly ask: { readonly text: string; readonly tree?: string };
    readonly give: { readonly before: string; readonly after: string };
  };
}
/** The name of a call. */
export type CallName = keyof Calls;
/** One call with what it asks. */
export type Call = { [K in CallName]: { readonly name: K } & Calls[K]['ask'] }[CallName];

/** What the worker is told. */
export type ToWorker =
  | { readonly type: 'start'; readonly runtimeWasm: Uint8Array; readonly grammarWasm: Uint8Array }
  | { readonly type: 'ask'; readonly id: number; readonly call: Call }
  | { readonly type: 'cancel'; readonly id: number }
  /** The user's own models and scenarios, for all that is asked from now on. */
  | { readonly type: 'userFiles'; readonly files: readonly UserFile[] }
  /** What the worker wanted of a kernel tree: the text of a file, null where there is none, or what a folder holds. */
  | { readonly type: 'file'; readonly id: number; readonly value: string | null }
  | { readonly type: 'folder'; readonly id: number; readonly entries: readonly TreeEntry[] }
  /** Files of a kernel tree are not as they were. */
  | { readonly type: 'treeChanged'; readonly tree: string; readonly paths: readonly string[] };

/** What the worker tells. */
export type FromWorker =
  /** `value` is checked against what was asked, which only the asking side knows. */
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'failure'; readonly id: number; readonly message: string }
  | { readonly type: 'progress'; readonly id: number; readonly progress: Progress }
  /** What a review knows before its answer. */
  | { readonly type: 'stage'; readonly id: number; readonly stage: Stage }
  /** It cannot read a kernel tree itself; the ids of these are its own. */
  | {
      readonly type: 'wish';
      readonly id: number;
      readonly what: 'file' | 'folder';
      readonly tree: string;
      readonly path: string;
    };

const strings = arrayOf(isString);
const outcome = isString as Guard<OutcomeId>;
const level: Guard<Level> = oneOf('error', 'warning', 'note');
const baseline: Guard<BaselineState> = oneOf('new', 'unchanged', 'absent');
const confidence: Guard<Confidence> = oneOf('tree', 'mail', 'woven', 'fragment', 'prose');
const isBytes: Guard<Uint8Array> = (value): value is Uint8Array => value instanceof Uint8Array;
const isAnything: Guard<unknown> = (_value): _value is unknown => true;

/** Only its name tags: every step is looked at by the view that shows it. */
const isReplayName = ((value) => isRecord(value) && isString(value.title) && isString(value.scenario)) as Guard<Replay>;

const isPlace: Guard<Place> = shape({
  file: isString,
  line: isNumber,
  column: isNumber,
  endLine: isNumber,
  endColumn: isNumber,
});
const isBounds: Guard<Bounds> = shape({
  cpus: isNumber,
  pages: isNumber,
  bufferDepth: isNumber,
  unroll: isNumber,
  states: isNumber,
  exhausted: isBoolean,
});
const isEdits = arrayOf(shape({ place: isPlace, text: isString }));
const isPortable = oneOf('x86-only', 'yes');
const isWhatIf: Guard<WhatIf> = shape({
  kind: isString as Guard<WhatIfKind>,
  text: isString,
  place: isPlace,
  edits: isEdits,
  portable: isPortable,
});
const isFinding: Guard<Finding> = shape({
  scenario: isString,
  ruleId: outcome,
  level,
  baselineState: baseline,
  message: isString,
  short: isString,
  place: isPlace,
  related: arrayOf(shape({ place: isPlace, text: isString })),
  confidence,
  assumptions: strings,
  bounds: isBounds,
  machine: isString,
  portable: isPortable,
  open: optional(isBoolean as Guard<true>),
  provisional: optional(isBoolean as Guard<true>),
  whatIfs: optional(arrayOf(isWhatIf)),
  traceLength: isNumber,
  cpuSwitches: isNumber,
  replay: isReplayName,
});
const isReviewedText: Guard<ReviewedText> = shape({
  name: isString,
  text: isString,
  findings: arrayOf(isFinding),
});
const isHunkAnswer: Guard<HunkAnswer> = shape({
  line: isNumber,
  scenarios: strings,
  states: isNumber,
  findings: arrayOf(isNumber),
});
const isRun: Guard<ScenarioRun> = shape({
  scenario: isString,
  title: isString,
  bounds: isBounds,
  outcomes: shape({ before: arrayOf(outcome), after: arrayOf(outcome) }),
  vacuous: strings,
  replay: isReplayName,
});
const isNotice: Guard<Notice> = shape({ level, message: isString, place: nullable(isPlace) });
const isUserFile: Guard<UserFile> = shape({
  kind: oneOf('model', 'companion', 'scenario'),
  name: isString,
  text: nullable(isString),
});
const isNumbers = ((value) => isRecord(value) && Object.values(value).every(isNumber)) as Guard<Record<string, number>>;

const isReview: Guard<Review> = shape({
  findings: arrayOf(isFinding),
  hunks: arrayOf(isHunkAnswer),
  runs: arrayOf(isRun),
  notices: arrayOf(isNotice),
  patches: isNumber,
  applied: isBoolean,
  partial: isBoolean,
  undecided: strings,
});
const isStage: Guard<Stage> = (value): value is Stage =>
  isRecord(value) &&
  ((value.kind === 'findings' && arrayOf(isFinding)(value.findings)) ||
    (value.kind === 'review' && isReview(value.review)));

/** What each call must give. */
export const answers: { readonly [K in CallName]: Guard<Calls[K]['give']> } = {
  review: isReview,
  simulate: isRun,
  scenarios: arrayOf(
    shape({
      id: isString,
      title: isString,
      machine: isString,
      entryPoints: strings,
      bounds: isNumbers,
      guards: arrayOf(outcome),
      sometimes: strings,
      kexec: isBoolean,
    }),
  ),
  fileNotices: arrayOf(isNotice),
  indexTree: nullable(shape({ files: isNumber, names: isNumber, knowsMore: isBoolean })),
  explore: isExploration,
  reply: isString,
  compare: nullable(isString),
  source: nullable(isString),
  simulated: shape({ before: isString, after: isString }),
};

const calls: { readonly [K in CallName]: Guard<Calls[K]['ask']> } = {
  review: shape({
    text: isString,
    options: shape({
      scenarios: strings,
      budgetMs: isNumber,
      isPerPatch: optional(isBoolean),
      whatIfs: optional(isBoolean),
      tree: optional(isString),
    }),
  }),
  simulate: shape({ scenario: isString }),
  scenarios: shape({}),
  fileNotices: shape({}),
  indexTree: shape({ tree: isString }),
  explore: shape({
    text: nullable(isString),
    tree: optional(isString),
    scenario: isString,
    subject: optional(isString),
    line: nullable(isNumber),
    side: oneOf('before', 'after'),
    choices: arrayOf(isNumber),
    edits: optional(isEdits),
  }),
  reply: shape({ text: isString, findings: arrayOf(isFinding) }),
  compare: shape({ one: isReviewedText, other: nullable(isReviewedText) }),
  source: shape({ file: isString }),
  simulated: shape({ text: isString, tree: optional(isString) }),
};

function isCall(value: unknown): value is Call {
  if (!isRecord(value) || !isString(value.name) || !Object.hasOwn(calls, value.name)) return false;
  return calls[value.name as CallName](value);
}

/** A message to the worker. */
export const isToWorker: Guard<ToWorker> = tagged<ToWorker>({
  start: shape({ type: oneOf('start'), runtimeWasm: isBytes, grammarWasm: isBytes }),
  ask: shape({ type: oneOf('ask'), id: isNumber, call: isCall }),
  cancel: shape({ type: oneOf('cancel'), id: isNumber }),
  userFiles: shape({ type: oneOf('userFiles'), files: arrayOf(isUserFile) }),
  file: shape({ type: oneOf('file'), id: isNumber, value: nullable(isString) }),
  folder: shape({
    type: oneOf('folder'),
    id: isNumber,
    entries: arrayOf(shape({ name: isString, isFolder: isBoolean })),
  }),
  treeChanged: shape({ type: oneOf('treeChanged'), tree: isString, paths: strings }),
});

/** A message from the worker. */
export const isFromWorker: Guard<FromWorker> = tagged<FromWorker>({
  answer: shape({ type: oneOf('answer'), id: isNumber, value: isAnything }),
  failure: shape({ type: oneOf('failure'), id: isNumber, message: isString }),
  progress: shape({
    type: oneOf('progress'),
    id: isNumber,
    progress: shape({ message: isString, fraction: isNumber }),
  }),
  stage: shape({ type: oneOf('stage'), id: isNumber, stage: isStage }),
  wish: shape({
    type: oneOf('wish'),
    id: isNumber,
    what: oneOf('file', 'folder'),
    tree: isString,
    path: isString,
  }),
});

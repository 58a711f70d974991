// SPDX-License-Identifier: MIT
/** What the replay view knows, and what can be asked of it. The reducer is in reduce.ts. No DOM: text views use it, too. */

import type { Exploration, Replay, ReplaySide, Side } from '../review/types';
import { type Alignment, align } from './align';
import { type Fold, foldsOf } from './folds';
import type { ReplayChoice, ShowReplay, Way } from './types';
import { announce } from './words';

/** Steps per second at each setting of the speed control. */
export const speeds = [0.5, 1, 2, 4, 8] as const;
export type Speed = (typeof speeds)[number];

export interface Model {
  readonly document: string | null;
  readonly replay: Replay | null;
  readonly choices: readonly ReplayChoice[];
  readonly choice: string;
  readonly verdict: string;
  readonly tone: ShowReplay['tone'];
  readonly facts: readonly string[];
  readonly edits: readonly string[];
  /** The way that is shown, or that leads where both are. */
  readonly way: Way;
  /** Two ways beside each other: the sides, or a way of one's own and the side that it left. */
  readonly both: boolean;
  /** How many steps have run, or, where both are shown, how many rows: 0 is the start of the story. */
  readonly step: number;
  /** The page that `nextChange` looks at. */
  readonly page: number;
  /** First steps of the loops that are open. */
  readonly open: ReadonlySet<number>;
  /** What was explored last, and whether the view waits for the next answer: its number. */
  readonly exploration: Exploration | null;
  /** The edit whose code the exploration runs; null where that is the document's. */
  readonly edit: number | null;
  readonly asked: number | null;
  /** Why the last question had no answer; empty where it had one. */
  readonly problem: string;
  readonly playing: boolean;
  readonly speed: Speed;
  readonly follow: boolean;
  readonly stale: boolean;
  /** Shown instead of a replay: work going on, or why there is nothing. */
  readonly message: { readonly text: string; readonly busy: boolean } | null;
}

/** Before anything has arrived. */
export const initialModel: Model = {
  document: null,
  replay: null,
  choices: [],
  choice: '',
  verdict: '',
  tone: 'plain',
  facts: [],
  edits: [],
  way: 'after',
  both: false,
  step: 0,
  page: 0,
  open: new Set(),
  exploration: null,
  edit: null,
  asked: null,
  problem: '',
  playing: false,
  speed: 1,
  follow: true,
  stale: false,
  message: { text: 'Waiting for the editor…', busy: true },
};

/** A way by its name, or null where it is not there. */
export function wayOf(model: Model, way: Way): ReplaySide | null {
  return way === 'own' ? (model.exploration?.way ?? null) : (model.replay?.[way] ?? null);
}

/** The way that is shown or leads, or null before there is one. */
export function shownSide(model: Model): ReplaySide | null {
  return wayOf(model, model.way);
}

/** What stands beside each other where both are shown, by name; null where there is only one way. */
export function pairOf(model: Model): readonly [left: Way, right: Way] | null {
  const pair: readonly [Way, Way] =
    model.way === 'own' ? [model.exploration?.from ?? 'before', 'own'] : ['before', 'after'];
  return wayOf(model, pair[0]) && wayOf(model, pair[1]) ? pair : null;
}

/** The rows of the pair, or null where there is only one way. */
export function alignmentOf(model: Model): Alignment | null {
  const pair = pairOf(model);
  const left = pair && wayOf(model, pair[0]);
  const right = pair && wayOf(model, pair[1]);
  return left && right ? align(left, right) : null;
}

/** How many steps, or rows, there are to go through. */
export function length(model: Model): number {
  if (model.both) return alignmentOf(model)?.rows.length ?? 0;
  return shownSide(model)?.steps.length ?? 0;
}

/** How many steps of a way have run where the view stands. */
export function stepOf(model: Model, way: Way = model.way): number {
  const alignment = model.both ? alignmentOf(model) : null;
  if (!alignment) return way === model.way ? model.step : 0;
  const counts = pairOf(model)?.[0] === way ? alignment.left : alignment.right;
  return counts[model.step] ?? 0;
}

/** The position, in rows or steps, at which `step` steps of the leading way have run. */
export function positionOf(model: Model, step: number): number {
  const alignment = model.both ? alignmentOf(model) : null;
  if (!alignment) return step;
  const counts = pairOf(model)?.[0] === model.way ? alignment.left : alignment.right;
  const at = counts.indexOf(step);
  return at < 0 ? alignment.rows.length : at;
}

/** The loops that are closed, so that they are one step; none where both sides are shown. */
export function closedFolds(model: Model): readonly Fold[] {
  const side = model.both ? null : shownSide(model);
  return side ? foldsOf(side).filter((fold) => !model.open.has(fold.from)) : [];
}

/** The loop that a step lies in, open or closed, or null. @param step 1-based */
export function foldAround(model: Model, step: number): Fold | null {
  const side = model.both ? null : shownSide(model);
  return (side && foldsOf(side).find(({ from, to }) => from <= step && step <= to)) ?? null;
}

/** The number (from 1) of the first step of the leading way at which the two part, or null where they do not. */
export function partingStep(model: Model): number | null {
  const alignment = alignmentOf(model);
  if (!alignment || alignment.parting === null) return null;
  const counts = pairOf(model)?.[0] === model.way ? alignment.left : alignment.right;
  const step = (counts[alignment.parting - 1] ?? 0) + 1;
  return step > (shownSide(model)?.steps.length ?? 0) ? null : step;
}

/** Which of the two sides the code of the shown way is. */
export function codeSide(model: Model): Side {
  return model.way === 'own' ? (model.exploration?.from ?? 'after') : model.way;
}

/** What the engine chose until where the view stands. */
export function choicesUntil(model: Model): readonly number[] {
  const side = shownSide(model);
  if (!side) return [];
  const step = stepOf(model);
  const taken = side.steps[step - 1]?.taken ?? side.prepared;
  // Behind the last step that is shown there may be some that nobody misses.
  const isEnd = model.way === 'own' && step === side.steps.length;
  return isEnd ? side.choices : side.choices.slice(0, taken);
}

/** What a screen reader says where the view stands. */
export function announcement(model: Model): string {
  const side = shownSide(model);
  return side ? announce(side, stepOf(model)) : (model.message?.text ?? '');
}

// SPDX-License-Identifier: MIT
/** How an event changes what the replay view knows. Pure: the same model and event always give the same result. */

import type { Replay, Side } from '../review/types';
import type { Action } from './actions';
import { changedFields, stateAt, stepAt } from './look';
import {
  alignmentOf,
  closedFolds,
  foldAround,
  length,
  type Model,
  pairOf,
  positionOf,
  type Speed,
  shownSide,
  speeds,
  stepOf,
  wayOf,
} from './model';
import type { ShowReplay, ToReplay, Way } from './types';

/** Actions that only change what is shown; the others reach beyond the view. */
export type Move = Extract<
  Action,
  | 'forward'
  | 'back'
  | 'first'
  | 'last'
  | 'fatal'
  | 'parting'
  | 'nextOfAgent'
  | 'previousOfAgent'
  | 'nextChange'
  | 'previousChange'
  | 'play'
  | 'faster'
  | 'slower'
  | 'otherSide'
  | 'both'
  | 'fold'
  | 'follow'
>;

export type Event =
  | { readonly type: 'host'; readonly message: ToReplay }
  | { readonly type: 'move'; readonly move: Move }
  | { readonly type: 'tick' }
  /** To a step, or to a row where both sides are shown. */
  | { readonly type: 'seek'; readonly step: number }
  | { readonly type: 'way'; readonly way: Way }
  | { readonly type: 'page'; readonly page: number }
  /** Opens or closes the loop around a step. */
  | { readonly type: 'fold'; readonly step: number }
  | { readonly type: 'speed'; readonly speed: Speed }
  /** A question was put to the engine. */
  | { readonly type: 'asked'; readonly id: number }
  /** Back from a way of one's own to where it left. */
  | { readonly type: 'leave' };

/** The next model. */
export function reduce(model: Model, event: Event): Model {
  switch (event.type) {
    case 'host':
      return receive(model, event.message);
    case 'move':
      return move(model, event.move);
    case 'tick':
      return tick(model);
    case 'seek':
      return moveTo(model, event.step);
    case 'way':
      return showWay(model, event.way);
    case 'page':
      return { ...model, page: clampPage(model, event.page) };
    case 'fold':
      return toggleFold(model, event.step);
    case 'speed':
      return { ...model, speed: event.speed };
    case 'asked':
      return { ...model, asked: event.id, problem: '', playing: false };
    case 'leave':
      return leave(model);
    default:
      return unreachable(event);
  }
}

function move(model: Model, which: Move): Model {
  switch (which) {
    case 'forward':
      return moveTo(model, model.step + 1);
    case 'back':
      return moveTo(model, stopBefore(model));
    case 'first':
      return moveTo(model, 0);
    case 'last':
      return moveTo(model, length(model));
    case 'fatal':
      return toFatal(model);
    case 'parting':
      return toParting(model);
    case 'nextOfAgent':
      return reveal(model, stepOfAgent(model, 1));
    case 'previousOfAgent':
      return reveal(model, stepOfAgent(model, -1));
    case 'nextChange':
      return reveal(model, changeOfPage(model, 1));
    case 'previousChange':
      return reveal(model, changeOfPage(model, -1));
    case 'play':
      return togglePlay(model);
    case 'faster':
      return { ...model, speed: speedBeside(model, 1) };
    case 'slower':
      return { ...model, speed: speedBeside(model, -1) };
    case 'otherSide':
      return showWay(model, model.way === 'before' ? 'after' : 'before');
    case 'both':
      return toggleBoth(model);
    case 'fold':
      return toggleFold(model, stepOf(model));
    case 'follow':
      return { ...model, follow: !model.follow };
    default:
      return unreachable(which);
  }
}

function receive(model: Model, message: ToReplay): Model {
  switch (message.type) {
    case 'show':
      return show(model, message);
    case 'stale':
      return { ...model, stale: message.stale };
    case 'follow':
      return { ...model, follow: message.on };
    case 'act':
      // The view looks whether an action is a move; the others do not concern the model.
      return model;
    case 'line':
      return reveal(model, stepOnLine(model, message.file, message.line));
    case 'explored': {
      if (message.id !== model.asked) return model;
      const { exploration, edit, problem } = message;
      if (!exploration) return { ...model, asked: null, problem };
      const shown: Model = { ...model, asked: null, problem: '', exploration, edit, way: 'own', open: new Set() };
      // An edit is seen beside what it changes, from where they part.
      const next = { ...shown, both: edit === null ? model.both : pairOf(shown) !== null };
      return edit === null ? moveTo(next, length(next)) : toParting(next);
    }
    case 'message':
      return { ...model, playing: false, message: { text: message.text, busy: message.busy } };
    default:
      return unreachable(message);
  }
}

function show(model: Model, message: ShowReplay): Model {
  const { replay } = message;
  const side = message.side !== null && replay[message.side] ? message.side : defaultSide(replay);
  const shown: Model = {
    ...model,
    document: message.document,
    replay,
    choices: message.choices,
    choice: message.choice,
    verdict: message.verdict,
    tone: message.tone,
    facts: message.facts,
    edits: message.edits,
    way: side,
    both: false,
    open: new Set(),
    exploration: null,
    edit: null,
    asked: null,
    problem: '',
    follow: message.follow,
    stale: message.stale,
    message: null,
  };
  // Both beside each other stay so from one finding to the next.
  const laid = model.both && pairOf(shown) ? { ...shown, both: true } : shown;
  return moveTo({ ...laid, page: clampPage(laid, model.page) }, positionOf(laid, message.step));
}

/** The side that tells most: with the patch if something goes wrong there, else the one where it does. */
export function defaultSide(replay: Replay): Side {
  if (replay.after?.fatal) return 'after';
  if (replay.before?.fatal) return 'before';
  return replay.after ? 'after' : 'before';
}

/** Any move ends playing; a number that cannot be a step becomes the nearest one, and a closed loop is passed at once. */
function moveTo(model: Model, step: number): Model {
  const target = Math.min(Math.max(Math.trunc(step) || 0, 0), length(model));
  const fold = closedFolds(model).find(({ from, to }) => from <= target && target < to);
  return { ...model, step: fold ? fold.to : target, playing: false };
}

/** Where a step back leads: in front of a closed loop that was just passed. */
function stopBefore(model: Model): number {
  const fold = closedFolds(model).find(({ to }) => to === model.step);
  return (fold ? fold.from : model.step) - 1;
}

/** To a step of the leading way, also into a loop, which then is open. */
function reveal(model: Model, step: number | null): Model {
  if (step === null) return model;
  const fold = foldAround(model, step);
  const isInside = fold !== null && step < fold.to;
  const opened = isInside ? { ...model, open: new Set([...model.open, fold.from]) } : model;
  return moveTo(opened, positionOf(opened, step));
}

function toggleFold(model: Model, step: number): Model {
  const fold = foldAround(model, step) ?? foldAround(model, step + 1);
  if (!fold) return model;
  const open = new Set(model.open);
  if (!open.delete(fold.from)) open.add(fold.from);
  return moveTo({ ...model, open }, model.step);
}

/** To the end of a way that ends in an outcome: the shown one, else the other. */
function toFatal(model: Model): Model {
  if (shownSide(model)?.fatal || model.both) return moveTo(model, length(model));
  const other: Way = model.way === 'before' ? 'after' : 'before';
  if (!wayOf(model, other)?.fatal) return moveTo(model, length(model));
  const there = showWay(model, other);
  return moveTo(there, length(there));
}

function toParting(model: Model): Model {
  const alignment = alignmentOf(model);
  if (!alignment || alignment.parting === null) return model;
  if (model.both) return moveTo(model, alignment.parting);
  const counts = pairOf(model)?.[0] === model.way ? alignment.left : alignment.right;
  return moveTo(model, (counts[alignment.parting - 1] ?? 0) + 1);
}

/** Another way at the same step; where both are shown only another one leads. */
function showWay(model: Model, way: Way): Model {
  if (!wayOf(model, way)) return model;
  if (model.both && pairOf(model)?.includes(way)) return { ...model, way, playing: false };
  const both = { ...model, way, open: new Set<number>() };
  return moveTo(pairOf(both) ? both : { ...both, both: false }, stepOf(model));
}

function toggleBoth(model: Model): Model {
  if (!pairOf(model)) return model;
  const step = stepOf(model);
  const next: Model = { ...model, both: !model.both };
  return moveTo(next, positionOf(next, step));
}

/** Playing from the end starts over. */
function togglePlay(model: Model): Model {
  if (model.playing || length(model) === 0) return { ...model, playing: false };
  return { ...model, playing: true, step: model.step >= length(model) ? 0 : model.step };
}

function tick(model: Model): Model {
  if (!model.playing) return model;
  const moved = moveTo(model, model.step + 1);
  return { ...moved, playing: moved.step < length(moved) };
}

function speedBeside(model: Model, direction: 1 | -1): Speed {
  return speeds[speeds.indexOf(model.speed) + direction] ?? model.speed;
}

function stepOfAgent(model: Model, direction: 1 | -1): number | null {
  const side = shownSide(model);
  const at = stepOf(model);
  const agent = side && stepAt(side, at)?.agent;
  if (!side) return null;
  if (agent === undefined || agent === null) return at + direction;
  for (let step = at + direction; step >= 1 && step <= side.steps.length; step += direction) {
    if (side.steps[step - 1]?.agent === agent) return step;
  }
  return null;
}

function changeOfPage(model: Model, direction: 1 | -1): number | null {
  const side = shownSide(model);
  if (!side) return null;
  for (let step = stepOf(model) + direction; step >= 1 && step <= side.steps.length; step += direction) {
    const to = stateAt(side, step).pages[model.page];
    if (to && changedFields(stateAt(side, step - 1).pages[model.page], to).size > 0) return step;
  }
  return null;
}

/** The next step that runs a line, from here on and then from the beginning; null where none does. */
function stepOnLine(model: Model, file: string, line: number): number | null {
  const side = shownSide(model);
  if (!side) return null;
  const steps = side.steps.flatMap(({ place }, i) => (place?.file === file && place.line === line ? [i + 1] : []));
  const at = stepOf(model);
  return steps.find((step) => step > at) ?? steps[0] ?? null;
}

function leave(model: Model): Model {
  const { exploration } = model;
  const from = exploration && model.replay?.[exploration.from];
  if (!exploration || !from) return model;
  const own = exploration.way.choices;
  // As far as both ways are the same.
  const shared = from.choices.findIndex((choice, i) => choice !== own[i]);
  const until = shared < 0 ? from.choices.length : shared;
  const step = from.steps.filter(({ taken }) => taken <= until).length;
  const back: Model = {
    ...model,
    exploration: null,
    edit: null,
    asked: null,
    problem: '',
    way: exploration.from,
    both: false,
  };
  return moveTo({ ...back, open: new Set() }, step);
}

function clampPage(model: Model, page: number): number {
  const last = (shownSide(model)?.pages.length ?? 1) - 1;
  return Math.min(Math.max(Math.trunc(page) || 0, 0), Math.max(last, 0));
}

function unreachable(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}

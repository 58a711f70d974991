// SPDX-License-Identifier: MIT
/** What the replay view knows and how an event changes it. No DOM here: the same model can drive a text view. */

import type { ReplayChoice, ShowReplay, ToReplay } from '../../src/extension/replayMessages';
import type { PageCell, Replay, ReplaySide, ReplayState, ReplayStep, Side } from '../../src/review/types';

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
  readonly side: Side;
  /** How many steps have run: 0 is the start of the story. */
  readonly step: number;
  readonly playing: boolean;
  readonly speed: Speed;
  readonly follow: boolean;
  readonly stale: boolean;
  /** Shown instead of a replay: work going on, or why there is nothing. */
  readonly message: { readonly text: string; readonly busy: boolean } | null;
}

export type Event =
  | { readonly type: 'host'; readonly message: ToReplay }
  | { readonly type: 'seek'; readonly step: number }
  | { readonly type: 'forward' | 'back' | 'first' | 'last' | 'fatal' | 'tick' }
  /** The next or the previous step of the agent whose step is shown. */
  | { readonly type: 'sameAgent'; readonly direction: 1 | -1 }
  | { readonly type: 'side'; readonly side: Side }
  | { readonly type: 'togglePlay' }
  | { readonly type: 'speed'; readonly speed: Speed }
  | { readonly type: 'follow'; readonly on: boolean };

/** Before anything has arrived. */
export const initialModel: Model = {
  document: null,
  replay: null,
  choices: [],
  choice: '',
  verdict: '',
  tone: 'plain',
  facts: [],
  side: 'after',
  step: 0,
  playing: false,
  speed: 1,
  follow: true,
  stale: false,
  message: { text: 'Waiting for the editor…', busy: true },
};

/** The side that is shown, or null before there is one. */
export function shownSide(model: Model): ReplaySide | null {
  return model.replay?.[model.side] ?? null;
}

/** How many steps the shown side has. */
export function length(model: Model): number {
  return shownSide(model)?.steps.length ?? 0;
}

/** The state of the machine after `step` steps. */
export function stateAt(side: ReplaySide, step: number): ReplayState {
  return side.steps[step - 1]?.state ?? side.start;
}

/** The step that was executed last, or null at the start. */
export function stepAt(side: ReplaySide, step: number): ReplayStep | null {
  return side.steps[step - 1] ?? null;
}

/** The next model. Pure: the same model and event always give the same result. */
export function reduce(model: Model, event: Event): Model {
  switch (event.type) {
    case 'host':
      return receive(model, event.message);
    case 'seek':
      return moveTo(model, event.step);
    case 'forward':
      return moveTo(model, model.step + 1);
    case 'back':
      return moveTo(model, model.step - 1);
    case 'first':
      return moveTo(model, 0);
    case 'last':
    case 'fatal':
      return moveTo(model, length(model));
    case 'sameAgent':
      return moveTo(model, stepOfSameAgent(model, event.direction));
    case 'side':
      return model.replay?.[event.side] ? moveTo({ ...model, side: event.side }, model.step) : model;
    case 'togglePlay':
      return togglePlay(model);
    case 'tick':
      return tick(model);
    case 'speed':
      return { ...model, speed: event.speed };
    case 'follow':
      return { ...model, follow: event.on };
    default:
      return unreachable(event);
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
    side,
    follow: message.follow,
    stale: message.stale,
    message: null,
  };
  return moveTo(shown, message.step);
}

/** The side that tells most: with the patch if something goes wrong there, else the one where it does. */
export function defaultSide(replay: Replay): Side {
  if (replay.after?.fatal) return 'after';
  if (replay.before?.fatal) return 'before';
  return replay.after ? 'after' : 'before';
}

/** Any move ends playing; a number that cannot be a step becomes the nearest one. */
function moveTo(model: Model, step: number): Model {
  const target = Math.min(Math.max(Math.trunc(step) || 0, 0), length(model));
  return { ...model, step: target, playing: false };
}

/** Playing from the end starts over. */
function togglePlay(model: Model): Model {
  if (model.playing || length(model) === 0) return { ...model, playing: false };
  return { ...model, playing: true, step: model.step >= length(model) ? 0 : model.step };
}

function tick(model: Model): Model {
  if (!model.playing) return model;
  const step = Math.min(model.step + 1, length(model));
  return { ...model, step, playing: step < length(model) };
}

function stepOfSameAgent(model: Model, direction: 1 | -1): number {
  const side = shownSide(model);
  const agent = side && stepAt(side, model.step)?.agent;
  if (!side || agent === undefined) return model.step + direction;
  for (let step = model.step + direction; step >= 1 && step <= side.steps.length; step += direction) {
    if (side.steps[step - 1]?.agent === agent) return step;
  }
  return model.step;
}

/** The number (from 1) of the first step that the two sides do not share, or null where one of them is missing. */
export function firstDifference(replay: Replay): number | null {
  const { before, after } = replay;
  if (!before || !after) return null;
  const shared = Math.min(before.steps.length, after.steps.length);
  for (let i = 0; i < shared; i++) {
    const one = before.steps[i];
    const other = after.steps[i];
    if (one?.agent !== other?.agent || one?.text !== other?.text || one?.kind !== other?.kind) return i + 1;
  }
  return before.steps.length === after.steps.length ? null : shared + 1;
}

/** How a page is drawn; the letter says the same without colour. */
export type PageLook = 'private' | 'shared' | 'absent' | 'pending' | 'poisoned' | 'other';

/** What stands out most about a page, from the words of its cell. */
export function pageLook(cell: PageCell): PageLook {
  const words = `${cell.mapping} ${cell.host} ${cell.content}`.toLowerCase();
  if (/poison/.test(words)) return 'poisoned';
  if (/pending|blocked|unaccepted|not (accepted|validated)/.test(cell.host.toLowerCase())) return 'pending';
  if (/not present|unmapped|none/.test(cell.mapping.toLowerCase())) return 'absent';
  if (/shared|decrypted/.test(cell.mapping.toLowerCase())) return 'shared';
  if (/private|encrypted|normal|present|mapped/.test(cell.mapping.toLowerCase())) return 'private';
  return 'other';
}

export type PageField = 'mapping' | 'tlb' | 'host' | 'content';

/** Which fields of each page differ between two states; computed, so that a mark is never wrong or missing. */
export function changedFields(from: ReplayState, to: ReplayState): readonly ReadonlySet<PageField>[] {
  return to.pages.map((cell, i) => {
    const old = from.pages[i];
    const changed = new Set<PageField>();
    if (!old) return changed;
    if (old.mapping !== cell.mapping) changed.add('mapping');
    if (old.tlb.join() !== cell.tlb.join()) changed.add('tlb');
    if (old.host !== cell.host) changed.add('host');
    if (old.content !== cell.content) changed.add('content');
    return changed;
  });
}

export interface VariableRow {
  readonly name: string;
  readonly value: string;
  /** The value before this step where it was another one; empty where the variable is new. */
  readonly old: string | null;
  readonly changed: boolean;
}

/** The variables after a step, each with the value that the step replaced. */
export function variableRows(from: ReplayState, to: ReplayState): readonly VariableRow[] {
  const old = new Map(from.variables.map((variable) => [variable.name, variable.value]));
  return to.variables.map(({ name, value }) => {
    const previous = old.get(name) ?? null;
    const changed = from !== to && previous !== value;
    return { name, value, old: changed ? previous : null, changed };
  });
}

/** The statement of a step, and what the reviewer remarks on it in brackets behind it. */
export function splitText(text: string): { readonly statement: string; readonly remark: string } {
  const [, statement = text, remark = ''] = /^(.*\S)\s\s+\[(.*)\]$/.exec(text) ?? [];
  return { statement, remark };
}

/** What a screen reader says at a step: the important part first. */
export function announcement(model: Model): string {
  const side = shownSide(model);
  if (!side) return model.message?.text ?? '';
  const step = stepAt(side, model.step);
  if (!step) return `Start, ${side.steps.length} steps to come`;
  const agent = side.agents[step.agent]?.name ?? '';
  const fatal =
    side.fatal && model.step === side.steps.length ? `. Fatal, ${side.fatal.ruleId}: ${side.fatal.explanation}` : '';
  const what = step.kind === 'drain' ? `buffered store reaches memory, ${step.text}` : step.text;
  return `Step ${model.step} of ${side.steps.length}, ${agent}: ${what}${fatal}`;
}

function unreachable(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}

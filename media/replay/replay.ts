// SPDX-License-Identifier: MIT
/** Entry of the replay view: one model, one reducer, and elements that follow it. */

import { isToReplay } from '../../src/extension/replayMessages';
import type { Action } from '../../src/replay/actions';
import { stepAt } from '../../src/replay/look';
import {
  announcement,
  choicesUntil,
  codeSide,
  initialModel,
  type Model,
  shownSide,
  stepOf,
} from '../../src/replay/model';
import { type Event, reduce } from '../../src/replay/reduce';
import type { FromReplay, SavedReplay } from '../../src/replay/types';
import type { NextStep } from '../../src/review/types';
import { createCompare } from './compare';
import { createControls } from './controls';
import { element, setText, show } from './dom';
import { createExplore } from './explore';
import { createHeader } from './header';
import { createHelp } from './help';
import { actionOf } from './keys';
import { pictureMessage } from './paint';
import { createState } from './state';
import { createTimeline } from './timeline';

interface Editor {
  postMessage(message: FromReplay): void;
  setState(state: SavedReplay): void;
}
declare function acquireVsCodeApi(): Editor;

function start(editor: Editor): void {
  let model = initialModel;
  let timer: ReturnType<typeof setInterval> | undefined;
  let questions = 0;

  const post = (message: FromReplay): void => editor.postMessage(message);
  const live = element('output', { class: 'unseen', 'aria-live': 'polite' });
  const notice = element('p', { class: 'notice', role: 'status' });
  const help = createHelp();
  const header = createHeader({
    dispatch,
    choose: (id) => post({ type: 'choose', id }),
    rerun: () => post({ type: 'rerun' }),
    edit: (index) => question((id) => ({ type: 'edit', id, index })),
  });
  const controls = createControls({ dispatch, act });
  const shared = {
    seek: (step: number) => dispatch({ type: 'seek', step }),
    open: (place: Extract<FromReplay, { type: 'open' }>['place']) => post({ type: 'open', place }),
    fold: (step: number) => dispatch({ type: 'fold', step }),
    selectPage: (page: number) => dispatch({ type: 'page', page }),
  };
  const state = createState(shared);
  const explore = createExplore({
    take: takeNext,
    fromHere: () => ask(choicesUntil(model)),
    leave: () => dispatch({ type: 'leave' }),
  });
  const timeline = createTimeline(shared);
  const compare = createCompare({ ...shared, lead: (way) => dispatch({ type: 'way', way }) });
  const one = element(
    'div',
    { class: 'stage' },
    element('div', { class: 'state' }, state.now, explore.root, state.root),
    timeline.root,
  );
  const replay = element('div', { class: 'replay' }, header.root, controls.root, one);
  document.body.append(element('main', {}, notice, replay), live, help);

  function dispatch(event: Event): void {
    const before = model;
    model = reduce(before, event);
    if (model === before) return;
    render(before);
    keepTime(before);
    tell(before);
  }

  /** Does what a key, a button or a command of the editor means. */
  function act(action: Action): void {
    if (action === 'help') {
      help.showModal();
      return;
    }
    if (model.message) return;
    switch (action) {
      case 'explore':
        if (model.way === 'own') dispatch({ type: 'leave' });
        else ask(choicesUntil(model));
        return;
      case 'nextReplay':
      case 'previousReplay':
        chooseBeside(action === 'nextReplay' ? 1 : -1);
        return;
      case 'openLine':
        openLine();
        return;
      case 'showText':
        return post({ type: 'take', what: 'document' });
      case 'copyText':
        return post({ type: 'take', what: 'text' });
      case 'copyMarkdown':
        return post({ type: 'take', what: 'markdown' });
      case 'copyJson':
        return post({ type: 'take', what: 'json' });
      case 'copyLink':
        return post({ type: 'take', what: 'link' });
      case 'saveStepSvg':
        return save('step', 'svg');
      case 'saveStepPng':
        return save('step', 'png');
      case 'saveLanesSvg':
        return save('lanes', 'svg');
      case 'saveLanesPng':
        return save('lanes', 'png');
      case 'follow':
        dispatch({ type: 'move', move: 'follow' });
        return post({ type: 'follow', on: model.follow });
      default:
        dispatch({ type: 'move', move: action });
    }
  }

  function save(what: 'step' | 'lanes', format: 'svg' | 'png'): void {
    const message = pictureMessage(model, what, format);
    if (message) post(message);
  }

  function openLine(): void {
    const side = shownSide(model);
    const place = side && stepAt(side, stepOf(model))?.place;
    if (place) post({ type: 'open', place });
  }

  function chooseBeside(direction: 1 | -1): void {
    const at = model.choices.findIndex(({ id }) => id === model.choice);
    const next = model.choices[at + direction];
    if (next) post({ type: 'choose', id: next.id });
  }

  function ask(choices: readonly number[]): void {
    question((id) => ({ type: 'explore', id, side: codeSide(model), choices }));
  }

  /** Asks the engine something, one question at a time. */
  function question(message: (id: number) => FromReplay): void {
    if (model.stale || model.asked !== null) return;
    const id = ++questions;
    dispatch({ type: 'asked', id });
    post(message(id));
  }

  function takeNext(next: NextStep | undefined): void {
    const { exploration } = model;
    if (
      !next ||
      !exploration ||
      model.edit !== null ||
      model.way !== 'own' ||
      stepOf(model) < exploration.way.steps.length
    )
      return;
    ask([...exploration.way.choices, ...next.choices]);
  }

  function render(before: Model): void {
    const { message } = model;
    show(replay, message === null);
    show(notice, message !== null);
    setText(notice, message?.text ?? '');
    notice.classList.toggle('busy', message?.busy === true);
    document.body.classList.toggle('stale', model.stale);
    if (message) return;
    const isNew = model.replay !== before.replay || model.exploration !== before.exploration || before.message !== null;
    const rebuilt = isNew || model.both !== before.both || (model.way !== before.way && !model.both);
    header.update(model, before);
    controls.update(model);
    explore.update(model);
    // What is not shown is not there: its rows cost layout, and its labels would be read.
    if (model.both !== compare.root.isConnected)
      (model.both ? one : compare.root).replaceWith(model.both ? compare.root : one);
    const view = model.both ? compare : timeline;
    if (rebuilt || model.open !== before.open) view.rebuild(model);
    if (
      rebuilt ||
      model.step !== before.step ||
      model.page !== before.page ||
      model.open !== before.open ||
      model.way !== before.way
    ) {
      const side = shownSide(model);
      if (side && !model.both) state.update(side, model.step, model.page);
      view.move(model);
    }
    if (!model.playing) setText(live, announcement(model));
  }

  function keepTime(before: Model): void {
    if (model.playing === before.playing && model.speed === before.speed) return;
    clearInterval(timer);
    if (model.playing) timer = setInterval(() => dispatch({ type: 'tick' }), 1000 / model.speed);
  }

  /** Says in the editor and in the saved state where the view stands. */
  function tell(before: Model): void {
    if (model.message) return;
    const step = stepOf(model);
    const isSame = model.replay === before.replay && model.way === before.way && step === stepOf(before);
    if (isSame && model.exploration === before.exploration) return;
    editor.setState({ document: model.document, choice: model.choice, side: codeSide(model), step });
    post({ type: 'position', way: model.way, step });
  }

  window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (!isToReplay(data)) return;
    if (data.type === 'act') act(data.action);
    else dispatch({ type: 'host', message: data });
  });
  document.addEventListener('keydown', (event) => {
    if (help.open || event.defaultPrevented) return;
    const action = actionOf(event);
    if (action === null) return;
    event.preventDefault();
    if (typeof action === 'number') takeNext(model.exploration?.next[action - 1]);
    else act(action);
  });

  setText(notice, initialModel.message?.text ?? '');
  show(replay, false);
  post({ type: 'ready' });
}

start(acquireVsCodeApi());

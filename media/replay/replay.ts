// SPDX-License-Identifier: MIT
/** Entry of the replay view: one model, one reducer, and elements that follow it. */

import { type FromReplay, isToReplay, type SavedReplay } from '../../src/extension/replayMessages';
import { createControls } from './controls';
import { element, setText, show } from './dom';
import { createHeader } from './header';
import { createHelp, eventOfKey } from './keys';
import { createMachineView } from './machine';
import { announcement, type Event, initialModel, type Model, reduce } from './model';
import { createTimeline } from './timeline';

interface Editor {
  postMessage(message: FromReplay): void;
  setState(state: SavedReplay): void;
}
declare function acquireVsCodeApi(): Editor;

function start(editor: Editor): void {
  let model = initialModel;
  let timer: ReturnType<typeof setInterval> | undefined;

  const live = element('output', { class: 'unseen', 'aria-live': 'polite' });
  const notice = element('p', { class: 'notice', role: 'status' });
  const help = createHelp();
  const header = createHeader({
    dispatch,
    choose: (id) => editor.postMessage({ type: 'choose', id }),
    rerun: () => editor.postMessage({ type: 'rerun' }),
  });
  const controls = createControls({ dispatch, help: () => help.showModal() });
  const machine = createMachineView((place) => editor.postMessage({ type: 'open', place }));
  const timeline = createTimeline({
    seek: (step) => dispatch({ type: 'seek', step }),
    open: (place) => editor.postMessage({ type: 'open', place }),
  });
  const stage = element(
    'div',
    { class: 'stage' },
    element('div', { class: 'state' }, machine.now, machine.root),
    timeline.root,
  );
  const replay = element('div', { class: 'replay' }, header.root, controls.root, stage);
  document.body.append(element('main', {}, notice, replay), live, help);

  function dispatch(event: Event): void {
    const before = model;
    model = reduce(before, event);
    if (model === before) return;
    render(before);
    keepTime(before);
    tell(before, event);
  }

  function render(before: Model): void {
    const message = model.message;
    show(replay, message === null);
    show(notice, message !== null);
    setText(notice, message?.text ?? '');
    notice.classList.toggle('busy', message?.busy === true);
    document.body.classList.toggle('stale', model.stale);
    if (message) return;
    const rebuilt = model.replay !== before.replay || model.side !== before.side;
    header.update(model, before);
    controls.update(model);
    if (rebuilt) timeline.rebuild(model);
    if (rebuilt || model.step !== before.step || before.message) {
      machine.update(model);
      timeline.move(model);
    }
    if (!model.playing) setText(live, announcement(model));
  }

  function keepTime(before: Model): void {
    if (model.playing === before.playing && model.speed === before.speed) return;
    clearInterval(timer);
    if (model.playing) timer = setInterval(() => dispatch({ type: 'tick' }), 1000 / model.speed);
  }

  /** Says in the editor and in the saved state where the view stands. */
  function tell(before: Model, event: Event): void {
    if (model.message) return;
    const moved = model.replay !== before.replay || model.side !== before.side || model.step !== before.step;
    if (moved) {
      editor.setState({ document: model.document, choice: model.choice, side: model.side, step: model.step });
      editor.postMessage({ type: 'position', side: model.side, step: model.step });
    }
    if (event.type === 'follow') editor.postMessage({ type: 'follow', on: model.follow });
  }

  window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (isToReplay(data)) dispatch({ type: 'host', message: data });
  });
  document.addEventListener('keydown', (event) => {
    if (help.open || event.defaultPrevented) return;
    const action = eventOfKey(event, model);
    if (action === null) return;
    event.preventDefault();
    if (action === 'help') help.showModal();
    else dispatch(action);
  });

  setText(notice, initialModel.message?.text ?? '');
  show(replay, false);
  editor.postMessage({ type: 'ready' });
}

start(acquireVsCodeApi());

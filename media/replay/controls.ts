// SPDX-License-Identifier: MIT
/** The bar that moves through the steps. */

import type { Action } from '../../src/replay/actions';
import { length, type Model, type Speed, speeds } from '../../src/replay/model';
import type { Event } from '../../src/replay/reduce';
import { element, fill, type IconName, icon, setText, show } from './dom';
import { createTakeMenu } from './takeMenu';

interface Actions {
  dispatch(event: Event): void;
  act(action: Action): void;
}

export interface Controls {
  readonly root: HTMLElement;
  update(model: Model): void;
}

/** Makes the bar. */
export function createControls({ dispatch, act }: Actions): Controls {
  const button = (action: Action, name: IconName, label: string): HTMLButtonElement => {
    const made = element(
      'button',
      { type: 'button', title: label, 'aria-label': label, id: `go-${action}` },
      icon(name),
    );
    made.addEventListener('click', () => act(action));
    return made;
  };
  const first = button('first', 'first', 'Start (Home)');
  const back = button('back', 'back', 'Step back (Left)');
  const play = button('play', 'play', 'Play (Space)');
  const forward = button('forward', 'forward', 'Next step (Right)');
  const last = button('last', 'last', 'Last step (End)');
  const fatal = labelled(button('fatal', 'fatal', 'Fatal step (X)'), 'Fatal step');
  fatal.classList.add('danger');
  const explore = labelled(button('explore', 'explore', 'What else could run here (E)'), 'What else?');
  const follow = labelled(button('follow', 'follow', 'Follow the step in the editor (F)'), 'Follow');
  const slider = element('input', { type: 'range', min: '0', step: '1', 'aria-label': 'Step', id: 'scrub' });
  const count = element('span', { class: 'count' });
  const speed = element(
    'select',
    { 'aria-label': 'Speed', title: 'Speed (+, -)' },
    ...speeds.map((each) => element('option', { value: String(each) }, `${each}×`)),
  );
  const question = element('button', { type: 'button', title: 'Help (?)', 'aria-label': 'Help', id: 'go-help' }, '?');
  let playing: boolean | null = null;

  slider.addEventListener('input', () => dispatch({ type: 'seek', step: Number(slider.value) }));
  speed.addEventListener('change', () =>
    dispatch({ type: 'speed', speed: speeds.find((each) => String(each) === speed.value) ?? (1 satisfies Speed) }),
  );
  question.addEventListener('click', () => act('help'));

  const root = element(
    'div',
    { class: 'controls', role: 'toolbar', 'aria-label': 'Replay' },
    element('span', { class: 'buttons' }, first, back, play, forward, last),
    slider,
    count,
    element('span', { class: 'buttons' }, fatal, speed, explore, follow, createTakeMenu(act), question),
  );

  return {
    root,
    update(model) {
      const end = length(model);
      for (const each of [first, back]) setUsable(each, model.step > 0);
      for (const each of [forward, last]) setUsable(each, model.step < end);
      setUsable(play, end > 0);
      show(fatal, Boolean(model.replay?.before?.fatal ?? model.replay?.after?.fatal));
      slider.max = String(end);
      slider.value = String(model.step);
      const unit = model.both ? 'row' : 'step';
      slider.setAttribute('aria-valuetext', `${unit} ${model.step} of ${end}`);
      setText(count, `${model.step} / ${end}`);
      speed.value = String(model.speed);
      follow.setAttribute('aria-pressed', String(model.follow));
      explore.setAttribute('aria-pressed', String(model.way === 'own' && model.edit === null));
      show(explore, !model.stale && model.replay !== null);
      if (playing === model.playing) return;
      playing = model.playing;
      fill(play, icon(playing ? 'pause' : 'play'));
      play.title = playing ? 'Pause (Space)' : 'Play (Space)';
      play.setAttribute('aria-label', play.title);
    },
  };
}

function labelled(button: HTMLButtonElement, label: string): HTMLButtonElement {
  button.append(element('span', { class: 'label' }, label));
  return button;
}

/** A disabled button would swallow the keys pressed on it, so it only looks and says so. */
function setUsable(target: HTMLButtonElement, usable: boolean): void {
  target.setAttribute('aria-disabled', String(!usable));
}

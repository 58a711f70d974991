// SPDX-License-Identifier: MIT
/** The bar that moves through the steps. */

import { element, fill, type IconName, icon, setText, show } from './dom';
import { type Event, length, type Model, type Speed, shownSide, speeds } from './model';

interface Actions {
  dispatch(event: Event): void;
  help(): void;
}

export interface Controls {
  readonly root: HTMLElement;
  update(model: Model): void;
}

/** Makes the bar. */
export function createControls({ dispatch, help }: Actions): Controls {
  const first = button('first', 'Start (Home)', () => dispatch({ type: 'first' }));
  const back = button('back', 'Step back (Left)', () => dispatch({ type: 'back' }));
  const play = button('play', 'Play (Space)', () => dispatch({ type: 'togglePlay' }));
  const forward = button('forward', 'Next step (Right)', () => dispatch({ type: 'forward' }));
  const last = button('last', 'Last step (End)', () => dispatch({ type: 'last' }));
  const fatal = button('fatal', 'Fatal step (X)', () => dispatch({ type: 'fatal' }));
  fatal.classList.add('danger');
  fatal.append(element('span', { class: 'label' }, 'Fatal step'));
  const slider = element('input', { type: 'range', min: '0', step: '1', 'aria-label': 'Step', id: 'scrub' });
  const count = element('span', { class: 'count' });
  const speed = element(
    'select',
    { 'aria-label': 'Speed', title: 'Speed' },
    ...speeds.map((each) => element('option', { value: String(each) }, `${each}×`)),
  );
  const follow = button('follow', 'Follow the step in the editor (F)', () => undefined);
  follow.append(element('span', { class: 'label' }, 'Follow'));
  const question = element('button', { type: 'button', title: 'Keys (?)', 'aria-label': 'Keys' }, '?');
  let shown: Model | null = null;
  let playing: boolean | null = null;

  slider.addEventListener('input', () => dispatch({ type: 'seek', step: Number(slider.value) }));
  speed.addEventListener('change', () =>
    dispatch({ type: 'speed', speed: speeds.find((each) => String(each) === speed.value) ?? (1 satisfies Speed) }),
  );
  follow.addEventListener('click', () => dispatch({ type: 'follow', on: !(shown?.follow ?? true) }));
  question.addEventListener('click', help);

  const root = element(
    'div',
    { class: 'controls', role: 'toolbar', 'aria-label': 'Replay' },
    element('span', { class: 'buttons' }, first, back, play, forward, last),
    slider,
    count,
    element('span', { class: 'buttons' }, fatal, speed, follow, question),
  );

  return {
    root,
    update(model) {
      shown = model;
      const end = length(model);
      for (const each of [first, back]) setUsable(each, model.step > 0);
      for (const each of [forward, last, fatal]) setUsable(each, model.step < end);
      setUsable(play, end > 0);
      show(fatal, Boolean(shownSide(model)?.fatal));
      slider.max = String(end);
      slider.value = String(model.step);
      slider.setAttribute('aria-valuetext', `step ${model.step} of ${end}`);
      setText(count, `${model.step} / ${end}`);
      speed.value = String(model.speed);
      follow.setAttribute('aria-pressed', String(model.follow));
      if (playing === model.playing) return;
      playing = model.playing;
      fill(play, icon(playing ? 'pause' : 'play'));
      play.title = playing ? 'Pause (Space)' : 'Play (Space)';
      play.setAttribute('aria-label', play.title);
    },
  };
}

function button(name: IconName, label: string, run: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button', title: label, 'aria-label': label, id: `go-${name}` }, icon(name));
  made.addEventListener('click', run);
  return made;
}

/** A disabled button would swallow the keys pressed on it, so it only looks and says so. */
function setUsable(target: HTMLButtonElement, usable: boolean): void {
  target.setAttribute('aria-disabled', String(!usable));
}

// SPDX-License-Identifier: MIT
/** Owners of things that must be let go. */

/** As VS Code's, for files that do not know it. */
export interface Disposable {
  dispose(): void;
}

/** Lets go of everything it was given, last first; what comes too late is let go at once. */
export class Disposables implements Disposable {
  #held: Disposable[] | null = [];

  /** Keeps `one` until this is disposed, and gives it back. */
  add<T extends Disposable>(one: T): T {
    if (this.#held) this.#held.push(one);
    else one.dispose();
    return one;
  }

  dispose(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const one of held.reverse()) one.dispose();
  }
}

/** Holds one thing; a new one lets go of the old. */
export class Slot<T extends Disposable> implements Disposable {
  #value: T | null = null;

  get value(): T | null {
    return this.#value;
  }

  set value(next: T | null) {
    if (next === this.#value) return;
    const old = this.#value;
    this.#value = next;
    old?.dispose();
  }

  dispose(): void {
    this.value = null;
  }
}

/** Runs something later, once, unless the timer is let go of before. */
export function after(milliseconds: number, run: () => void): Disposable {
  const timer = setTimeout(run, milliseconds);
  return { dispose: () => clearTimeout(timer) };
}

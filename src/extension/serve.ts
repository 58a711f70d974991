// SPDX-License-Identifier: MIT
/** The worker's side: one piece of work after the other, and an ear for what arrives meanwhile. */

import type { Hooks, Reviewer } from '../review/types';
import { messageOf } from './guard';
import { type Call, type FromWorker, isToWorker } from './protocol';

/** The worker's end of the line. */
export interface Port {
  post(message: FromWorker): void;
  listen(receive: (data: unknown) => void): void;
}

/** What the engine cannot read itself: the C parser's runtime and grammar. */
export interface Wasm {
  readonly runtimeWasm: Uint8Array;
  readonly grammarWasm: Uint8Array;
}

/** Answers what comes through the port. `pause` must let the port's messages arrive. */
export function serve(port: Port, create: (wasm: Wasm) => Promise<Reviewer>, pause: () => Promise<void>): void {
  let reviewer: Promise<Reviewer> = Promise.reject(new Error('The engine was asked before it was started.'));
  reviewer.catch(() => undefined);
  let last: Promise<void> = Promise.resolve();
  /** Asked and not yet answered; true once cancelled. */
  const open = new Map<number, boolean>();

  async function work(id: number, call: Call): Promise<void> {
    if (!open.has(id)) return;
    const hooks: Hooks = {
      progress: (progress) => port.post({ type: 'progress', id, progress }),
      cancelled: () => open.get(id) ?? true,
      pause,
    };
    try {
      const value = await run(await reviewer, call, hooks);
      port.post({ type: 'answer', id, value });
    } catch (error) {
      port.post({ type: 'failure', id, message: messageOf(error) });
    } finally {
      open.delete(id);
    }
  }

  port.listen((data) => {
    if (!isToWorker(data)) return;
    switch (data.type) {
      case 'start':
        reviewer = create(data);
        // Whoever asks is told.
        reviewer.catch(() => undefined);
        return;
      case 'ask': {
        const { id, call } = data;
        open.set(id, false);
        last = last.then(() => work(id, call));
        return;
      }
      case 'cancel':
        if (open.has(data.id)) open.set(data.id, true);
        return;
    }
  });
}

function run(reviewer: Reviewer, call: Call, hooks: Hooks): unknown {
  switch (call.name) {
    case 'review':
      return reviewer.review(call.text, call.options, hooks);
    case 'simulate':
      return reviewer.simulate(call.scenario, hooks);
    case 'scenarios':
      return reviewer.scenarios();
    case 'source':
      return reviewer.source(call.file);
    case 'simulated':
      return reviewer.simulated(call.text);
  }
}

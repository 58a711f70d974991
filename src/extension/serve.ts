// SPDX-License-Identifier: MIT
/** The worker's side: one piece of work after the other, and an ear for what arrives meanwhile. */

import type { Hooks, Reviewer } from '../review/types';
import type { TreeEntry, TreeFiles } from '../tree/treeFiles';
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
export function serve(
  port: Port,
  create: (wasm: Wasm, treeFiles: (tree: string) => TreeFiles) => Promise<Reviewer>,
  pause: () => Promise<void>,
): void {
  let reviewer: Promise<Reviewer> = Promise.reject(new Error('The engine was asked before it was started.'));
  reviewer.catch(() => undefined);
  let last: Promise<void> = Promise.resolve();
  /** Asked and not yet answered; true once cancelled. */
  const open = new Map<number, boolean>();
  /** Woken when something is cancelled. */
  const sleepers = new Set<() => void>();
  /** What was asked of the editor about kernel trees. */
  const wishes = new Map<number, (answer: string | null | readonly TreeEntry[]) => void>();
  let nextWish = 1;

  function wish(what: 'file' | 'folder', tree: string, path: string): Promise<string | null | readonly TreeEntry[]> {
    const id = nextWish++;
    return new Promise((resolve) => {
      wishes.set(id, resolve);
      port.post({ type: 'wish', id, what, tree, path });
    });
  }

  const treeFiles = (tree: string): TreeFiles => ({
    read: async (path) => {
      const text = await wish('file', tree, path);
      return typeof text === 'string' ? text : null;
    },
    list: async (folder) => {
      const entries = await wish('folder', tree, folder);
      return typeof entries === 'string' || entries === null ? [] : entries;
    },
  });

  function answer(id: number, value: string | null | readonly TreeEntry[]): void {
    wishes.get(id)?.(value);
    wishes.delete(id);
  }

  /** Waits until no other work is before that of `id`, or that is cancelled. */
  async function idle(id: number): Promise<void> {
    await pause();
    for (let before: unknown = null; before !== last && open.get(id) === false; ) {
      before = last;
      let wake = (): void => {};
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      sleepers.add(wake);
      await Promise.race([last, woken]);
      sleepers.delete(wake);
    }
  }

  async function work(id: number, call: Call): Promise<void> {
    if (!open.has(id)) return;
    const hooks: Hooks = {
      progress: (progress) => port.post({ type: 'progress', id, progress }),
      stage: (stage) => port.post({ type: 'stage', id, stage }),
      cancelled: () => open.get(id) ?? true,
      pause: call.name === 'indexTree' ? () => idle(id) : pause,
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
        reviewer = create(data, treeFiles);
        // Whoever asks is told.
        reviewer.catch(() => undefined);
        return;
      case 'ask': {
        const { id, call } = data;
        open.set(id, false);
        // The index of a whole tree is made beside what else is asked for.
        if (call.name === 'indexTree') void work(id, call);
        else last = last.then(() => work(id, call));
        return;
      }
      case 'userFiles':
        // What was asked before is answered with the files of then.
        last = last.then(async () => (await reviewer).useFiles(data.files)).catch(() => undefined);
        return;
      case 'cancel':
        if (open.has(data.id)) open.set(data.id, true);
        for (const wake of sleepers) wake();
        return;
      case 'file':
        answer(data.id, data.value);
        return;
      case 'folder':
        answer(data.id, data.entries);
        return;
      case 'treeChanged':
        reviewer.then((live) => live.treeChanged(data.tree, data.paths)).catch(() => undefined);
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
    case 'fileNotices':
      return reviewer.fileNotices();
    case 'indexTree':
      return reviewer.indexTree(call.tree, hooks);
    case 'explore':
      return reviewer.explore(call, hooks);
    case 'reply':
      return reviewer.reply(call.text, call.findings);
    case 'compare':
      return reviewer.compare(call.one, call.other);
    case 'source':
      return reviewer.source(call.file);
    case 'simulated':
      return reviewer.simulated(call.text, call.tree);
  }
}

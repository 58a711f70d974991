// SPDX-License-Identifier: MIT
/** The extension's side of the engine: asks, waits, cancels, and starts a new worker where one has died. */

import type {
  Exploration,
  ExploreRequest,
  Finding,
  Notice,
  Progress,
  Review,
  ReviewedText,
  ReviewOptions,
  ScenarioInfo,
  ScenarioRun,
  Stage,
  TreeIndex,
  UserFile,
} from '../review/types';

import type { TreeFiles } from '../tree/treeFiles';
import { after, type Disposable, Disposables } from './dispose';
import { messageOf } from './guard';
import {
  answers,
  type Call,
  type CallName,
  type Calls,
  type FromWorker,
  isFromWorker,
  type ToWorker,
} from './protocol';

/** A worker as this client sees it, whatever it runs in. */
export interface EngineWorker extends Disposable {
  post(message: ToWorker): void;
  onMessage(listen: (data: unknown) => void): void;
  onDeath(listen: (why: string) => void): void;
}

/** How a call may be watched and ended. */
export interface Watch {
  readonly signal?: AbortSignal;
  readonly progress?: (progress: Progress) => void;
  /** Of a review: what is known before it is done. */
  readonly stage?: (stage: Stage) => void;
}

/** What can be asked of the engine. */
export interface ReviewClient extends Disposable {
  review(text: string, options: ReviewOptions, watch?: Watch): Promise<Review>;
  simulate(scenario: string, watch?: Watch): Promise<ScenarioRun>;
  scenarios(): Promise<readonly ScenarioInfo[]>;
  /** What is to be said of the user's own files. */
  fileNotices(): Promise<readonly Notice[]>;
  /** What may happen after some choices of a run. */
  explore(request: ExploreRequest, watch?: Watch): Promise<Exploration>;
  /** The findings as a reply to the mail that they were found in. */
  reply(text: string, findings: readonly Finding[]): Promise<string>;
  /** Two versions of a series beside each other; null where one document is given and it has one version only. */
  compare(one: ReviewedText, other: ReviewedText | null): Promise<string | null>;
  source(file: string): Promise<string | null>;
  simulated(text: string, tree?: string, watch?: Watch): Promise<{ readonly before: string; readonly after: string }>;
  /** Indexes all of a kernel tree, beside everything else; null where there is nothing to do. */
  indexTree(tree: string, watch?: Watch): Promise<TreeIndex | null>;
  /** Says that files of a kernel tree are not as they were. Starts nothing. */
  treeChanged(tree: string, paths: readonly string[]): void;
}

/** The caller ended it. */
export class Cancelled extends Error {
  constructor() {
    super('Cancelled.');
  }
}

/** The worker died or does not answer; the next call starts another one. */
export class EngineStopped extends Error {
  constructor(why: string) {
    super(`The simulation engine stopped: ${why.replace(/\.$/, '')}. It starts again with the next run.`);
  }
}

/** The user's files of a worker that was given none. */
const none: readonly UserFile[] = [];

/** How long a cancelled call may go on in the worker before the worker is given up: states are compared in one go. */
const usualPatienceMs = 10_000;

interface Pending {
  readonly name: CallName;
  readonly watch: Watch;
  settle(result: { readonly value: unknown } | { readonly error: Error }): void;
}

/** The worker was given up for another call's sake: the call is to be asked of the next one. */
class AskAgain extends Error {}

/**
 * Makes a client.
 * @param start gives a worker that has been told to start, and is called on first use
 * @param treeFiles the files of a kernel tree, which the worker cannot read itself
 * @param userFiles the user's own models and scenarios as they are now; another array where they have changed
 * @param patienceMs how long a worker may go on with a cancelled call before another takes its place
 */
export function createReviewClient(
  start: () => Promise<EngineWorker>,
  treeFiles: (tree: string) => TreeFiles,
  userFiles: () => Promise<readonly UserFile[]>,
  patienceMs = usualPatienceMs,
): ReviewClient {
  const pending = new Map<number, Pending>();
  /** Cancelled calls that the worker has not yet let go of. */
  const leaving = new Map<number, Disposable>();
  let worker: Promise<EngineWorker> | null = null;
  /** Why a worker is of no use any more. */
  const ended = new WeakMap<EngineWorker, string>();
  /** The user's files that a worker has. */
  const given = new WeakMap<EngineWorker, readonly UserFile[]>();
  let nextId = 1;
  let disposed = false;

  /** @param error what the calls get that are still open */
  function stop(why: string, error: Error = new EngineStopped(why)): void {
    const old = worker;
    worker = null;
    old
      ?.then((live) => {
        ended.set(live, why);
        live.dispose();
      })
      .catch(() => undefined);
    for (const timer of leaving.values()) timer.dispose();
    leaving.clear();
    const lost = [...pending.values()];
    pending.clear();
    for (const call of lost) call.settle({ error });
  }

  /** Reads of a kernel tree what the worker asks for. */
  async function provide(wish: Extract<FromWorker, { readonly type: 'wish' }>, live: EngineWorker): Promise<void> {
    const { id, tree, path } = wish;
    const files = treeFiles(tree);
    // A patch may name any file: only those in the tree are read.
    const isInside = !path.split('/').includes('..');
    if (wish.what === 'file') {
      const value = isInside ? await files.read(path).catch(() => null) : null;
      if (!ended.has(live)) live.post({ type: 'file', id, value });
    } else {
      const entries = isInside ? await files.list(path).catch(() => []) : [];
      if (!ended.has(live)) live.post({ type: 'folder', id, entries });
    }
  }

  function receive(data: unknown, live: EngineWorker): void {
    if (!isFromWorker(data)) return;
    if (data.type === 'wish') {
      void provide(data, live);
      return;
    }
    const call = pending.get(data.id);
    if (data.type === 'progress') {
      call?.watch.progress?.(data.progress);
      return;
    }
    if (data.type === 'stage') {
      call?.watch.stage?.(data.stage);
      return;
    }
    leaving.get(data.id)?.dispose();
    leaving.delete(data.id);
    pending.delete(data.id);
    if (!call) return;
    if (data.type === 'failure') call.settle({ error: new Error(data.message) });
    else if (answers[call.name](data.value)) call.settle({ value: data.value });
    else call.settle({ error: new Error(`The engine gave an answer to “${call.name}” that cannot be read.`) });
  }

  function started(): Promise<EngineWorker> {
    worker ??= start().then((live) => {
      live.onMessage((data) => receive(data, live));
      live.onDeath((why) => {
        ended.set(live, why);
        // An old worker's end is no news.
        void worker?.then((current) => current === live && stop(why));
      });
      return live;
    });
    return worker;
  }

  function cancel(id: number, live: EngineWorker): void {
    live.post({ type: 'cancel', id });
    leaving.set(
      id,
      after(patienceMs, () => stop('it did not let go of a cancelled run', new AskAgain())),
    );
  }

  async function ask<K extends CallName>(
    name: K,
    asked: Calls[K]['ask'],
    watch: Watch = {},
  ): Promise<Calls[K]['give']> {
    for (;;) {
      try {
        return await askOnce(name, asked, watch);
      } catch (error) {
        if (!(error instanceof AskAgain)) throw error;
      }
    }
  }

  async function askOnce<K extends CallName>(name: K, asked: Calls[K]['ask'], watch: Watch): Promise<Calls[K]['give']> {
    const files = await userFiles();
    if (disposed) throw new EngineStopped('the extension was switched off');
    watch.signal?.throwIfAborted();
    const live = await started().catch((error: unknown) => {
      worker = null;
      throw new EngineStopped(messageOf(error));
    });
    const why = ended.get(live);
    if (why !== undefined) throw new EngineStopped(why);
    const known = given.get(live) ?? none;
    if (files !== known && files.length + known.length > 0) {
      given.set(live, files);
      live.post({ type: 'userFiles', files });
    }
    const id = nextId++;
    const own = new Disposables();
    try {
      return await new Promise<Calls[K]['give']>((resolve, reject) => {
        pending.set(id, {
          name,
          watch,
          // The guard of this name has seen the value.
          settle: (result) => ('error' in result ? reject(result.error) : resolve(result.value as Calls[K]['give'])),
        });
        const abort = (): void => {
          if (!pending.delete(id)) return;
          cancel(id, live);
          reject(new Cancelled());
        };
        watch.signal?.addEventListener('abort', abort);
        own.add({ dispose: () => watch.signal?.removeEventListener('abort', abort) });
        live.post({ type: 'ask', id, call: { name, ...asked } as Call });
        if (watch.signal?.aborted) abort();
      });
    } finally {
      own.dispose();
    }
  }

  return {
    review: (text, options, watch) => ask('review', { text, options }, watch),
    simulate: (scenario, watch) => ask('simulate', { scenario }, watch),
    scenarios: () => ask('scenarios', {}),
    fileNotices: () => ask('fileNotices', {}),
    explore: (request, watch) => ask('explore', request, watch),
    source: (file) => ask('source', { file }),
    reply: (text, findings) => ask('reply', { text, findings }),
    compare: (one, other) => ask('compare', { one, other }),
    simulated: (text, tree, watch) => ask('simulated', { text, ...(tree === undefined ? {} : { tree }) }, watch),
    indexTree: (tree, watch) => ask('indexTree', { tree }, watch),
    treeChanged: (tree, paths) => {
      worker
        ?.then((live) => {
          if (!ended.has(live)) live.post({ type: 'treeChanged', tree, paths });
        })
        .catch(() => undefined);
    },
    dispose: () => {
      disposed = true;
      stop('the extension was switched off');
    },
  };
}

// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import {
  Cancelled,
  createReviewClient,
  EngineStopped,
  type EngineWorker,
  type ReviewClient,
} from '../../src/extension/reviewClient';
import { serve } from '../../src/extension/serve';
import type { Reviewer, Stage, UserFile } from '../../src/review/types';
import type { TreeFiles } from '../../src/tree/treeFiles';
import { line } from '../replay/fixture';
import { filesOf } from '../support/smallTree';
import { createFakeReviewer, finding, review as reviewOf } from './fakeReviewer';

const all = { scenarios: [], budgetMs: 1000 };
const trees: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'file:///tree': { 'mm/a.c': 'int a;\n', 'mm/sub/b.c': 'int b;\n', '../secret.c': 'int secret;\n' },
};

/** A worker in this very thread: the same messages through a real port. */
function inThread(create: (treeFiles: (tree: string) => TreeFiles) => Promise<Reviewer>): {
  worker: EngineWorker;
  die(why: string): void;
  ports: MessagePort[];
} {
  const { port1, port2 } = new MessageChannel();
  const deaths: ((why: string) => void)[] = [];
  let alive = true;
  // What runs in a worker that is ended never goes on.
  const pause = (): Promise<void> => new Promise((resolve) => void (alive && setImmediate(resolve)));
  serve(
    { post: (message) => port2.postMessage(message), listen: (receive) => void port2.on('message', receive) },
    (_wasm, treeFiles) => create(treeFiles),
    pause,
  );
  const worker: EngineWorker = {
    post: (message) => port1.postMessage(message),
    onMessage: (listen) => void port1.on('message', listen),
    onDeath: (listen) => void deaths.push(listen),
    dispose: () => {
      alive = false;
      port1.close();
    },
  };
  worker.post({ type: 'start', runtimeWasm: new Uint8Array(), grammarWasm: new Uint8Array() });
  return { worker, die: (why) => deaths.forEach((listen) => void listen(why)), ports: [port1, port2] };
}

describe('the client of the engine', () => {
  let started: ReturnType<typeof inThread>[];
  let client: ReviewClient;
  let create: (treeFiles: (tree: string) => TreeFiles) => Promise<Reviewer>;
  let own: readonly UserFile[];

  beforeEach(() => {
    started = [];
    own = [];
    create = async () => createFakeReviewer();
    client = createReviewClient(
      async () => {
        const one = inThread((treeFiles) => create(treeFiles));
        started.push(one);
        return one.worker;
      },
      (tree) => filesOf(trees[tree] ?? {}),
      async () => own,
    );
  });
  afterEach(() => {
    client.dispose();
    for (const { ports } of started) for (const port of ports) port.close();
  });

  it('starts nothing before it is asked, and one worker for all that is asked', async () => {
    assert.equal(started.length, 0);
    const [review, source] = await Promise.all([client.review('', all), client.source('models/tdx.c')]);
    assert.equal(review.applied, true);
    assert.equal(source, 'int x;\n');
    assert.equal(started.length, 1);
  });

  it('reads files of a kernel tree for the worker, and none beside it', async () => {
    create = async (treeFiles) => ({
      ...createFakeReviewer(),
      simulated: async (path, tree = '') => {
        const files = treeFiles(tree);
        const names = await files.list(path.replace(/\/[^/]*$/, ''));
        return { before: JSON.stringify(names), after: String(await files.read(path)) };
      },
    });
    assert.deepEqual(await client.simulated('mm/a.c', 'file:///tree'), {
      before: '[{"name":"a.c","isFolder":false},{"name":"sub","isFolder":true}]',
      after: 'int a;\n',
    });
    assert.equal((await client.simulated('mm/none.c', 'file:///tree')).after, 'null');
    assert.equal((await client.simulated('../secret.c', 'file:///tree')).after, 'null');
    assert.equal((await client.simulated('mm/a.c', 'file:///other')).after, 'null');
  });

  it('tells the worker which files of a tree have changed, and starts none for it', async () => {
    const told: (readonly [string, readonly string[]])[] = [];
    create = async () => ({
      ...createFakeReviewer(),
      treeChanged: (tree, paths) => void told.push([tree, paths]),
    });
    client.treeChanged('file:///tree', ['mm/a.c']);
    assert.equal(started.length, 0);
    await client.scenarios();
    client.treeChanged('file:///tree', ['mm/a.c', 'mm/b.c']);
    await client.scenarios();
    assert.deepEqual(told, [['file:///tree', ['mm/a.c', 'mm/b.c']]]);
  });

  it('gives every worker the user’s files as they are, once, before what is asked', async () => {
    let times = 0;
    create = async () => {
      const fake = createFakeReviewer();
      return {
        ...fake,
        useFiles: (files) => {
          times++;
          fake.useFiles(files);
        },
      };
    };
    const names = async (): Promise<string[]> => (await client.fileNotices()).map(({ message }) => message);
    const file = (name: string): UserFile => ({ kind: 'model', name, text: 'int x;\n' });
    assert.deepEqual([await names(), times], [[], 0]);
    own = [file('a.c'), file('b.c')];
    assert.deepEqual([await names(), await names(), times], [['a.c', 'b.c'], ['a.c', 'b.c'], 1]);
    own = [file('b.c')];
    assert.deepEqual([await names(), times], [['b.c'], 2]);
    started[0]?.die('out of memory');
    await new Promise((resolve) => setTimeout(resolve, 0));
    assert.deepEqual([await names(), times, started.length], [['b.c'], 3, 2]);
    own = [];
    assert.deepEqual([await names(), times], [[], 4]);
  });

  it('answers what was asked before the files changed with those of then', async () => {
    own = [{ kind: 'scenario', name: 'old.c', text: null }];
    const before = client.fileNotices();
    await new Promise((resolve) => setImmediate(resolve));
    own = [{ kind: 'scenario', name: 'new.c', text: null }];
    const after = client.fileNotices();
    assert.deepEqual(
      (await Promise.all([before, after])).map(([first]) => first?.message),
      ['old.c', 'new.c'],
    );
  });

  it('hands over what is asked', async () => {
    const review = await client.review('', { scenarios: ['a', 'b'], budgetMs: 5 });
    assert.deepEqual(
      review.runs.map((run) => run.scenario),
      ['a', 'b'],
    );
    assert.equal((await client.simulate('guest-kexec')).scenario, 'guest-kexec');
    assert.deepEqual(await client.simulated('text'), { before: '', after: 'text' });
    assert.equal(await client.source('models/none.c'), null);
  });

  it('tells the stages of a review before its answer, and nothing of one that cannot be read', async () => {
    const early = finding({ provisional: true });
    const edit = { place: line(47), text: ' smp_mb();' };
    const whatIf = { kind: 'barrier', text: 'smp_mb()', place: line(47), edits: [edit], portable: 'yes' } as const;
    const whole = reviewOf({ findings: [finding({ whatIfs: [whatIf] })] });
    create = async () => ({
      ...createFakeReviewer(),
      review: async (_text, _options, hooks) => {
        hooks.stage?.({ kind: 'findings', findings: [early] });
        hooks.stage?.({ kind: 'findings', findings: 'none' } as unknown as Stage);
        hooks.stage?.({ kind: 'review', review: { ...whole, findings: [finding()] } });
        return whole;
      },
    });
    const stages: Stage[] = [];
    assert.deepEqual(await client.review('', all, { stage: (stage) => stages.push(stage) }), whole);
    assert.deepEqual(stages, [
      { kind: 'findings', findings: [early] },
      { kind: 'review', review: { ...whole, findings: [finding()] } },
    ]);
  });

  it('cancels within 100 ms, and the worker is free again', async () => {
    const abort = new AbortController();
    const seen: string[] = [];
    const slow = client.review('slow', all, { signal: abort.signal, progress: ({ message }) => seen.push(message) });
    while (seen.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    const start = performance.now();
    abort.abort();
    await assert.rejects(slow, Cancelled);
    assert.ok(performance.now() - start < 100);
    await client.review('', all);
    assert.ok(performance.now() - start < 500);
    assert.equal(started.length, 1);
  });

  it('cancels what is still waiting for its turn', async () => {
    const first = new AbortController();
    const second = new AbortController();
    const slow = client.review('slow', all, { signal: first.signal });
    const waiting = client.review('slow', all, { signal: second.signal });
    await new Promise((resolve) => setTimeout(resolve, 30));
    second.abort();
    await assert.rejects(waiting, Cancelled);
    first.abort();
    await assert.rejects(slow, Cancelled);
    await client.review('', all);
  });

  it('asks nothing where it is cancelled beforehand', async () => {
    await assert.rejects(client.review('', all, { signal: AbortSignal.abort() }), { name: 'AbortError' });
    assert.equal(started.length, 0);
  });

  it('tells what went wrong, and goes on', async () => {
    await assert.rejects(client.review('broken', all), /no such thing/);
    await assert.rejects(client.review('odd', all), /cannot be read/);
    await client.review('', all);
    assert.equal(started.length, 1);
  });

  it('tells that the engine could not be made, and tries again', async () => {
    create = async () => {
      throw new Error('the grammar is damaged');
    };
    await assert.rejects(client.review('', all), /the grammar is damaged/);
  });

  it('tells that the worker died, and starts a fresh one', async () => {
    const slow = client.review('slow', all);
    await new Promise((resolve) => setTimeout(resolve, 30));
    started[0]?.die('out of memory');
    await assert.rejects(
      slow,
      (error: Error) => error instanceof EngineStopped && /out of memory.*starts again/.test(error.message),
    );
    await client.review('', all);
    assert.equal(started.length, 2);
  });

  it('gives up a worker that does not let go of a cancelled run, and asks the next one what was still open', async () => {
    create = async () => ({
      ...createFakeReviewer(),
      // Works on, whatever it is told; other calls wait for their turn behind it.
      review: async (text, options, hooks) =>
        started.length === 1 ? new Promise<never>(() => {}) : createFakeReviewer().review(text, options, hooks),
    });
    const hasty = createReviewClient(
      async () => {
        const one = inThread((treeFiles) => create(treeFiles));
        started.push(one);
        return one.worker;
      },
      () => filesOf({}),
      async () => own,
      50,
    );
    const abort = new AbortController();
    const stubborn = hasty.review('slow', all, { signal: abort.signal });
    const waiting = hasty.review('', { ...all, scenarios: ['guest-kexec'] });
    await new Promise((resolve) => setTimeout(resolve, 30));
    abort.abort();
    await assert.rejects(stubborn, Cancelled);
    assert.deepEqual(
      (await waiting).runs.map(({ scenario }) => scenario),
      ['guest-kexec'],
    );
    assert.equal(started.length, 2);
    hasty.dispose();
  });

  it('ends everything that is open when it is disposed', async () => {
    const slow = client.review('slow', all);
    await new Promise((resolve) => setTimeout(resolve, 30));
    client.dispose();
    await assert.rejects(slow, EngineStopped);
    await assert.rejects(client.review('', all), EngineStopped);
  });

  it('indexes a tree only while nothing else is asked for, and lets go of it at once', async () => {
    const order: string[] = [];
    create = async () => ({
      ...createFakeReviewer(),
      async indexTree(_tree, hooks) {
        for (let i = 0; !hooks.cancelled(); i++) {
          order.push('index');
          hooks.progress({ message: 'index', fraction: Math.min(1, i / 1000) });
          await hooks.pause();
        }
        order.push('end');
        return null;
      },
      async review(text, options, hooks) {
        order.push('review');
        for (let i = 0; i < 50; i++) await hooks.pause();
        if (text === 'slow') while (!hooks.cancelled()) await hooks.pause();
        order.push('reviewed');
        return createFakeReviewer().review('', options, hooks);
      },
    });
    const index = new AbortController();
    const indexed = client.indexTree('file:///tree', { signal: index.signal });
    await client.review('', all);
    const [from, to] = [order.indexOf('review'), order.indexOf('reviewed')];
    assert.ok(to - from <= 2, order.slice(from, to).join());
    // It goes on behind the review, and ends while another one is at work.
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(order.at(-1), 'index');
    const slow = new AbortController();
    const reviewed = client.review('slow', all, { signal: slow.signal });
    await new Promise((resolve) => setTimeout(resolve, 20));
    index.abort();
    await assert.rejects(indexed, Cancelled);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(order.at(-1), 'end');
    slow.abort();
    await assert.rejects(reviewed, Cancelled);
  });
});

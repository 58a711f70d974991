// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createReviewClient, EngineStopped } from '../../src/extension/reviewClient';
import { startWorker } from '../../src/extension/startWorker';
import { filesOf } from '../support/smallTree';

const asks = { scenarios: [], budgetMs: 1000 };
const good = `{ findings: [], hunks: [], runs: [], notices: [], patches: 0, applied: false, partial: false, undecided: [] }`;

describe('a thread of Node as the engine', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'kpr-worker-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function clientOf(name: string, text: string, delayMs = 0): ReturnType<typeof createReviewClient> {
    const fsPath = path.join(folder, name);
    writeFileSync(fsPath, text);
    return createReviewClient(
      async () => {
        const worker = await startWorker({ fsPath } as Parameters<typeof startWorker>[0]);
        await new Promise((resolve) => setTimeout(resolve, delayMs));
        return worker;
      },
      () => filesOf({}),
      async () => [],
    );
  }

  const answering = `const { parentPort } = require('node:worker_threads');
parentPort.on('message', ({ id }) => parentPort.postMessage({ type: 'answer', id, value: ${good} }));`;

  it('answers', async () => {
    const client = clientOf('good.js', answering);
    assert.equal((await client.review('', asks)).patches, 0);
    client.dispose();
  });

  for (const delayMs of [0, 300]) {
    it(`that dies while it starts is reported, even ${delayMs} ms later`, async () => {
      const client = clientOf('throws.js', `throw new Error('no grammar here');`, delayMs);
      await assert.rejects(
        client.review('', asks),
        (error: Error) => error instanceof EngineStopped && /no grammar/.test(error.message),
      );
      client.dispose();
    });
  }

  it('that ends in the middle of its work is reported, and the next one works', async () => {
    const client = clientOf(
      'greedy.js',
      `const { parentPort } = require('node:worker_threads');
parentPort.on('message', ({ call, id }) => {
  if (call.text === 'eat') process.exit(5);
  parentPort.postMessage({ type: 'answer', id, value: ${good} });
});`,
    );
    await assert.rejects(client.review('eat', asks), /ended with code 5.*starts again/);
    assert.equal((await client.review('', asks)).patches, 0);
    client.dispose();
  });

  it('that no longer answers is given up when it is cancelled, and the next one is asked what waited', async () => {
    const client = clientOf(
      'deaf.js',
      `const { parentPort } = require('node:worker_threads');
parentPort.on('message', ({ call, id }) => {
  if (call?.text === 'deaf') for (;;);
  parentPort.postMessage({ type: 'answer', id, value: ${good} });
});`,
    );
    const abort = new AbortController();
    const lost = client.review('deaf', asks, { signal: abort.signal });
    const waiting = client.review('', asks);
    setTimeout(() => abort.abort(), 50);
    await assert.rejects(lost, /Cancelled/);
    assert.equal((await waiting).patches, 0);
    client.dispose();
  });
});

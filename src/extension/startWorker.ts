// SPDX-License-Identifier: MIT
import { Worker } from 'node:worker_threads';
import type * as vscode from 'vscode';
import type { EngineWorker } from './reviewClient';

/** Memory that the engine may take before it is ended, so that the editor's own process never is. */
const memoryMb = 2048;

/** Starts the engine in a thread of Node. */
export async function startWorker(script: vscode.Uri): Promise<EngineWorker> {
  const worker = new Worker(script.fsPath, { resourceLimits: { maxOldGenerationSizeMb: memoryMb } });
  // A thread that waits for work must not keep the process alive.
  worker.unref();
  // It may die before anybody listens, and an error that nobody hears would end the extension host.
  const death = new Promise<string>((resolve) => {
    worker.once('error', (error) => resolve(error.message));
    worker.once('exit', (code) => resolve(`it ended with code ${code}`));
  });
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listen) => void worker.on('message', listen),
    onDeath: (listen) => void death.then(listen),
    dispose: () => void worker.terminate(),
  };
}

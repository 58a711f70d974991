// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import type { EngineWorker } from './reviewClient';

/** Starts the engine in a web worker. Its text is handed over, since a worker may not be loaded from another origin. */
export async function startWorker(script: vscode.Uri): Promise<EngineWorker> {
  const text = new Uint8Array(await vscode.workspace.fs.readFile(script));
  const address = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  const worker = new Worker(address);
  const death = new Promise<string>((resolve) => {
    worker.addEventListener('error', ({ message }) => resolve(message || 'it could not be started'));
  });
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listen) => worker.addEventListener('message', ({ data }) => listen(data)),
    onDeath: (listen) => void death.then(listen),
    dispose: () => {
      worker.terminate();
      URL.revokeObjectURL(address);
    },
  };
}

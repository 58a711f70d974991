// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import type { EngineWorker } from './reviewClient';

/** Starts the engine in a web worker. Its text is handed over, since a worker may not be loaded from another origin. */
export async function startWorker(script: vscode.Uri): Promise<EngineWorker> {
  const text = new Uint8Array(await vscode.workspace.fs.readFile(script));
  const address = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  const worker = new Worker(address);
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listen) => worker.addEventListener('message', ({ data }) => listen(data)),
    onDeath: (listen) =>
      worker.addEventListener('error', ({ message }) => listen(message || 'it could not be started')),
    dispose: () => {
      worker.terminate();
      URL.revokeObjectURL(address);
    },
  };
}

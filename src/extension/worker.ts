// SPDX-License-Identifier: MIT
/** Entry of the engine's worker: one file for Node's worker_threads and for a browser's Worker. */

import { createReviewer } from '../review/reviewer';
import { type Port, serve } from './serve';

interface BrowserScope {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}
interface NodePort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (data: unknown) => void): void;
}
interface Scope {
  readonly process?: { getBuiltinModule?(name: string): { readonly parentPort?: NodePort | null } | undefined };
}

/** What the worker is spoken to through. Node has no global for it, a browser has no module. */
function ownPort(): Port {
  const parent = (globalThis as Scope).process?.getBuiltinModule?.('node:worker_threads')?.parentPort;
  if (parent) {
    return {
      post: (message) => parent.postMessage(message),
      listen: (receive) => parent.on('message', receive),
    };
  }
  const scope = globalThis as unknown as BrowserScope;
  return {
    post: (message) => scope.postMessage(message),
    listen: (receive) => scope.addEventListener('message', ({ data }) => receive(data)),
  };
}

/** Gives way to messages; unlike a timer it is not held back by a browser. Two pieces of work may wait at once. */
function createPause(): () => Promise<void> {
  // The types of Node do not know that its ports have this, as a browser's have.
  const channel = new MessageChannel() as unknown as {
    readonly port1: { onmessage: (() => void) | null };
    readonly port2: { postMessage(message: null): void };
  };
  const { port1, port2 } = channel;
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(null);
    });
}

serve(ownPort(), createReviewer, createPause());

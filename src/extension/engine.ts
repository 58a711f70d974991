// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import type { EngineWorker } from './reviewClient';
import { startWorker } from './startWorker';

/** Starts the engine's worker and hands it what it cannot read itself: the C parser and its grammar. */
export async function startEngine(extension: vscode.Uri): Promise<EngineWorker> {
  const file = (name: string): vscode.Uri => vscode.Uri.joinPath(extension, 'dist', name);
  const [worker, runtimeWasm, grammarWasm] = await Promise.all([
    startWorker(file('worker.js')),
    vscode.workspace.fs.readFile(file('web-tree-sitter.wasm')),
    vscode.workspace.fs.readFile(file('tree-sitter-c.wasm')),
  ]);
  worker.post({ type: 'start', runtimeWasm, grammarWasm });
  return worker;
}

// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';

describe('the extension in the worker of web extensions', () => {
  const extension = vscode.extensions.getExtension('kernel-patch-review.kernel-patch-review');

  it('is where these tests run', () => {
    if (!('WorkerGlobalScope' in globalThis)) throw new Error('this is not a web worker');
  });

  it('activates, and every command of the manifest is registered', async () => {
    await extension?.activate();
    const registered = new Set(await vscode.commands.getCommands(true));
    const declared: { command: string }[] = extension?.packageJSON.contributes?.commands ?? [];
    const missing = declared.map(({ command }) => command).filter((command) => !registered.has(command));
    if (!extension?.isActive || missing.length > 0) throw new Error(`not registered: ${missing.join(', ')}`);
  });
});

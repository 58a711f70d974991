// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('the extension in VS Code', () => {
  const extension = vscode.extensions.getExtension('kernel-patch-review.kernel-patch-review');

  it('is known', () => {
    assert.ok(extension);
  });

  it('activates, and every command of the manifest is registered', async () => {
    await extension?.activate();
    assert.equal(extension?.isActive, true);
    const registered = new Set(await vscode.commands.getCommands(true));
    const declared: { command: string }[] = extension?.packageJSON.contributes?.commands ?? [];
    assert.deepEqual(
      declared.map(({ command }) => command).filter((command) => !registered.has(command)),
      [],
    );
  });

  it('opens a mail as a language of its own', async () => {
    const folder = vscode.workspace.workspaceFolders?.[0];
    assert.ok(folder);
    const uri = vscode.Uri.joinPath(folder.uri, 'language.eml');
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode('Subject: [PATCH] nothing\n'));
    assert.equal((await vscode.workspace.openTextDocument(uri)).languageId, 'kernel-mail');
  });
});

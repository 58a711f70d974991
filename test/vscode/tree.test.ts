// SPDX-License-Identifier: MIT
/** A kernel tree in the editor: what the mail does not show comes from its files. */

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { bareCall, smallTree } from '../support/smallTree';
import { closeAll, decidedLenses, listen, open, outcomeOf, problems, type Told, until } from './helpers';

/** How long the editor may take to tell of a file that changed, and to read a tree: seconds on a busy machine. */
const patienceMs = 60_000;

const settings = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('kernelPatchReview');

describe('a kernel tree in the editor', () => {
  let folder: string;
  let told: Told;
  before(() => {
    folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'kpr-tree-'));
    for (const [name, text] of Object.entries(smallTree)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
  });
  beforeEach(async () => {
    await settings().update('budgetMs', patienceMs, vscode.ConfigurationTarget.Global);
    told = listen();
  });
  afterEach(async () => {
    told.dispose();
    await settings().update('kernelTree', undefined, vscode.ConfigurationTarget.Global);
    await settings().update('budgetMs', undefined, vscode.ConfigurationTarget.Global);
    await closeAll();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const codes = (document: vscode.TextDocument): string[] =>
    problems(document)
      .filter((each) => outcomeOf(each) === 'machine-check')
      .map(({ message, range }) => `${range.start.line + 1}: ${message.split(' ')[0]}`);

  it('decides what alone says nothing, and again when the setting or a file changes', async function () {
    this.timeout(3 * patienceMs);
    const document = await open(bareCall, 'diff');
    await vscode.commands.executeCommand('kernelPatchReview.review');
    assert.deepEqual(codes(document), []);

    await settings().update('kernelTree', folder, vscode.ConfigurationTarget.Global);
    const isFixed = (): boolean => codes(document).includes('4: Fixes');
    await until('the fix', isFixed, patienceMs);
    await decidedLenses(document, patienceMs);

    const reset = path.join(folder, 'arch/x86/virt/vmx/tdx/reset.c');
    const text = readFileSync(reset, 'utf8');
    // Whether changes outside the workspace are seen is the editor's business: here it is asked to write the file.
    const write = (changed: string): Thenable<void> =>
      vscode.workspace.fs.writeFile(vscode.Uri.file(reset), new TextEncoder().encode(changed));
    await write(text.replace('return true', 'return false'));
    await until('what remains', () => codes(document).length > 0 && !isFixed(), patienceMs);
    await write(text);
    await until('the fix again', isFixed, patienceMs);
  });

  it('shows the functions of the tree with the patch in them', async function () {
    this.timeout(patienceMs);
    await settings().update('kernelTree', folder, vscode.ConfigurationTarget.Global);
    const document = await open(bareCall, 'diff');
    await vscode.commands.executeCommand('kernelPatchReview.review');
    await vscode.commands.executeCommand('kernelPatchReview.showSimulated');
    const shown = await until('the simulated code', () =>
      vscode.workspace.textDocuments.find(
        ({ uri }) => uri.path.startsWith('/simulated/after') && uri.query === document.uri.toString(),
      ),
    );
    assert.match(
      shown.getText(),
      /^\/\* arch\/x86\/kernel\/machine_kexec_64\.c of the kernel tree, after the patch \*\//,
    );
    assert.match(shown.getText(), /\ttdx_prepare_kexec\(image\);\n\n\tnote_call\(\);/);
  });
});

// SPDX-License-Identifier: MIT
/** The user's own models and scenarios in the editor: the folder `.kernel-patch-review` of the workspace. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { closeAll, listen, openFile, problems, replayTab, samples, standIn, type Told, until } from './helpers';

/** How long the editor may take to tell of a file that changed: seconds on a busy machine. */
const patienceMs = 100_000;

/** A store that stores nothing: what the sample fixes is fixed no more. */
const model = 'static inline void movdir64b(void *dst, const void *src)\n{\n\t/* nothing */;\n}\n';
const scenario = readFileSync(path.join(__dirname, '../../src/scenarios/guestKexec.c'), 'utf8').replace(
  '"guest-kexec"',
  '"guest-mine"',
);

describe('the user’s own models and scenarios in the editor', function () {
  this.timeout(4 * patienceMs);
  const root = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file('/');
  const folder = vscode.Uri.joinPath(root, '.kernel-patch-review');
  let told: Told;
  const budget = (milliseconds: number | undefined): Thenable<void> =>
    vscode.workspace
      .getConfiguration('kernelPatchReview')
      .update('budgetMs', milliseconds, vscode.ConfigurationTarget.Global);
  before(async () => {
    await vscode.extensions.getExtension('kernel-patch-review.kernel-patch-review')?.activate();
    await budget(patienceMs);
    // A watcher may miss what happens in a folder that has only just appeared, a folder in it included.
    for (const name of ['', 'models', 'scenarios']) {
      await vscode.workspace.fs.createDirectory(vscode.Uri.joinPath(folder, name));
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  });
  beforeEach(() => {
    told = listen();
  });
  afterEach(async () => {
    told.dispose();
    await closeAll();
  });
  after(async () => {
    await budget(undefined);
    await vscode.workspace.fs.delete(folder, { recursive: true });
  });

  /** Makes a file, behind the editor's back. */
  const write = async (name: string, text: string): Promise<vscode.Uri> => {
    const uri = vscode.Uri.joinPath(folder, name);
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
    return uri;
  };
  /** Changes a file as a person does, and saves it. */
  const save = async (name: string, text: string): Promise<void> => {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder, name));
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
    assert.ok((await vscode.workspace.applyEdit(edit)) && (await document.save()));
  };
  const remove = async (name: string): Promise<void> => {
    const edit = new vscode.WorkspaceEdit();
    edit.deleteFile(vscode.Uri.joinPath(folder, name));
    assert.ok(await vscode.workspace.applyEdit(edit));
  };
  /** What is said of a file of the user's: severity, line and sentence. */
  const said = (uri: vscode.Uri): string[] =>
    vscode.languages
      .getDiagnostics(uri)
      .filter(({ source }) => source === 'kernel-patch-review')
      .map(({ severity, range, message }) => `${severity} ${range.start.line + 1}: ${message}`);
  /** Whether the patch removes machine checks in some scenario, or in none; null before anything is said of them. */
  const machineCheck = (document: vscode.TextDocument): 'fixed' | 'remains' | null => {
    const told = problems(document).filter(({ code }) => typeof code === 'object' && code.value === 'machine-check');
    if (told.length === 0) return null;
    return told.some(({ message }) => message.startsWith('Fixes')) ? 'fixed' : 'remains';
  };
  const scenarioNames = async (): Promise<string[]> => {
    let labels: string[] = [];
    const pick = standIn(vscode.window, 'showQuickPick', (async (items: readonly vscode.QuickPickItem[]) => {
      labels = items.map(({ label }) => label);
      return undefined;
    }) as never);
    const pressed = listen('Run the base scenario');
    try {
      await closeAll();
      await vscode.commands.executeCommand('kernelPatchReview.simulateKexec');
      await until('the scenarios', () => labels.length > 0, patienceMs);
    } finally {
      pressed.dispose();
      pick.dispose();
    }
    return labels;
  };

  it('a model that appears, changes and goes is taken up by what was reviewed', async () => {
    const document = await openFile(path.join(samples, 'host-kexec.eml'));
    await until('the fix', () => machineCheck(document) === 'fixed', patienceMs);
    await write('models/host.c', model);
    await until('what remains', () => machineCheck(document) === 'remains', patienceMs);
    await save('models/host.c', model.replace('/* nothing */', 'hw_movdir64b(__pa((unsigned long)dst) >> PAGE_SHIFT)'));
    await until('the fix again', () => machineCheck(document) === 'fixed', patienceMs);
    await save('models/host.c', model);
    await until('what remains again', () => machineCheck(document) === 'remains', patienceMs);
    await remove('models/host.c');
    await until('the fix at last', () => machineCheck(document) === 'fixed', patienceMs);
  });

  it('what is wrong is shown in the file, on its line, until it is repaired', async () => {
    const uri = await write('scenarios/bad.c', scenario.replace('hw_write(page)', 'hw_wirte(page)'));
    const line = scenario.slice(0, scenario.indexOf('hw_write(page)')).split('\n').length;
    await until('the sentence', () => said(uri).length > 0, patienceMs);
    assert.deepEqual(said(uri), [`0 ${line}: hw_wirte() is no operation of the hardware; the file is left out`]);
    await save('scenarios/bad.c', scenario);
    await until('the sentence to go', () => said(uri).length === 0, patienceMs);
    await save('scenarios/bad.c', scenario.replace('"guest-mine"', '"guest-kexec"'));
    await until('the note', () => said(uri).length > 0, patienceMs);
    assert.deepEqual(said(uri), ['2 7: this runs in the place of the bundled scenario “guest-kexec”']);
    await remove('scenarios/bad.c');
    await until('the note to go', () => said(uri).length === 0, patienceMs);
  });

  it('Simulate kexec offers a kexec scenario of the user’s, and replays it', async () => {
    await write('scenarios/mine.c', scenario);
    const end = Date.now() + patienceMs;
    while (!(await scenarioNames()).includes('guest-mine')) assert.ok(Date.now() < end, 'it is never offered');
    const pick = standIn(vscode.window, 'showQuickPick', (async (items: readonly vscode.QuickPickItem[]) =>
      items.find(({ label }) => label === 'guest-mine')) as never);
    const pressed = listen('Run the base scenario');
    try {
      await vscode.commands.executeCommand('kernelPatchReview.simulateKexec');
      assert.equal((await until('the replay panel', replayTab, patienceMs)).label, 'Replay: guest-mine');
    } finally {
      pressed.dispose();
      pick.dispose();
    }
    await remove('scenarios/mine.c');
  });

  it('nothing of a workspace that is not trusted is used', async () => {
    const document = await openFile(path.join(samples, 'host-kexec.eml'));
    await write('models/host.c', model);
    await until('what remains', () => machineCheck(document) === 'remains', patienceMs);
    const isTrusted = Object.getOwnPropertyDescriptor(vscode.workspace, 'isTrusted');
    Object.defineProperty(vscode.workspace, 'isTrusted', { configurable: true, get: () => false });
    try {
      const uri = await write('scenarios/bad.c', 'no scenario\n');
      await until('the fix', () => machineCheck(document) === 'fixed', patienceMs);
      assert.deepEqual(said(uri), []);
      assert.ok(!(await scenarioNames()).includes('guest-mine'));
    } finally {
      if (isTrusted) Object.defineProperty(vscode.workspace, 'isTrusted', isTrusted);
    }
    await remove('scenarios/bad.c');
    await remove('models/host.c');
  });
});

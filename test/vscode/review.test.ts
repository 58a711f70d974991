// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import {
  closeAll,
  decidedLenses,
  lenses,
  listen,
  open,
  openFile,
  outcomeOf,
  problems,
  samples,
  seedPath,
  type Told,
  until,
} from './helpers';

const { Error: ErrorSeverity, Information, Hint } = vscode.DiagnosticSeverity;

async function reviewed(document: vscode.TextDocument): Promise<vscode.Diagnostic[]> {
  await vscode.commands.executeCommand('kernelPatchReview.review');
  return problems(document);
}

/** The first problem of a review that knows its lines. */
async function decided(document: vscode.TextDocument): Promise<vscode.Diagnostic> {
  await decidedLenses(document);
  const found = problems(document).find((each) => outcomeOf(each) !== '');
  assert.ok(found);
  return found;
}

describe('a review in the editor', () => {
  let told: Told;
  beforeEach(() => {
    told = listen();
  });
  afterEach(async () => {
    told.dispose();
    await closeAll();
  });

  const seed000 = seedPath('000');
  const seed001 = seedPath('001');
  const withSeeds = seed000 && seed001 ? it : it.skip;

  withSeeds('shows what seed 000 fixes and what remains, on their lines, with the trace', async () => {
    const document = await openFile(seed000 ?? '');
    const shown = (await reviewed(document)).filter((each) => outcomeOf(each) === 'td-exit');
    const barrier = document.getText().split('\n').indexOf('+ barrier();');
    const remains = shown.filter(({ severity }) => severity === ErrorSeverity);
    const fixed = shown.filter(({ severity }) => severity === Information || severity === Hint);
    // Kexec while a driver converts, at the barrier; and a crash in the middle of a conversion.
    const crash = document
      .getText()
      .split('\n')
      .findIndex((line) => line.startsWith('+'));
    assert.deepEqual(
      remains.map(({ range }) => range.start.line).sort((a, b) => a - b),
      [crash, barrier],
    );
    assert.ok(fixed.length >= 1);
    for (const { message } of fixed) assert.match(message, /fix|remove/i);
    const steps = remains[0]?.relatedInformation ?? [];
    assert.ok(steps.length >= 2);
    for (const { location } of steps) {
      assert.equal(location.uri.toString(), document.uri.toString());
      assert.ok(location.range.end.line < document.lineCount);
    }
  });

  withSeeds('says over the hunk of seed 000 what was run, and the lens leads to the replay', async () => {
    const document = await openFile(seed000 ?? '');
    await reviewed(document);
    const shown = await lenses(document);
    assert.ok(shown.length >= 1);
    assert.match(shown[0]?.command?.title ?? '', /td-exit remains.*replay$/);
    assert.equal(shown[0]?.command?.command, 'kernelPatchReview.showReplay');
  });

  withSeeds('shows that seed 001 fixes the machine check', async () => {
    const document = await openFile(seed001 ?? '');
    const shown = (await reviewed(document)).filter((each) => outcomeOf(each) === 'machine-check');
    const fixed = shown.filter(({ severity }) => severity === Information || severity === Hint);
    assert.ok(fixed.length >= 1);
    for (const { message } of fixed) assert.match(message, /fix|remove/i);
    // The memory of guests stays as it was: the patch says so itself.
    assert.equal(shown.filter(({ severity }) => severity === ErrorSeverity).length, 1);
    assert.ok((await lenses(document)).length >= 1);
  });

  withSeeds('leads from the outcome to a page about it, which cannot be edited', async () => {
    const document = await openFile(seed000 ?? '');
    const [first] = (await reviewed(document)).filter((each) => outcomeOf(each) === 'td-exit');
    assert.ok(typeof first?.code === 'object');
    const page = await vscode.workspace.openTextDocument(first.code.target);
    assert.match(page.getText(), /^# td-exit\n/);
    assert.equal(page.languageId, 'markdown');
  });

  for (const language of ['diff', 'kernel-mail']) {
    it(`runs by itself for the language ${language}, again after a change, and is gone in between`, async () => {
      const document = await open(readFileSync(path.join(samples, 'shared-buffer.eml'), 'utf8'), language);
      const first = await decided(document);
      const edit = new vscode.WorkspaceEdit();
      edit.insert(document.uri, new vscode.Position(0, 0), '\n');
      assert.ok(await vscode.workspace.applyEdit(edit));
      await until('the old diagnostics to go', () => problems(document).length === 0, 1000);
      const second = await decided(document);
      assert.equal(second.range.start.line, first.range.start.line + 1);
    });
  }

  it('offers small edits that were simulated, and shows the changed patch beside the mail, which stays as it is', async () => {
    const document = await openFile(path.join(samples, 'shared-buffer.eml'));
    const before = document.getText();
    const shown = await reviewed(document);
    const [found] = shown.filter((each) => outcomeOf(each) === 'host-exposed');
    assert.ok(found);
    // They come after everything else.
    let offered: vscode.CodeAction[] = [];
    for (const end = Date.now() + 15_000; offered.length === 0 && Date.now() < end; ) {
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        document.uri,
        found.range,
      );
      offered = actions.filter(({ title }) => title.startsWith('Simulated: '));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.match(offered[0]?.title ?? '', /^Simulated: “free_pages\(.* removes host-exposed\. Show the changed patch$/);
    assert.ok(offered.every(({ edit, kind }) => edit === undefined && !kind?.contains(vscode.CodeActionKind.QuickFix)));
    const command = offered[0]?.command;
    await vscode.commands.executeCommand(command?.command ?? '', ...(command?.arguments ?? []));
    const { input } = vscode.window.tabGroups.activeTabGroup.activeTab ?? {};
    assert.ok(input instanceof vscode.TabInputTextDiff);
    assert.equal(input.original.toString(), document.uri.toString());
    const changed = await vscode.workspace.openTextDocument(input.modified);
    const lines = (text: string): number => text.split('\n').length;
    assert.equal(lines(changed.getText()), lines(before) - 1, 'the line that frees is left out');
    assert.equal(document.getText(), before);
  });

  withSeeds('does not run by itself where it is switched off', async () => {
    const settings = vscode.workspace.getConfiguration('kernelPatchReview');
    await settings.update('automaticReview', false, vscode.ConfigurationTarget.Global);
    try {
      const document = await open(readFileSync(seed000 ?? '', 'utf8'), 'diff');
      await new Promise((resolve) => setTimeout(resolve, 700));
      assert.deepEqual(problems(document), []);
      assert.ok((await reviewed(document)).length > 0);
    } finally {
      await settings.update('automaticReview', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  for (const name of existsSync(samples) ? readdirSync(samples).filter((each) => each.endsWith('.eml')) : []) {
    it(`has something to say about the sample ${name}`, async () => {
      const document = await openFile(path.join(samples, name));
      await until('a lens', () => problems(document).length > 0, 30_000).catch(() => undefined);
      assert.ok((await lenses(document)).length > 0 || problems(document).length > 0);
    });
  }
});

describe('a review of what is no good', () => {
  let told: Told;
  beforeEach(() => {
    told = listen();
  });
  afterEach(async () => {
    told.dispose();
    await closeAll();
  });

  it('says that an empty document holds no patch', async () => {
    const document = await open('');
    assert.deepEqual((await reviewed(document)).filter(outcomeOf), []);
    assert.match(told.messages.join(), /no patch/);
  });

  it('says that a mail without a patch holds none', async () => {
    await open('Subject: lunch\n\nAt noon?\n', 'kernel-mail');
    await vscode.commands.executeCommand('kernelPatchReview.review');
    assert.match(told.messages.join(), /no patch/);
  });

  it('survives a binary document', async () => {
    const bytes = Array.from({ length: 20_000 }, (_, i) => String.fromCharCode((i * 7919) % 256)).join('');
    await open(bytes, 'diff');
    await vscode.commands.executeCommand('kernelPatchReview.review');
    assert.match(told.messages.join(), /no patch|No scenario/);
  });

  it('says that nothing applied to a patch elsewhere', async () => {
    const document = await open(
      '--- a/fs/ext4/inode.c\n+++ b/fs/ext4/inode.c\n@@ -1,2 +1,3 @@ int ext4_nothing(void)\n \tint a;\n+\ta = 1;\n \treturn a;\n',
      'diff',
    );
    await vscode.commands.executeCommand('kernelPatchReview.review');
    assert.deepEqual(problems(document).filter(outcomeOf), []);
    assert.match(told.messages.join(), /No scenario applies/);
  });

  it('survives a patch that is cut in the middle', async () => {
    const seed = seedPath('000');
    const text = seed ? readFileSync(seed, 'utf8') : '--- a/x.c\n+++ b/x.c\n@@ -1,9 +1,9 @@\n+int f(void)\n+{\n+\tif (';
    const document = await open(text.slice(0, Math.floor(text.length * 0.6)), 'diff');
    await vscode.commands.executeCommand('kernelPatchReview.review');
    assert.ok(told.messages.length > 0 || problems(document).length > 0 || (await lenses(document)).length > 0);
  });

  it('does not review more than 20 MB, and says so', async function () {
    this.timeout(60_000);
    const document = await open('+ 0123456789\n'.repeat(1_700_000), 'diff');
    const [problem] = await until(
      'the sentence',
      () => (problems(document).length > 0 ? problems(document) : null),
      30_000,
    );
    assert.match(problem?.message ?? '', /over 20 MB/);
  });

  it('says that there is nothing to review where no document is open', async () => {
    await closeAll();
    await vscode.commands.executeCommand('kernelPatchReview.review');
    assert.match(told.messages.join(), /no document to review/);
  });
});

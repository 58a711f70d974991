// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { mayOpen, readReplayLink } from '../../src/extension/replayLink';
import { replayTextScheme } from '../../src/extension/replayText';
import {
  closeAll,
  lenses,
  listen,
  open,
  openFile,
  problems,
  replayTab,
  seedPath,
  standIn,
  type Told,
  until,
} from './helpers';

const run = (command: string, ...args: unknown[]): Thenable<unknown> =>
  vscode.commands.executeCommand(`kernelPatchReview.${command}`, ...args);

const elsewhere = '--- a/fs/x.c\n+++ b/fs/x.c\n@@ -1,2 +1,3 @@ int f(void)\n \tint a;\n+\ta = 1;\n \treturn a;\n';

describe('a replay in the editor', () => {
  let told: Told | undefined;
  afterEach(async () => {
    told?.dispose();
    await closeAll();
  });

  const seed000 = seedPath('000');
  const withSeeds = seed000 ? it : it.skip;

  withSeeds('is opened beside the mail by Simulate kexec, which leaves its diagnostics there', async () => {
    told = listen();
    const document = await openFile(seed000 ?? '');
    await run('simulateKexec');
    const tab = await until('the replay panel', replayTab);
    assert.equal(tab.label, 'Replay: guest-kexec-converting');
    assert.equal(tab.group.viewColumn, vscode.ViewColumn.Two);
    assert.ok(problems(document).length > 0);
    assert.deepEqual(told.messages, []);
  });

  withSeeds('is opened by a lens, and one panel serves all', async () => {
    const document = await openFile(seed000 ?? '');
    await run('review');
    const [lens] = await lenses(document);
    assert.ok(lens?.command);
    await vscode.commands.executeCommand(lens.command.command, ...(lens.command.arguments ?? []));
    await until('the replay panel', replayTab);
    await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
    await run('simulateKexec');
    const panels = vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter(({ input }) => input instanceof vscode.TabInputWebview);
    assert.equal(panels.length, 1);
  });

  withSeeds('is opened for the finding at the cursor', async () => {
    const document = await openFile(seed000 ?? '');
    await run('review');
    const fixed = problems(document).find(
      (each) => typeof each.code === 'object' && each.severity === vscode.DiagnosticSeverity.Information,
    );
    assert.ok(fixed && vscode.window.activeTextEditor);
    vscode.window.activeTextEditor.selection = new vscode.Selection(fixed.range.start, fixed.range.start);
    await run('showReplay');
    assert.equal((await until('the replay panel', replayTab)).label, 'Replay: guest-crash-kexec-4k');
  });

  withSeeds('can be taken along as text, and a link says where it stands', async () => {
    const document = await openFile(seed000 ?? '');
    await run('simulateKexec');
    await until('the replay panel', replayTab);
    const copied = async (command: string, looks: RegExp): Promise<string> => {
      await vscode.env.clipboard.writeText('');
      // The view may still be starting: what it cannot do yet is asked again.
      for (let tries = 0; tries < 100; tries++) {
        await run(`replay.${command}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
        const text = await vscode.env.clipboard.readText();
        if (looks.test(text)) return text;
      }
      throw new Error(`${command} gave ${await vscode.env.clipboard.readText()}`);
    };
    const text = await copied('copyText', /td-exit/);
    assert.deepEqual(
      text.split('\n').filter((line) => [...line].length > 72),
      [],
    );
    assert.match(await copied('copyMarkdown', /^###/), /\*\*td-exit\*\*/);
    assert.ok(JSON.parse(await copied('copyJson', /^\{/)).steps.length > 0);

    await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
    const at = new vscode.Position(46, 0);
    assert.ok(vscode.window.activeTextEditor);
    vscode.window.activeTextEditor.selection = new vscode.Selection(at, at);
    await run('replay.stepsOfLine');
    const link = vscode.Uri.parse(await copied('copyLink', /step=[1-9]/));
    assert.equal(link.authority, 'kernel-patch-review.kernel-patch-review');
    const asked = readReplayLink(link);
    assert.equal(asked?.document, document.uri.toString());
    assert.match(asked?.choice ?? '', /^guest-kexec-converting\|td-exit\|/);
    assert.ok(mayOpen(document.uri));

    await run('replay.showText');
    const shown = await until('the text', () => {
      const active = vscode.window.activeTextEditor?.document;
      return active?.uri.scheme === replayTextScheme && active;
    });
    assert.equal(shown.getText(), text);
  });

  it('is opened by no link to what is elsewhere, and by none that is malformed', () => {
    assert.equal(mayOpen(vscode.Uri.parse('file://somewhere/else.eml')), false);
    assert.equal(mayOpen(vscode.Uri.file('/etc/hostname')), false);
    for (const [path, query] of [
      ['/other', 'choice=a'],
      ['/replay', 'step=1'],
      ['/replay', 'choice=a&step=-1'],
      ['/replay', 'choice=a&step=x'],
    ] as const)
      assert.equal(readReplayLink({ path, query }), null);
    assert.deepEqual(readReplayLink({ path: '/replay', query: 'choice=a%7Cb&side=left' }), {
      document: null,
      choice: 'a|b',
      side: null,
      step: 0,
    });
  });

  withSeeds('shows as a diff what was simulated', async () => {
    await openFile(seed000 ?? '');
    await run('showSimulated');
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    assert.ok(input instanceof vscode.TabInputTextDiff);
    const [before, after] = await Promise.all(
      [input.original, input.modified].map((uri) => vscode.workspace.openTextDocument(uri)),
    );
    assert.deepEqual([before?.languageId, after?.languageId], ['c', 'c']);
    assert.notEqual(before?.getText(), after?.getText());
  });

  const sentences: readonly (readonly [string, string, RegExp])[] = [
    ['without a patch', 'Subject: lunch\n\nAt noon?\n', /no patch to simulate/],
    ['that touches no kexec path', elsewhere, /touches no code that a kexec scenario runs/],
  ];
  for (const [what, text, sentence] of sentences) {
    it(`is not there for a document ${what}, which is said, and the base scenario offered`, async () => {
      told = listen();
      await open(text);
      await run('simulateKexec');
      assert.match(told.messages.join(), sentence);
      assert.deepEqual(told.offered, ['Run the base scenario']);
      assert.equal(replayTab(), undefined);
    });
  }

  it('of the base scenario is opened where there is no document at all', async () => {
    await closeAll();
    told = listen('Run the base scenario');
    const pick = standIn(
      vscode.window,
      'showQuickPick',
      (async (items: readonly vscode.QuickPickItem[]) => items[0]) as never,
    );
    try {
      await run('simulateKexec');
      assert.match(told.messages.join(), /no document/);
      const tab = await until('the replay panel', replayTab, 30_000);
      assert.equal(tab.label, 'Replay: guest-kexec');
    } finally {
      pick.dispose();
    }
  });

  withSeeds('is not opened where the simulation is cancelled, and nothing is called an error', async () => {
    told = listen();
    await openFile(seed000 ?? '');
    const cancelled = standIn(vscode.window, 'withProgress', (async (
      _options: unknown,
      task: (...args: unknown[]) => unknown,
    ) => {
      const source = new vscode.CancellationTokenSource();
      setTimeout(() => source.cancel(), 1);
      return task({ report: () => undefined }, source.token);
    }) as never);
    try {
      const start = performance.now();
      await run('simulateKexec');
      assert.ok(performance.now() - start < 1000);
      assert.deepEqual(told.messages, []);
    } finally {
      cancelled.dispose();
    }
  });

  it('says that there is none before anything was reviewed', async () => {
    told = listen();
    await open('text');
    await run('showReplay');
    assert.match(told.messages.join(), /Review it first/);
  });
});

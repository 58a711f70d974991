// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { openWindow, pictureFailures, type Window } from './window';

const mail = 'Subject: [PATCH] nothing at all\n\nNo patch is in this mail.\n';

describe('a fresh VS Code with the packaged extension', () => {
  let window: Window;
  before(async function () {
    this.timeout(120_000);
    window = await openWindow({ files: { 'nothing.eml': mail } });
  });
  after(() => window?.close());
  pictureFailures(() => window);

  it('opens a mail', async () => {
    await window.open('nothing.eml');
    await window.page.locator('.monaco-editor .view-line').getByText('No patch is in this mail.').waitFor();
    await window.shot('open');
  });

  it('lists its commands in the command palette', async () => {
    await window.page.keyboard.press('F1');
    await window.page.locator('.quick-input-widget input.input').fill('>Kernel Patch Review');
    const commands = window.page.locator('.quick-input-list');
    await commands.getByText('Kernel Patch Review: Review This Document').waitFor();
    await commands.getByText('Kernel Patch Review: Simulate kexec').waitFor();
    await window.shot('palette');
    await window.page.keyboard.press('Escape');
  });

  it('asks nobody outside this machine', () => {
    assert.deepEqual([...window.outside], []);
  });
});

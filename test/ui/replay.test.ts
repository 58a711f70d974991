// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { shared } from '../support/shared';
import { openWindow, pictureFailures, type Window } from './window';

const elsewhere = 'Subject: lunch\n\nAt noon?\n';

function seed(number: string): string {
  const folder = path.join(shared ?? '', 'seeds');
  const name = readdirSync(folder).find((each) => each.startsWith(number) && each.endsWith('.txt')) ?? '';
  return readFileSync(path.join(folder, name), 'utf8');
}

describe('from a mail to the replay, by mouse and keyboard', function () {
  if (shared === null) {
    it.skip('needs ../shared, which is missing');
    return;
  }
  this.timeout(120_000);
  let window: Window;

  before(async function () {
    this.timeout(120_000);
    window = await openWindow({
      files: { 'seed000.txt': seed('000'), 'seed001.txt': seed('001'), 'lunch.txt': elsewhere },
    });
  });
  after(() => window?.close());
  pictureFailures(() => window);

  it('reviews a text on request and underlines the line that decides', async () => {
    await window.open('seed000.txt');
    await window.run('Kernel Patch Review: Review This Document');
    await goTo(window, 47);
    await window.page.locator('.monaco-editor .squiggly-error').first().waitFor();
    await window.page
      .locator('.codelens-decoration')
      .getByText(/td-exit remains/)
      .first()
      .waitFor();
    await window.shot('1-review');
  });

  it('lists the problems with the steps that lead there', async () => {
    await window.page.keyboard.press('Control+Shift+M');
    await window.page
      .locator('.markers-panel')
      .getByText(/td-exit/)
      .first()
      .waitFor();
    await window.shot('2-problems');
    await window.page.keyboard.press('Control+Shift+M');
    await window.page.locator('.markers-panel').waitFor({ state: 'hidden' });
  });

  it('tells in a hover what happens on that line', async () => {
    const line = window.page.locator('.monaco-editor .view-line').getByText('barrier();').first();
    await line.hover();
    await window.page.locator('.monaco-hover:visible').getByText('kernel-patch-review').first().waitFor();
    await window.shot('3-hover');
    await window.page.mouse.move(640, 5);
  });

  it('opens the replay of the worst outcome from the command palette', async () => {
    await window.run('View: Toggle Primary Side Bar Visibility');
    await window.run('Kernel Patch Review: Simulate kexec');
    await window.webview.locator('.verdict').waitFor();
    assert.equal(await window.webview.locator('.now .count').textContent(), 'Start');
    await window.shot('4-replay');
  });

  it('steps by keyboard, and the line of the patch follows', async () => {
    await window.webview.locator('#go-forward').click();
    await window.webview
      .locator('.now')
      .getByText(/Step 1 of/)
      .waitFor();
    for (let i = 0; i < 30 && (await highlighted(window)).length === 0; i++) {
      await window.page.keyboard.press('ArrowRight');
      await window.page.waitForTimeout(200);
    }
    assert.ok((await highlighted(window)).length > 0, 'a line of the patch is marked');
    await window.shot('5-step');
    const before = await window.webview.locator('.now .count').textContent();
    await window.page.keyboard.press('k');
    await window.page.waitForTimeout(100);
    assert.notEqual(await window.webview.locator('.now .count').textContent(), before);
  });

  it('jumps to the fatal step and says there why', async () => {
    await window.page.keyboard.press('x');
    await window.webview.locator('.why').getByText('td-exit').waitFor();
    await window.shot('6-fatal');
    await window.page.keyboard.press('Home');
    await window.webview.locator('.now').getByText('Start').waitFor();
  });

  it('opens the line of a step', async () => {
    await window.webview
      .locator('.steps .source')
      .getByText(/^line /)
      .first()
      .click();
    await window.page.locator('.monaco-editor.focused').waitFor();
    await window.shot('7-source');
  });

  it('goes to the steps of a line that is clicked, and to the model that a step runs', async () => {
    const number = window.page
      .locator('.editor-group-container')
      .first()
      .locator('.line-numbers')
      .getByText('47', { exact: true });
    await goTo(window, 47);
    await number.waitFor();
    await window.page.locator('.monaco-editor .view-line').getByText('barrier();').first().click();
    await window.webview.locator('.now .statement').getByText('barrier()').waitFor();
    await window.run('Kernel Patch Review: Replay: Go to Fatal Step');
    await window.webview.locator('.why').waitFor();
    await window.page.getByRole('tab', { name: /\.c\b/ }).first().waitFor();
    await window.shot('7-model');
    await window.run('Kernel Patch Review: Replay: Show Side by Side or One Side');
    await window.webview.locator('.compare').waitFor();
    await window.shot('7-both');
    await window.run('Kernel Patch Review: Replay: Show Side by Side or One Side');
    await window.webview.locator('.timeline').waitFor();
  });

  it('explores from a step what else could run', async () => {
    await window.run('Kernel Patch Review: Replay: Go to Start');
    await window.webview.locator('#go-explore').click();
    await window.webview.locator('.choice').first().waitFor();
    await window.webview.locator('.choice').first().click();
    await window.webview.locator('.now').getByText('Step 1 of 1').waitFor();
    await window.shot('7-explore');
    await window.page.keyboard.press('e');
    await window.webview.locator('.explore').waitFor({ state: 'hidden' });
    await window.page.getByRole('tab', { name: 'seed000.txt' }).click();
  });

  it('looks stale as soon as the document changes', async () => {
    await window.page.keyboard.press('Control+End');
    await window.page.keyboard.type('x');
    await window.webview.locator('.stale-note').waitFor();
    await window.shot('8-stale');
    await window.webview.locator('.stale-note button').click();
    await window.page.getByRole('tab', { name: 'seed000.txt' }).click();
    await window.page.keyboard.press('Control+z');
    await window.page.keyboard.press('Control+s');
    // The second change came while the first was run again.
    await window.webview.locator('.stale-note').waitFor({ state: 'hidden' });
    await window.webview.locator('.verdict').waitFor();
  });

  it('says so where there is no patch, and offers the base scenario', async () => {
    await window.run('View: Toggle Primary Side Bar Visibility');
    await window.open('lunch.txt');
    await window.run('Kernel Patch Review: Simulate kexec');
    // A window under test shows no toasts.
    await window.run('Notifications: Show Notifications');
    const message = window.page.locator('.notifications-center');
    await message.getByText(/holds no patch/).waitFor();
    await window.shot('10-no-patch');
    await message.getByText('Run the base scenario').click();
    await window.page.locator('.quick-input-list').getByText('guest-kexec').first().waitFor();
    await window.page.keyboard.press('Enter');
    await window.page.getByRole('tab', { name: 'Replay: guest-kexec' }).waitFor();
    await window.page
      .locator('.notifications-center')
      .getByText('Simulating kexec')
      .first()
      .waitFor({ state: 'hidden' });
    await window.shot('11-base');
  });

  it('is there again after the window was loaded anew', async () => {
    await window.page.getByRole('tab', { name: 'seed000.txt' }).click();
    await window.run('Kernel Patch Review: Simulate kexec');
    await window.webview.locator('.verdict').waitFor();
    await window.run('Preferences: Toggle between Light/Dark Themes');
    await window.page.waitForTimeout(1500);
    await window.page.reload();
    await window.page.locator('.monaco-workbench').waitFor();
    await window.page.getByRole('tab', { name: /Replay/ }).click();
    // The story is run again, in a window that has only just begun.
    await window.webview.locator('.verdict').waitFor({ timeout: 60_000 });
    await window.page.keyboard.press('Control+b');
    await window.webview.locator('#go-forward').click();
    await window.page.keyboard.press('x');
    await window.webview.locator('.why').waitFor();
    await window.shot('12-restored-dark');
  });

  it('asks nobody outside this machine', () => {
    assert.deepEqual([...window.outside], []);
  });
});

/** Moves the cursor to a line. */
async function goTo(window: Window, line: number): Promise<void> {
  await window.page.keyboard.press('Control+g');
  await window.page.locator('.quick-input-widget input.input').fill(`:${line}`);
  await window.page.locator('.quick-input-list').getByText(`go to line ${line}`).waitFor();
  await window.page.keyboard.press('Enter');
}

/** The lines that the replay marks in the editor. */
function highlighted(window: Window): Promise<string[]> {
  return window.page
    .locator('.monaco-editor .view-overlays .cdr')
    .evaluateAll((marks) =>
      marks.filter((mark) => /ced-.*TextEditorDecorationType/.test(mark.className)).map((mark) => mark.className),
    );
}

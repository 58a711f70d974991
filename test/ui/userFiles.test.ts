// SPDX-License-Identifier: MIT
/** The user's own scenarios in a workspace that is not trusted, and then is. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../support/shared';
import { openWindow, pictureFailures, type Window } from './window';

const scenario = readFileSync(path.join(root, 'src/scenarios/guestKexec.c'), 'utf8').replace(
  '"guest-kexec"',
  '"guest-mine"',
);

describe('scenarios of a workspace, by mouse and keyboard', function () {
  this.timeout(120_000);
  let window: Window;

  before(async () => {
    window = await openWindow({
      files: { '.kernel-patch-review/scenarios/mine.c': scenario },
      asksForTrust: true,
      settings: {
        'security.workspace.trust.enabled': true,
        'security.workspace.trust.startupPrompt': 'never',
        'security.workspace.trust.emptyWindow': false,
        'workbench.editor.useModal': 'off',
      },
    });
  });
  after(() => window?.close());
  pictureFailures(() => window);

  const list = () => window.page.locator('.quick-input-list');

  /** Asks for the scenarios that can run without a patch. */
  async function askForScenarios(): Promise<void> {
    for (const command of ['Kernel Patch Review: Simulate kexec', 'Notifications: Show Notifications']) {
      await window.run(command);
      await window.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    }
    await window.page.locator('.notifications-center').getByText('Run the base scenario').first().click();
    await list().getByText('guest-kexec', { exact: true }).waitFor();
  }

  it('are not offered before the workspace is trusted', async () => {
    await window.page.locator('.statusbar').getByText('Restricted Mode').first().waitFor();
    await askForScenarios();
    if ((await list().getByText('guest-mine', { exact: true }).count()) > 0) throw new Error('it is offered');
    await window.page.keyboard.press('Escape');
  });

  it('are offered as soon as it is, and a step of the replay opens the file itself, which says what is wrong with it', async () => {
    await window.run('Workspaces: Manage Workspace Trust');
    await window.page
      .locator('.workspace-trust-editor')
      .getByRole('button', { name: 'Trust', exact: true })
      .first()
      .click();
    await window.page.locator('.statusbar').getByText('Restricted Mode').first().waitFor({ state: 'detached' });
    await askForScenarios();
    // There are more than the list shows at once.
    await window.page.keyboard.type('guest-mine');
    await list().getByText('guest-mine', { exact: true }).click();
    await window.page.getByRole('tab', { name: 'Replay: guest-mine' }).waitFor();
    await window.webview.locator('.verdict').waitFor();
    await window.webview
      .locator('.steps .source')
      .getByText(/^mine\.c:/)
      .first()
      .click();
    await window.page.getByRole('tab', { name: 'mine.c' }).waitFor();
    await window.page.locator('.monaco-editor.focused').waitFor();
    // What is only shown cannot be changed.
    await window.page.keyboard.type('/');
    await window.page.keyboard.press('Control+s');
    await window.page.locator('.monaco-editor .squiggly-error').first().waitFor();
    await window.shot('own-scenario');
  });
});

// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { showSimulatedCommand } from './commands';
import { activeDocument } from './documents';
import type { ReplayPanel } from './replayPanel';
import { simulatedUri } from './virtualDocuments';

/** *Show What Was Simulated*: the code that ran, without the patch and with it, as a diff. */
export function registerSimulatedCommand(panel: ReplayPanel): vscode.Disposable {
  return vscode.commands.registerCommand(showSimulatedCommand, async () => {
    const document = (await activeDocument()) ?? panel.document;
    if (!document) {
      void vscode.window.showInformationMessage('There is no document whose simulated code could be shown.');
      return;
    }
    const name = document.uri.path.replace(/^.*\//, '');
    await vscode.commands.executeCommand(
      'vscode.diff',
      simulatedUri(document.uri, 'before'),
      simulatedUri(document.uri, 'after'),
      `${name}: what was simulated, without the patch and with it`,
    );
  });
}

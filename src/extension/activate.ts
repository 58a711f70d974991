// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { registerCodeLenses } from './codeLenses';
import { showLogCommand } from './commands';
import { registerDiagnostics } from './diagnostics';
import { startEngine } from './engine';
import { KernelTrees, treeFilesOf } from './kernelTrees';
import { registerKexecCommand } from './kexecCommand';
import { registerLanguageStatus } from './languageStatus';
import { registerReplayCommand } from './replayCommand';
import { ReplayPanel } from './replayPanel';
import { createReviewClient } from './reviewClient';
import { registerReviewCommand } from './reviewCommand';
import { ReviewController } from './reviewController';
import { registerSimulatedCommand } from './simulatedCommand';
import { registerVirtualDocuments } from './virtualDocuments';

/** Called by VS Code. Nothing is read or simulated here; the engine starts with its first use. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Kernel Patch Review', { log: true });
  const client = createReviewClient(() => startEngine(context.extensionUri), treeFilesOf);
  const trees = new KernelTrees((tree, paths) => {
    client.treeChanged(tree, paths);
    reviews.treeChanged(tree);
  });
  const reviews = new ReviewController(client, trees, log);
  const panel = new ReplayPanel(context.extensionUri, client, reviews);
  context.subscriptions.push(
    log,
    client,
    trees,
    reviews,
    panel,
    registerDiagnostics(reviews),
    registerCodeLenses(reviews),
    registerLanguageStatus(reviews),
    registerVirtualDocuments(client, trees),
    registerReviewCommand(reviews),
    registerKexecCommand(client, reviews, panel),
    registerReplayCommand(reviews, panel),
    registerSimulatedCommand(panel),
    vscode.commands.registerCommand(showLogCommand, () => log.show()),
  );
}

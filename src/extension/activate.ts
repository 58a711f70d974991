// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { registerCodeLenses } from './codeLenses';
import { showLogCommand } from './commands';
import { registerCompareCommand } from './compareCommand';
import { registerDiagnostics } from './diagnostics';
import { startEngine } from './engine';
import { registerFileDiagnostics } from './fileDiagnostics';
import { KernelTrees, treeFilesOf } from './kernelTrees';
import { registerKexecCommand } from './kexecCommand';
import { registerLanguageStatus } from './languageStatus';
import { registerReplayCommand } from './replayCommand';
import { registerReplayCommands } from './replayCommands';
import { registerReplayLinks } from './replayLink';
import { ReplayPanel } from './replayPanel';
import { createReviewClient } from './reviewClient';
import { registerReviewCommand } from './reviewCommand';
import { ReviewController } from './reviewController';
import { registerReviewReplyCommand } from './reviewReplyCommand';
import { registerSimulatedCommand } from './simulatedCommand';
import { registerTreeIndexing } from './treeIndexing';
import { registerVirtualDocuments } from './virtualDocuments';
import { registerWhatIfs } from './whatIfs';
import { WorkspaceFiles } from './workspaceFiles';

/**
 * Called by VS Code. Nothing is simulated here, and nothing read but the user's own models and scenarios; the engine
 * starts with its first use, which may be to check these.
 */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Kernel Patch Review', { log: true });
  const files = new WorkspaceFiles();
  const client = createReviewClient(
    () => startEngine(context.extensionUri),
    treeFilesOf,
    () => files.get(),
  );
  const trees = new KernelTrees((tree, paths) => {
    client.treeChanged(tree, paths);
    reviews.treeChanged(tree);
  });
  const reviews = new ReviewController(client, trees, log);
  const panel = new ReplayPanel(context.extensionUri, client, reviews, files);
  context.subscriptions.push(
    log,
    files,
    client,
    trees,
    reviews,
    panel,
    files.onDidChange(() => reviews.filesChanged()),
    registerDiagnostics(reviews),
    registerFileDiagnostics(client, files, log),
    registerCodeLenses(reviews),
    registerLanguageStatus(reviews),
    registerTreeIndexing(client, reviews, log),
    registerVirtualDocuments(client, trees, files),
    registerReviewCommand(reviews),
    registerKexecCommand(client, reviews, panel),
    registerReplayCommand(reviews, panel),
    registerReplayCommands(panel),
    registerReplayLinks((saved) => panel.restore(saved)),
    registerSimulatedCommand(panel),
    registerWhatIfs(reviews),
    registerReviewReplyCommand(client, reviews),
    registerCompareCommand(client, reviews),
    vscode.commands.registerCommand(showLogCommand, () => log.show()),
  );
}

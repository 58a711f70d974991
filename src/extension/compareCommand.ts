// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import type { ReviewedText } from '../review/types';
import { compareVersionsCommand } from './commands';
import { activeDocument, isReviewedLanguage } from './documents';
import { tellFailure, withCancel } from './progress';
import type { ReviewClient } from './reviewClient';
import type { ReviewController } from './reviewController';

/**
 * *Compare With Another Version*: which findings of a series are gone, new and still there. Both versions may be in the
 * document in front; else the other one is asked for.
 */
export function registerCompareCommand(client: ReviewClient, reviews: ReviewController): vscode.Disposable {
  return vscode.commands.registerCommand(compareVersionsCommand, async () => {
    const document = await activeDocument();
    if (!document) {
      void vscode.window.showInformationMessage('There is no document to compare. Open a mail or a patch first.');
      return;
    }
    try {
      const own = await reviewed(document, reviews);
      const content = (await client.compare(own, null)) ?? (await withAnother(own, document, client, reviews));
      if (content === null) return;
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'plaintext', content }));
    } catch (error) {
      tellFailure(error);
    }
  });
}

async function reviewed(document: vscode.TextDocument, reviews: ReviewController): Promise<ReviewedText> {
  const known = reviews.upToDate(document.uri);
  const review = known ?? (await withCancel('Reviewing', (task) => reviews.review(document, task)));
  const name = vscode.workspace.asRelativePath(document.uri);
  return { name, text: document.getText(), findings: review.findings };
}

/** Null where no other document was chosen. */
async function withAnother(
  own: ReviewedText,
  document: vscode.TextDocument,
  client: ReviewClient,
  reviews: ReviewController,
): Promise<string | null> {
  const uri = await chooseOther(document);
  if (!uri) return null;
  return client.compare(own, await reviewed(await vscode.workspace.openTextDocument(uri), reviews));
}

/** Another document: one that is open, or a file. */
async function chooseOther(document: vscode.TextDocument): Promise<vscode.Uri | undefined> {
  const open = vscode.workspace.textDocuments.filter((other) => other !== document && isReviewedLanguage(other));
  const items = open.map(({ uri }) => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  const file = { label: 'Choose a file…', uri: null };
  const chosen =
    items.length === 0
      ? file
      : await vscode.window.showQuickPick([...items, file], { title: 'The other version of this series' });
  if (chosen === undefined) return undefined;
  if (chosen.uri !== null) return chosen.uri;
  const files = await vscode.window.showOpenDialog({ title: 'The other version of this series', openLabel: 'Compare' });
  return files?.[0];
}

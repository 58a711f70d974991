// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { listed, scenarioOf, type Told, toldOf } from '../review/people';
import { reviewReplyCommand } from './commands';
import { activeDocument } from './documents';
import { tellFailure, withCancel } from './progress';
import type { ReviewClient } from './reviewClient';
import type { ReviewController } from './reviewController';

/** *Write Review Reply*: the findings of the document in front as a plain-text answer to its mail, in an untitled document. */
export function registerReviewReplyCommand(client: ReviewClient, reviews: ReviewController): vscode.Disposable {
  return vscode.commands.registerCommand(reviewReplyCommand, async () => {
    const document = await activeDocument();
    if (!document) {
      void vscode.window.showInformationMessage('There is no document to reply to. Open a mail or a patch first.');
      return;
    }
    try {
      const known = reviews.upToDate(document.uri);
      const review = known ?? (await withCancel('Reviewing', (task) => reviews.review(document, task)));
      const told = toldOf(review.findings);
      if (told.length === 0) {
        void vscode.window.showInformationMessage('There is no finding to reply with.');
        return;
      }
      const chosen = told.length === 1 ? told : await choose(told);
      if (chosen === undefined || chosen.length === 0) return;
      const content = await client.reply(
        document.getText(),
        chosen.flatMap(({ group }) => group),
      );
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'plaintext', content }));
    } catch (error) {
      tellFailure(error);
    }
  });
}

/** Asks which findings go into the reply: all that the patch has to do with are picked. */
async function choose(told: readonly Told[]): Promise<readonly Told[] | undefined> {
  const items = told.map((one) => ({
    label: `${one.finding.ruleId}, line ${one.finding.place.line}`,
    description: listed(one.group.map(scenarioOf)),
    detail: one.finding.short,
    picked: !one.finding.unrelated,
    one,
  }));
  const title = 'Findings for the review reply';
  const chosen = await vscode.window.showQuickPick(items, { canPickMany: true, title, matchOnDetail: true });
  return chosen?.map(({ one }) => one);
}

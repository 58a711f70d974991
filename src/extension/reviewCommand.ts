// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { reviewCommand } from './commands';
import { activeDocument } from './documents';
import { tellFailure, withCancel } from './progress';
import type { ReviewController } from './reviewController';
import { summaryWords, whyNoRun } from './wording';

/** *Review This Document*: of any language, also where it was never saved. */
export function registerReviewCommand(reviews: ReviewController): vscode.Disposable {
  return vscode.commands.registerCommand(reviewCommand, async () => {
    const document = await activeDocument();
    if (!document) {
      void vscode.window.showInformationMessage(
        'There is no document to review. Open a mail or a patch first; VS Code gives no document above 50 MB to extensions.',
      );
      return;
    }
    try {
      const review = await withCancel('Reviewing', (task) => reviews.review(document, task));
      const why = whyNoRun(review, 'No scenario applies: the patch changes no code that one of them runs.');
      if (why !== null) void vscode.window.showInformationMessage(why);
      else vscode.window.setStatusBarMessage(`Kernel Patch Review: ${summaryWords(review)}`, 5000);
    } catch (error) {
      tellFailure(error);
    }
  });
}

// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { reviewCommand } from './commands';
import { activeDocument } from './documents';
import { withCancel } from './progress';
import { Cancelled } from './reviewClient';
import type { ReviewController } from './reviewController';
import { summaryWords } from './wording';

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
      if (review.patches === 0) void vscode.window.showInformationMessage('This document holds no patch.');
      else if (!review.applied) {
        void vscode.window.showInformationMessage(
          'No scenario applies: the patch changes no code that one of them runs. Nothing was simulated.',
        );
      } else if (review.runs.length === 0 && review.undecided.length > 0) {
        void vscode.window.showInformationMessage(
          `No verdict: code that ${review.undecided.join(', ')} runs could not be analysed. The problems of the document say which.`,
        );
      } else vscode.window.setStatusBarMessage(`Kernel Patch Review: ${summaryWords(review)}`, 5000);
    } catch (error) {
      if (error instanceof Cancelled) vscode.window.setStatusBarMessage('Kernel Patch Review: cancelled', 5000);
      else void vscode.window.showErrorMessage(String((error as Error).message));
    }
  });
}

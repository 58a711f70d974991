// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { reviewCommand, showLogCommand } from './commands';
import { reviewedLanguages } from './documents';
import type { DocumentReview, ReviewController } from './reviewController';
import { count, summaryWords } from './wording';

const severity = vscode.LanguageStatusSeverity;

/** Says in the language status what a review came to: running, n findings, nothing applied, partial. */
export function registerLanguageStatus(reviews: ReviewController): vscode.Disposable {
  const languages: vscode.DocumentFilter[] = reviewedLanguages.map((language) => ({ language }));
  const item = vscode.languages.createLanguageStatusItem('kernelPatchReview', languages);
  item.name = 'Kernel Patch Review';

  function update(): void {
    const document = vscode.window.activeTextEditor?.document;
    const known = document ? reviews.get(document.uri) : null;
    // Text of another language has this item only once it was reviewed.
    item.selector =
      document && known ? [...languages, { language: document.languageId, scheme: document.uri.scheme }] : languages;
    item.busy = known?.busy ?? false;
    item.text = known ? textOf(known) : 'Not reviewed';
    item.severity = known ? severityOf(known) : severity.Information;
    item.detail = known ? detailOf(known) : 'Kernel Patch Review';
    item.command =
      known?.review && known.review.notices.length > 0
        ? { command: showLogCommand, title: 'Show Log' }
        : { command: reviewCommand, title: 'Review' };
  }

  update();
  return vscode.Disposable.from(item, reviews.onDidChange(update), vscode.window.onDidChangeActiveTextEditor(update));
}

function textOf(known: DocumentReview): string {
  if (known.busy) return 'Simulating …';
  if (known.problem || !known.review) return 'Not reviewed';
  return `${known.stale ? 'Out of date: ' : ''}${summaryWords(known.review)}`;
}

function detailOf(known: DocumentReview): string {
  if (known.problem) return known.problem;
  const notices = known.review?.notices ?? [];
  const first = notices.find((notice) => notice.level !== 'note') ?? notices[0];
  if (!first) return 'Kernel Patch Review';
  return notices.length === 1 ? first.message : `${count(notices.length, 'notice')}: ${first.message}`;
}

function severityOf(known: DocumentReview): vscode.LanguageStatusSeverity {
  if (known.problem) return severity.Error;
  return known.review?.partial || known.review?.notices.some((notice) => notice.level !== 'note')
    ? severity.Warning
    : severity.Information;
}

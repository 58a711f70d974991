// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import type { Place } from '../review/types';
import { replayTextScheme } from './replayText';
import { virtualScheme } from './virtualDocuments';

/** Languages whose documents are reviewed without being asked. */
export const reviewedLanguages = ['diff', 'kernel-mail'] as const;

/** UTF-16 units above which a document is not reviewed; VS Code itself gives no document above 50 MB to extensions. */
const largest = 20 * 1024 * 1024;

/** Schemes of documents that are made by tools, not written by people who want a review. */
const foreignSchemes: readonly string[] = [
  virtualScheme,
  replayTextScheme,
  'output',
  'git',
  'debug',
  'vscode-settings',
];

/** Whether a document is reviewed on its own when it opens. */
export function isReviewedLanguage(document: vscode.TextDocument): boolean {
  return (
    reviewedLanguages.some((language) => language === document.languageId) &&
    !foreignSchemes.includes(document.uri.scheme)
  );
}

/** Whether a document may be reviewed when somebody asks. */
function mayReview(document: vscode.TextDocument): boolean {
  return !foreignSchemes.includes(document.uri.scheme);
}

/**
 * The document in front: of the active editor, or of the active tab where its editor is still being made.
 * Null where there is none, or where VS Code does not give it to extensions (above 50 MB).
 */
export async function activeDocument(): Promise<vscode.TextDocument | null> {
  const document = vscode.window.activeTextEditor?.document ?? (await documentOfTab());
  return document && mayReview(document) ? document : null;
}

async function documentOfTab(): Promise<vscode.TextDocument | null> {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const uri =
    input instanceof vscode.TabInputText ? input.uri : input instanceof vscode.TabInputTextDiff ? input.modified : null;
  return uri ? Promise.resolve(vscode.workspace.openTextDocument(uri)).catch(() => null) : null;
}

/** A sentence that says why a text is not reviewed, or null where it is. */
export function tooLarge(text: string): string | null {
  if (text.length <= largest) return null;
  const megabytes = (text.length / (1024 * 1024)).toFixed(0);
  return `Not reviewed: this document has ${megabytes} MB, and documents over 20 MB are not. Open the single mail instead.`;
}

/** A 1-based place as the 0-based range of the editor; a place without width is its whole line. */
export function rangeOf(place: Place): vscode.Range {
  const line = Math.max(place.line - 1, 0);
  const range = new vscode.Range(
    line,
    Math.max(place.column - 1, 0),
    Math.max(place.endLine - 1, line),
    Math.max(place.endColumn - 1, 0),
  );
  return range.isEmpty ? new vscode.Range(line, 0, line, Number.MAX_SAFE_INTEGER) : range;
}

// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';

/** The section of all settings. */
export const section = 'kernelPatchReview';

/** What can be set, with the names that the code uses. */
export interface Settings {
  /** Review mails and patches as they are opened and changed. */
  readonly automatic: boolean;
  /** Milliseconds that one review may take. */
  readonly budgetMs: number;
  /** Whether hunks have a code lens. */
  readonly codeLens: boolean;
  /** Whether a replay starts by following its steps in the editor. */
  readonly follow: boolean;
  /** Where the kernel tree is: a folder, `none`, or empty for one of the workspace's folders that holds one. */
  readonly kernelTree: string;
}

/** The settings as they are for a document (or in general). */
export function readSettings(scope?: vscode.Uri): Settings {
  const settings = vscode.workspace.getConfiguration(section, scope);
  // A workspace that nobody trusts does not say what else of the disk is read.
  const kernelTree = vscode.workspace.isTrusted
    ? settings.get<unknown>('kernelTree')
    : settings.inspect<unknown>('kernelTree')?.globalValue;
  return {
    automatic: settings.get('automaticReview', true),
    budgetMs: settings.get('budgetMs', 10_000),
    codeLens: settings.get('codeLens', true),
    follow: settings.get('replay.followPatch', true),
    kernelTree: typeof kernelTree === 'string' ? kernelTree.trim() : '',
  };
}

// SPDX-License-Identifier: MIT
/** Links that open a replay: the document, the scenario and the step. */

import * as vscode from 'vscode';
import type { SavedReplay } from '../replay/types';

/** Name of the extension in links. */
const extensionId = 'kernel-patch-review.kernel-patch-review';
const linkPath = '/replay';

/** A link to where a replay stands. */
export function replayLink({ document, choice, side, step }: SavedReplay): string {
  const query = new URLSearchParams({ choice, step: String(step) });
  if (document !== null) query.set('document', document);
  if (side !== null) query.set('side', side);
  return `${vscode.env.uriScheme}://${extensionId}${linkPath}?${query}`;
}

/** What a link asks for, or null where it is none of ours. @param query as `Uri.query` gives it, decoded once or not at all */
export function readReplayLink(uri: { readonly path: string; readonly query: string }): SavedReplay | null {
  if (uri.path !== linkPath) return null;
  const query = new URLSearchParams(uri.query);
  const choice = query.get('choice');
  const step = Number(query.get('step') ?? 0);
  const side = query.get('side');
  if (choice === null || !Number.isSafeInteger(step) || step < 0) return null;
  return { document: query.get('document'), choice, step, side: side === 'before' || side === 'after' ? side : null };
}

/**
 * Whether a link may open a document. Anybody can make links: they open what the workspace holds or what is open
 * already, and nothing else, on this machine or another.
 */
export function mayOpen(uri: vscode.Uri): boolean {
  const isOpen = vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri.toString());
  return isOpen || vscode.workspace.getWorkspaceFolder(uri) !== undefined;
}

/** Opens links. @param restore shows what a link asks for */
export function registerReplayLinks(restore: (saved: SavedReplay) => Promise<void>): vscode.Disposable {
  return vscode.window.registerUriHandler({
    async handleUri(uri) {
      const saved = readReplayLink(uri);
      if (!saved) {
        void vscode.window.showWarningMessage('This link names no replay.');
        return;
      }
      if (saved.document !== null && !mayOpen(vscode.Uri.parse(saved.document))) {
        void vscode.window.showWarningMessage(
          `The document of this link is not in this workspace: ${saved.document}. Open it and try again.`,
        );
        return;
      }
      await restore(saved);
    },
  });
}

// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { showReplayCommand } from './commands';
import { activeDocument, rangeOf } from './documents';
import { type Guard, isString, shape } from './guard';
import type { ReplayPanel } from './replayPanel';
import type { ReviewController } from './reviewController';
import { byRank, findReplay, replaysOf, type Told } from './wording';

/** What a code lens hands over. */
export interface ReplayArguments {
  readonly document: string;
  readonly id: string;
}

const isReplayArguments: Guard<ReplayArguments> = shape({ document: isString, id: isString });

/** *Show Replay*: what a code lens names, else the finding at the cursor, else one that is picked. */
export function registerReplayCommand(reviews: ReviewController, panel: ReplayPanel): vscode.Disposable {
  return vscode.commands.registerCommand(showReplayCommand, async (argument: unknown) => {
    const document = await documentOf(argument);
    const review = document ? reviews.get(document.uri)?.review : null;
    if (!document || !review) {
      void vscode.window.showInformationMessage('Nothing has been simulated for this document yet. Review it first.');
      return;
    }
    const replays = replaysOf(review);
    const asked = isReplayArguments(argument) ? findReplay(replays, argument.id) : atCursor(document, reviews, replays);
    const current = asked ?? (await pick(replays));
    if (current) panel.show({ document, replays, current });
  });
}

async function documentOf(argument: unknown): Promise<vscode.TextDocument | null> {
  if (!isReplayArguments(argument)) return activeDocument();
  return vscode.workspace.openTextDocument(vscode.Uri.parse(argument.document));
}

/** The worst finding on the line of the cursor. */
function atCursor(document: vscode.TextDocument, reviews: ReviewController, replays: readonly Told[]): Told | null {
  const editor = vscode.window.activeTextEditor;
  const review = reviews.get(document.uri)?.review;
  if (!review || editor?.document !== document) return null;
  const line = editor.selection.active.line;
  const finding = byRank(review.findings).find(({ place }) => {
    const range = rangeOf(place);
    return range.start.line <= line && line <= range.end.line;
  });
  return replays.find(({ replay }) => replay === finding?.replay) ?? null;
}

async function pick(replays: readonly Told[]): Promise<Told | null> {
  if (replays.length === 0) {
    void vscode.window.showInformationMessage('The review of this document has no run to replay.');
    return null;
  }
  const items = replays.map((told) => ({ label: told.label, detail: told.verdict, told }));
  const picked = await vscode.window.showQuickPick(items, { title: 'Show Replay', matchOnDetail: true });
  return picked?.told ?? null;
}

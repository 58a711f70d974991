// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import type { HunkAnswer, Review } from '../review/types';
import { reviewCommand, showReplayCommand } from './commands';
import type { ReplayArguments } from './replayCommand';
import type { DocumentReview, ReviewController } from './reviewController';
import { readSettings, section } from './settings';
import { byRank, lensTitle, replaysOf } from './wording';

/** Says over every hunk that a scenario reaches what was run and what came of it. */
export function registerCodeLenses(reviews: ReviewController): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses(document) {
      const known = reviews.get(document.uri);
      if (!known?.review || !readSettings(document.uri).codeLens) return [];
      return lensesOf(known, known.review, document.lineCount);
    },
  };
  return vscode.Disposable.from(
    changed,
    reviews.onDidChange(() => changed.fire()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(section)) changed.fire();
    }),
    // Any document can be reviewed on request, whatever its language.
    vscode.languages.registerCodeLensProvider('*', provider),
  );
}

function lensesOf(known: DocumentReview, review: Review, lineCount: number): vscode.CodeLens[] {
  return review.hunks.flatMap((hunk, i) => {
    const line = (known.hunkLines[i] ?? hunk.line) - 1;
    if (line < 0 || line >= lineCount) return [];
    const range = new vscode.Range(line, 0, line, 0);
    if (known.stale) {
      const title = known.busy ? 'running again …' : `out of date · ${lensTitle(review, hunk)}`;
      return [new vscode.CodeLens(range, { title, command: known.busy ? '' : reviewCommand })];
    }
    const argument = replayArguments(known.uri, review, hunk);
    return [
      new vscode.CodeLens(range, {
        title: lensTitle(review, hunk),
        tooltip: 'Replay it step by step',
        command: showReplayCommand,
        arguments: [argument],
      }),
    ];
  });
}

/** The worst that rests on the hunk, or the run of its first scenario. */
function replayArguments(uri: vscode.Uri, review: Review, hunk: HunkAnswer): ReplayArguments {
  const worst = byRank(hunk.findings.flatMap((index) => review.findings[index] ?? []))[0];
  const told = replaysOf(review).find(({ replay, scenario }) =>
    worst ? replay === worst.replay : hunk.scenarios.includes(scenario),
  );
  return { document: uri.toString(), id: told?.id ?? hunk.scenarios[0] ?? '' };
}

// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import type { Place } from '../review/types';
import { rangeOf } from './documents';

/** Marks in the editors the line whose step the replay shows. */
export interface ReplayFollower extends vscode.Disposable {
  /** `place` is in the document with the address `uri`; null where no line is to be marked. */
  follow(uri: vscode.Uri | null, place: Place | null): void;
}

/** Makes the marker: the debugger's own colour for the line that runs. */
export function createReplayFollower(): ReplayFollower {
  const colour = new vscode.ThemeColor('editor.stackFrameHighlightBackground');
  const decoration = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: colour,
    overviewRulerColor: colour,
    overviewRulerLane: vscode.OverviewRulerLane.Full,
  });
  let target: { readonly key: string; readonly range: vscode.Range } | null = null;

  function mark(editor: vscode.TextEditor, reveal: boolean): void {
    if (target === null || editor.document.uri.toString() !== target.key) {
      editor.setDecorations(decoration, []);
      return;
    }
    editor.setDecorations(decoration, [target.range]);
    if (reveal) editor.revealRange(target.range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  // An editor that appears later shows the line too, but is not moved.
  const listener = vscode.window.onDidChangeVisibleTextEditors((editors) => {
    for (const editor of editors) mark(editor, false);
  });

  return {
    follow(uri, place) {
      target = place && uri ? { key: uri.toString(), range: rangeOf(place) } : null;
      for (const editor of vscode.window.visibleTextEditors) mark(editor, true);
    },
    dispose() {
      listener.dispose();
      decoration.dispose();
    },
  };
}

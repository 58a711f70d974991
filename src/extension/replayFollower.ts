// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import type { Place } from '../review/types';
import { rangeOf } from './documents';

/** Marks in the editors the line whose step the replay shows. */
export interface ReplayFollower extends vscode.Disposable {
  /** `place` is in the document with the address `uri`; null where no line is to be marked. */
  follow(uri: vscode.Uri | null, place: Place | null): void;
}

/**
 * Makes the marker: the debugger's own colour for the line that runs.
 * @param isOurs whether a document belongs to the replay: the mail, or code that it runs. An editor that shows one of
 *   these shows the next step's file, too, as a debugger does; what else is open stays as it is.
 */
export function createReplayFollower(isOurs: (uri: vscode.Uri) => boolean): ReplayFollower {
  const colour = new vscode.ThemeColor('editor.stackFrameHighlightBackground');
  const decoration = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: colour,
    overviewRulerColor: colour,
    overviewRulerLane: vscode.OverviewRulerLane.Full,
  });
  let target: { readonly uri: vscode.Uri; readonly range: vscode.Range } | null = null;
  let opening = false;

  const shows = (editor: vscode.TextEditor): boolean => editor.document.uri.toString() === target?.uri.toString();

  function mark(editor: vscode.TextEditor, reveal: boolean): void {
    if (target === null || !shows(editor)) {
      editor.setDecorations(decoration, []);
      return;
    }
    editor.setDecorations(decoration, [target.range]);
    if (reveal) editor.revealRange(target.range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  /** Brings the file of the step into the editor that showed the one before. Steps that come meanwhile wait, all but the last. */
  async function open(): Promise<void> {
    if (opening) return;
    opening = true;
    try {
      while (target !== null && !vscode.window.visibleTextEditors.some(shows)) {
        const { uri } = target;
        const home = vscode.window.visibleTextEditors.find((editor) => isOurs(editor.document.uri));
        if (home?.viewColumn === undefined) return;
        await vscode.window.showTextDocument(uri, { viewColumn: home.viewColumn, preserveFocus: true, preview: true });
      }
      for (const editor of vscode.window.visibleTextEditors) mark(editor, true);
    } catch {
      // A file that is gone cannot be followed into; the view itself still tells the step.
    } finally {
      opening = false;
    }
  }

  // An editor that appears later shows the line too, but is not moved.
  const listener = vscode.window.onDidChangeVisibleTextEditors((editors) => {
    for (const editor of editors) mark(editor, false);
  });

  return {
    follow(uri, place) {
      target = place && uri ? { uri, range: rangeOf(place) } : null;
      for (const editor of vscode.window.visibleTextEditors) mark(editor, true);
      if (target !== null) void open();
    },
    dispose() {
      target = null;
      listener.dispose();
      decoration.dispose();
    },
  };
}

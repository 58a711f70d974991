// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { actionNames } from '../replay/actions';
import { replayActionCommand, replayLineCommand } from './commands';
import type { ReplayPanel } from './replayPanel';

/** Everything that can be done in the replay, as commands; the view does it, wherever the focus is. */
export function registerReplayCommands(panel: ReplayPanel): vscode.Disposable {
  return vscode.Disposable.from(
    ...actionNames.map((action) =>
      vscode.commands.registerCommand(replayActionCommand(action), () => panel.act(action)),
    ),
    vscode.commands.registerCommand(replayLineCommand, () => {
      const editor = vscode.window.activeTextEditor;
      if (editor) panel.goToLine(editor.document.uri, editor.selection.active.line + 1);
    }),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections, kind }) => {
      const [selection] = selections;
      // A click, not a selection and not the keyboard: who reads the mail is not to move the replay.
      if (kind !== vscode.TextEditorSelectionChangeKind.Mouse || selections.length !== 1 || !selection?.isEmpty) return;
      if (panel.follows) panel.goToLine(textEditor.document.uri, selection.active.line + 1);
    }),
  );
}

// SPDX-License-Identifier: MIT
/** What is taken along from a replay: the clipboard, a document, a file. */

import * as vscode from 'vscode';
import { type Heading, toJson, toMarkdown, toPlainText } from '../replay/text';
import type { FromReplay, Taken, Way } from '../replay/types';
import type { ReplaySide } from '../review/types';

/** The scheme of replays as text. */
export const replayTextScheme = 'kernel-patch-review-replay';

const wayNames: Readonly<Record<Way, string>> = { before: 'before the patch', after: 'with the patch', own: 'own way' };

/** What is taken along: a way, under what is told of it. */
export interface Told {
  readonly side: ReplaySide;
  readonly way: Way;
  readonly scenario: string;
  readonly title: string;
  readonly verdict: string;
  /** A link to where the view stands. */
  readonly link: string;
}

/** Takes things along. */
export interface ReplayTaker extends vscode.Disposable {
  take(what: Taken, told: Told): Promise<void>;
  /** Asks where, and writes the file there. */
  save(picture: Extract<FromReplay, { readonly type: 'picture' }>): Promise<void>;
}

/** Makes it, and registers the documents. */
export function createReplayTaker(): ReplayTaker {
  const texts = new Map<string, string>();
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const provider = vscode.workspace.registerTextDocumentContentProvider(replayTextScheme, {
    onDidChange: changed.event,
    provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? 'This replay is not open any more.\n',
  });

  async function show(told: Told, text: string): Promise<void> {
    const path = `/Replay of ${told.scenario}, ${wayNames[told.way]}.txt`;
    const uri = vscode.Uri.from({ scheme: replayTextScheme, path });
    texts.set(uri.toString(), text);
    changed.fire(uri);
    await vscode.window.showTextDocument(uri, { preview: true });
  }

  async function copy(text: string, what: string): Promise<void> {
    await vscode.env.clipboard.writeText(text);
    vscode.window.setStatusBarMessage(`$(clippy) ${what} copied`, 3000);
  }

  return {
    async take(what, told) {
      const heading: Heading = { title: told.title, way: wayNames[told.way], verdict: told.verdict };
      switch (what) {
        case 'document':
          return show(told, toPlainText(told.side, heading));
        case 'text':
          return copy(toPlainText(told.side, heading), 'Text');
        case 'markdown':
          return copy(toMarkdown(told.side, heading), 'Markdown');
        case 'json':
          return copy(toJson(told.side, heading), 'JSON');
        case 'link':
          return copy(told.link, 'Link');
      }
    },
    async save({ format, name, data }) {
      const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
      const file = `${name.replace(/[^\w.-]+/g, '-')}.${format}`;
      const target = await vscode.window.showSaveDialog({
        ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, file) } : {}),
        filters: { [format.toUpperCase()]: [format] },
      });
      if (!target) return;
      await vscode.workspace.fs.writeFile(target, format === 'svg' ? new TextEncoder().encode(data) : fromBase64(data));
    },
    dispose() {
      provider.dispose();
      changed.dispose();
    },
  };
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

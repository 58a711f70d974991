// SPDX-License-Identifier: MIT
/** Read-only documents that are not files: bundled C, pages about outcomes, and what was simulated. */

import * as vscode from 'vscode';
import { type OutcomeId, outcomes } from '../review/outcomes';
import type { Side } from '../review/types';
import type { KernelTrees } from './kernelTrees';
import type { ReviewClient } from './reviewClient';
import type { WorkspaceFiles } from './workspaceFiles';

/** The scheme of their addresses. */
export const virtualScheme = 'kernel-patch-review-source';

/** The page about an outcome. */
export function ruleUri(rule: OutcomeId): vscode.Uri {
  return vscode.Uri.from({ scheme: virtualScheme, path: `/rules/${rule}.md` });
}

/** A bundled C file, such as `models/x.c`. */
export function sourceUri(file: string): vscode.Uri {
  return vscode.Uri.from({ scheme: virtualScheme, path: `/${file}` });
}

/** One side of what was simulated for a document. */
export function simulatedUri(document: vscode.Uri, side: Side): vscode.Uri {
  const name = document.path.replace(/^.*\//, '').replace(/\.\w+$/, '') || 'patch';
  return vscode.Uri.from({ scheme: virtualScheme, path: `/simulated/${side}/${name}.c`, query: document.toString() });
}

/** Registers the provider of these documents. What was simulated is shown anew when the user's own files have changed. */
export function registerVirtualDocuments(
  client: ReviewClient,
  trees: KernelTrees,
  files: WorkspaceFiles,
): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const provider: vscode.TextDocumentContentProvider = {
    onDidChange: changed.event,
    provideTextDocumentContent: (uri) => textOf(client, trees, uri),
  };
  return vscode.Disposable.from(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(virtualScheme, provider),
    files.onDidChange(() => {
      for (const { uri } of vscode.workspace.textDocuments)
        if (uri.scheme === virtualScheme && uri.query !== '') changed.fire(uri);
    }),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      const own = document.uri.toString();
      for (const open of vscode.workspace.textDocuments) {
        if (open.uri.scheme === virtualScheme && open.uri.query === own) changed.fire(open.uri);
      }
    }),
  );
}

async function textOf(client: ReviewClient, trees: KernelTrees, uri: vscode.Uri): Promise<string> {
  const [, kind = '', name = ''] = uri.path.split('/');
  if (kind === 'rules') return ruleText(name.replace(/\.md$/, ''));
  if (kind === 'simulated') {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri.query));
    const sides = await client.simulated(document.getText(), await trees.find(document.uri));
    return name === 'before' ? sides.before : sides.after;
  }
  return (await client.source(uri.path.slice(1))) ?? `There is no bundled file ${uri.path.slice(1)}.\n`;
}

const levelWords = {
  error: 'an error: the machine or the kernel does not survive it, or data is lost or exposed',
  warning: 'a warning: something is lost or refused, and the story goes on',
  note: 'a note: worth knowing, often the safe choice',
} as const;

/** What an outcome means, as Markdown. */
function ruleText(rule: string): string {
  if (!Object.hasOwn(outcomes, rule)) return `# ${rule}\n\nNo outcome has this name.\n`;
  const [level, meaning] = outcomes[rule as OutcomeId];
  return [
    `# ${rule}`,
    '',
    `${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}.`,
    '',
    `Shown as ${levelWords[level]}.`,
    '',
    'A finding says what the patch does to this outcome, by running the code without the patch and with it:',
    '',
    '- **new**: it can happen only with the patch;',
    '- **remains**: it can happen without the patch and with it;',
    '- **fixed**: it can happen only without the patch.',
    '',
    'The replay shows the shortest way there, step by step, and what each step does to the machine.',
    '',
  ].join('\n');
}

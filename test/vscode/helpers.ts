// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';

const extension = vscode.extensions.getExtension('kernel-patch-review.kernel-patch-review');
assert.ok(extension);
const seeds = path.resolve(extension.extensionPath, '..', 'shared', 'seeds');

/** The path of a seed mail by its number, or null where the shared material is missing. */
export function seedPath(number: string): string | null {
  if (!existsSync(seeds)) return null;
  const name = readdirSync(seeds).find((each) => each.startsWith(`${number}_`) && each.endsWith('.txt'));
  return name ? path.join(seeds, name) : null;
}

/** The folder of the bundled samples. */
export const samples = path.join(extension.extensionPath, 'media', 'samples');

/** All that the editor shows of problems, for messages of tests. */
const shown = (): string =>
  vscode.languages
    .getDiagnostics()
    .flatMap(([uri, list]) => list.map(({ range, message }) => `${uri.path}:${range.start.line + 1}: ${message}`))
    .join('\n');

/** Waits until `look` gives something. */
export async function until<T>(what: string, look: () => T | null | undefined | false, timeoutMs = 15_000): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const found = look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms for ${what}; there was: ${shown() || 'nothing'}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Opens a text in an editor of its own. */
export async function open(content: string, language = 'plaintext'): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument({ content, language });
  await vscode.window.showTextDocument(document);
  return document;
}

/** Opens a file in an editor. */
export async function openFile(file: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
  await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
  return document;
}

/** Our own diagnostics of a document. */
export function problems(document: vscode.TextDocument): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(document.uri).filter(({ source }) => source === 'kernel-patch-review');
}

/** The outcome that a diagnostic is about, or an empty text for a notice. */
export function outcomeOf({ code }: vscode.Diagnostic): string {
  return typeof code === 'object' ? String(code.value) : '';
}

/** Our lenses of a document. */
export async function lenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
  const all = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    document.uri,
    99,
  );
  return all.filter(({ command }) => command?.command.startsWith('kernelPatchReview.'));
}

/** Our lenses of a document once they lead to replays: until then problems stand at lines of the trace. */
export async function decidedLenses(document: vscode.TextDocument, timeoutMs = 15_000): Promise<vscode.CodeLens[]> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const shown = await lenses(document);
    const title = shown[0]?.command?.title ?? '';
    if (title.endsWith('replay') && !title.startsWith('out of date')) return shown;
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms for a lens that leads to a replay`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The tab of the replay panel, if it is open. */
export function replayTab(): vscode.Tab | undefined {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs.find(
    ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('kernelPatchReview.replay'),
  );
}

type AnyFunction = (...args: never[]) => unknown;

/** Puts another function in the place of one of VS Code's, until it is disposed. */
export function standIn<T extends object, K extends keyof T>(
  target: T,
  name: K,
  replacement: T[K] & AnyFunction,
): vscode.Disposable {
  const original = target[name];
  target[name] = replacement;
  return {
    dispose: () => {
      target[name] = original;
    },
  };
}

/** What a person is told by messages meanwhile; `answer` is the button that is pressed, if it is offered. */
export interface Told extends vscode.Disposable {
  readonly messages: string[];
  readonly offered: string[];
}

/** Listens to messages, and presses a button where one is given. */
export function listen(answer?: string): Told {
  const messages: string[] = [];
  const offered: string[] = [];
  const show = async (message: string, ...items: unknown[]): Promise<unknown> => {
    messages.push(message);
    offered.push(...items.filter((item) => typeof item === 'string'));
    return items.find((item) => item === answer);
  };
  const replaced = (['showInformationMessage', 'showErrorMessage', 'showWarningMessage'] as const).map((name) =>
    standIn(vscode.window, name, show as never),
  );
  return { messages, offered, dispose: () => vscode.Disposable.from(...replaced).dispose() };
}

/** Closes everything that is open; what was typed into untitled documents is lost. */
export async function closeAll(): Promise<void> {
  for (let tries = 0; tries < 20; tries++) {
    const dirty = vscode.workspace.textDocuments.find(({ isDirty, isClosed }) => isDirty && !isClosed);
    if (!dirty) break;
    await vscode.window.showTextDocument(dirty);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

// SPDX-License-Identifier: MIT
/** The user's own models and scenarios, from `.kernel-patch-review` in the folders of a workspace that is trusted. */

import * as vscode from 'vscode';
import type { UserFile } from '../review/types';
import { readUserFiles, userFolder } from '../review/userFiles';
import { after, Disposables, Slot } from './dispose';
import { treeFilesOf } from './kernelTrees';

/** How long changed files are collected before all are read again. */
const settleMs = 200;

/** Reads these files, and again when they change or the workspace does. */
export class WorkspaceFiles implements vscode.Disposable {
  readonly #owned = new Disposables();
  readonly #changed = this.#owned.add(new vscode.EventEmitter<void>());
  /** There are other files than before, or others in them. */
  readonly onDidChange = this.#changed.event;
  readonly #watchers = this.#owned.add(new Slot<vscode.Disposable>());
  readonly #timer = this.#owned.add(new Slot<vscode.Disposable>());
  readonly #uris = new Map<string, vscode.Uri>();
  #files: Promise<readonly UserFile[]>;

  constructor() {
    this.#owned.add(vscode.workspace.onDidGrantWorkspaceTrust(() => this.#readAgain()));
    this.#owned.add(
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        this.#watch();
        this.#readAgain();
      }),
    );
    // What is done in this window is known without a watcher, which some file systems do not have.
    const isOwn = (uri: vscode.Uri): boolean => uri.path.includes(`/${userFolder}/`);
    this.#owned.add(
      vscode.workspace.onDidSaveTextDocument(({ uri }) => {
        if (isOwn(uri)) this.#note();
      }),
    );
    this.#owned.add(
      vscode.workspace.onDidDeleteFiles(({ files }) => {
        if (files.some(isOwn)) this.#note();
      }),
    );
    this.#watch();
    this.#files = this.#read();
  }

  /** The files as they are; the same array until one changes. None where the workspace is not trusted. */
  get(): Promise<readonly UserFile[]> {
    return this.#files;
  }

  /** The address of a file by its name; null for a name that none has. */
  uriOf(name: string): vscode.Uri | null {
    return this.#uris.get(name) ?? null;
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #note(): void {
    this.#timer.value = after(settleMs, () => this.#readAgain());
  }

  #readAgain(): void {
    this.#files = this.#read();
    this.#changed.fire();
  }

  async #read(): Promise<readonly UserFile[]> {
    if (!vscode.workspace.isTrusted) return [];
    const folders = vscode.workspace.workspaceFolders ?? [];
    const lists = folders.map(({ uri: folder }) =>
      readUserFiles(treeFilesOf(folder.toString()), (path) => this.#name(vscode.Uri.joinPath(folder, path))),
    );
    return (await Promise.all(lists)).flat();
  }

  /** As people name it in this workspace; in full where two folders have the same name. */
  #name(uri: vscode.Uri): string {
    const short = vscode.workspace.asRelativePath(uri);
    const other = this.#uris.get(short);
    const name = other && other.toString() !== uri.toString() ? uri.toString() : short;
    this.#uris.set(name, uri);
    return name;
  }

  #watch(): void {
    const watchers = new Disposables();
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
      const pattern = new vscode.RelativePattern(folder, `${userFolder}/**`);
      const watcher = watchers.add(vscode.workspace.createFileSystemWatcher(pattern));
      for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete])
        watchers.add(event(() => this.#note()));
    }
    this.#watchers.value = watchers;
  }
}

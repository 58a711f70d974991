// SPDX-License-Identifier: MIT
/** Kernel trees in the workspace: where they are, their files, and which of them change. */

import * as vscode from 'vscode';
import { isKernelTree, largestFile, type TreeFiles } from '../tree/treeFiles';
import { after, Disposables, Slot } from './dispose';
import { readSettings } from './settings';

/** How long changed files are collected: a checkout changes thousands. */
const settleMs = 200;

/** The files of a tree; its name is the address of its folder. Nothing is run and nothing is written. */
export function treeFilesOf(tree: string): TreeFiles {
  const root = vscode.Uri.parse(tree);
  const { fs } = vscode.workspace;
  return {
    async read(path) {
      try {
        const bytes = await fs.readFile(vscode.Uri.joinPath(root, path));
        return bytes.length > largestFile ? null : new TextDecoder().decode(bytes);
      } catch {
        return null;
      }
    },
    async list(folder) {
      try {
        const entries = await fs.readDirectory(vscode.Uri.joinPath(root, folder));
        // A link to a folder has more bits and is not followed.
        return entries.map(([name, type]) => ({ name, isFolder: type === vscode.FileType.Directory }));
      } catch {
        return [];
      }
    },
  };
}

/** Finds the tree of a document and tells which files of it change. */
export class KernelTrees implements vscode.Disposable {
  readonly #owned = new Disposables();
  /** By folder of the workspace: whether it holds a tree. */
  readonly #known = new Map<string, Promise<boolean>>();
  readonly #watched = new Set<string>();

  /** @param changed is told of files that are not as they were, by their paths in the tree */
  constructor(private readonly changed: (tree: string, paths: readonly string[]) => void) {
    this.#owned.add(vscode.workspace.onDidChangeWorkspaceFolders(() => this.#known.clear()));
  }

  /** The name of the tree for a document: the one that is set, else a folder of the workspace that holds one. */
  async find(document: vscode.Uri): Promise<string | undefined> {
    const { kernelTree } = readSettings(document);
    const own = vscode.workspace.getWorkspaceFolder(document);
    const folders = vscode.workspace.workspaceFolders ?? [];
    if (kernelTree === 'none') return undefined;
    if (kernelTree !== '') return this.#watch(addressOf(kernelTree, (own ?? folders[0])?.uri));
    for (const folder of own ? [own, ...folders.filter((other) => other !== own)] : folders)
      if (await this.#holdsTree(folder.uri)) return this.#watch(folder.uri);
    return undefined;
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #holdsTree(folder: vscode.Uri): Promise<boolean> {
    const key = folder.toString();
    const known = this.#known.get(key) ?? isKernelTree(treeFilesOf(key));
    this.#known.set(key, known);
    return known;
  }

  #watch(root: vscode.Uri): string {
    const tree = root.toString();
    if (this.#watched.has(tree)) return tree;
    this.#watched.add(tree);
    const watcher = this.#owned.add(
      vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(root, '**/*.{c,h}')),
    );
    const paths = new Set<string>();
    const timer = this.#owned.add(new Slot());
    const note = (uri: vscode.Uri): void => {
      paths.add(uri.path.slice(root.path.replace(/\/$/, '').length + 1));
      timer.value = after(settleMs, () => {
        this.changed(tree, [...paths]);
        paths.clear();
      });
    };
    for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) this.#owned.add(event(note));
    return tree;
  }
}

/** The folder that a setting names. */
function addressOf(path: string, base: vscode.Uri | undefined): vscode.Uri {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(path)) return vscode.Uri.parse(path);
  const isAbsolute = path.startsWith('/') || /^[a-z]:[\\/]/i.test(path);
  return isAbsolute || !base ? vscode.Uri.file(path) : vscode.Uri.joinPath(base, path);
}

// SPDX-License-Identifier: MIT
/** The index of a whole kernel tree, made in the background after the first review that used the tree. */

import * as vscode from 'vscode';
import { indexTreeCommand, stopIndexingCommand } from './commands';
import { after, Disposables, Slot } from './dispose';
import { reviewedLanguages } from './documents';
import { messageOf } from './guard';
import { Cancelled, type ReviewClient } from './reviewClient';
import type { ReviewController } from './reviewController';

/** Where reading tens of thousands of files is no matter: not where each of them is a request to a server. */
const nearSchemes: readonly string[] = ['file', 'vscode-remote'];
/** How long after a review it begins, so that a document that is being written is reviewed again first. */
const delayMs = 1000;

/** Starts the index, shows in the language status how far it is, lets it be stopped, and has documents reviewed again. */
export function registerTreeIndexing(
  client: ReviewClient,
  reviews: ReviewController,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const owned = new Disposables();
  const waiting = owned.add(new Slot());
  /** By tree: what ends its index, and what the status says of it. */
  const running = new Map<string, AbortController>();
  const texts = new Map<string, string>();
  /** Those whose index somebody stopped: it is made when somebody asks. */
  const stopped = new Set<string>();
  const item = owned.add(
    vscode.languages.createLanguageStatusItem(
      'kernelPatchReview.tree',
      // Shown once there is something to say.
      [],
    ),
  );
  item.name = 'Kernel Tree';

  function show(): void {
    const uri = vscode.window.activeTextEditor?.document.uri;
    const tree = uri ? reviews.get(uri)?.tree : null;
    const text = tree ? texts.get(tree) : undefined;
    item.selector = text === undefined ? [] : reviewedLanguages.map((language) => ({ language }));
    item.text = text ?? '';
    item.busy = tree ? running.has(tree) : false;
    item.detail = tree ? vscode.Uri.parse(tree).path : '';
    const isOpen = tree ? stopped.has(tree) : false;
    item.command = item.busy
      ? { command: stopIndexingCommand, title: 'Stop', arguments: [tree] }
      : isOpen
        ? { command: indexTreeCommand, title: 'Go On', arguments: [tree] }
        : undefined;
  }

  function say(tree: string, text: string): void {
    texts.set(tree, text);
    show();
  }

  async function index(tree: string): Promise<void> {
    if (running.has(tree)) return;
    const abort = new AbortController();
    running.set(tree, abort);
    const start = performance.now();
    try {
      const done = await client.indexTree(tree, {
        signal: abort.signal,
        progress: ({ fraction }) => {
          const text = `Kernel tree: ${Math.floor(fraction * 100)} % indexed`;
          if (texts.get(tree) !== text) say(tree, text);
        },
      });
      if (done === null) return;
      const figure = `${done.files.toLocaleString('en')} files, ${done.names.toLocaleString('en')} names`;
      log.info(`${tree}: ${figure}, indexed in ${((performance.now() - start) / 1000).toFixed(1)} s`);
      texts.set(tree, `Kernel tree: ${figure}`);
      if (done.knowsMore) reviews.treeChanged(tree);
    } catch (error) {
      if (error instanceof Cancelled) texts.set(tree, 'Kernel tree: indexed in part');
      else {
        texts.delete(tree);
        log.warn(`${tree}: ${messageOf(error)}`);
      }
    } finally {
      running.delete(tree);
      show();
    }
  }

  /** A review of a document has come to its end: the tree that it used is next. */
  function reviewed(uri: vscode.Uri): void {
    show();
    const state = reviews.get(uri);
    const tree = state?.tree;
    if (!tree || !state.review || state.busy || running.has(tree) || stopped.has(tree)) return;
    if (!nearSchemes.includes(vscode.Uri.parse(tree).scheme)) return;
    waiting.value = after(delayMs, () => void index(tree));
  }

  owned.add(reviews.onDidChange(reviewed));
  owned.add(vscode.window.onDidChangeActiveTextEditor(show));
  owned.add(
    vscode.commands.registerCommand(stopIndexingCommand, (tree: string) => {
      stopped.add(tree);
      running.get(tree)?.abort();
    }),
  );
  owned.add(
    vscode.commands.registerCommand(indexTreeCommand, (tree: string) => {
      stopped.delete(tree);
      void index(tree);
    }),
  );
  owned.add({
    dispose: () => {
      for (const abort of running.values()) abort.abort();
    },
  });
  return owned;
}

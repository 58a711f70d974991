// SPDX-License-Identifier: MIT
/** Which documents are reviewed, when, and what the last review of each said. */

import * as vscode from 'vscode';
import type { Finding, Progress, Review, Stage } from '../review/types';
import { after, Disposables, Slot } from './dispose';
import { isReviewedLanguage, tooLarge } from './documents';
import { messageOf } from './guard';
import type { KernelTrees } from './kernelTrees';
import { moveLines } from './moveLines';
import { Cancelled, type ReviewClient } from './reviewClient';
import { readSettings, section } from './settings';

/** How long a document must be left alone before it is reviewed again. */
const debounceMs = 300;

/** What is known about one document. */
export interface DocumentReview {
  readonly uri: vscode.Uri;
  readonly review: Review | null;
  /** While a review runs: what it has found, each at a line that may not be the one that decides. */
  readonly early: readonly Finding[];
  /** Where each of `review.hunks` stands now: lines inserted above move it. */
  readonly hunkLines: readonly number[];
  /** The document has changed since. */
  readonly stale: boolean;
  readonly busy: boolean;
  /** Why there is no review: too large, the engine stopped. */
  readonly problem: string | null;
  /** The kernel tree that the review looked into. */
  readonly tree: string | null;
}

/** What a request may ask for beyond the document. */
export interface Request {
  readonly signal?: AbortSignal;
  readonly progress?: (progress: Progress) => void;
  /** Only these scenarios; empty means all. */
  readonly scenarios?: readonly string[];
}

class Entry {
  readonly timer = new Slot();
  readonly running = new Slot();
  /** All scenarios were asked for, or only some. */
  complete = false;
  /** Somebody asked, so it is kept up to date whatever its language. */
  watched = false;
  /** What was said does not hold any more, and nobody sees it: it is reviewed when somebody does. */
  waiting = false;
  state: DocumentReview;

  constructor(uri: vscode.Uri) {
    this.state = {
      uri,
      review: null,
      early: [],
      hunkLines: [],
      stale: false,
      busy: false,
      problem: null,
      tree: null,
    };
  }

  dispose(): void {
    this.timer.dispose();
    this.running.dispose();
  }
}

/** Reviews documents of its languages as they open and change, and others when asked; keeps the last review of each. */
export class ReviewController implements vscode.Disposable {
  readonly #owned = new Disposables();
  readonly #entries = new Map<string, Entry>();
  readonly #changed = this.#owned.add(new vscode.EventEmitter<vscode.Uri>());
  /** Something is to be shown otherwise for this document. */
  readonly onDidChange = this.#changed.event;

  constructor(
    private readonly client: ReviewClient,
    private readonly trees: KernelTrees,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.#owned.add(vscode.workspace.onDidOpenTextDocument((document) => this.#opened(document)));
    this.#owned.add(vscode.workspace.onDidChangeTextDocument((event) => this.#edited(event)));
    this.#owned.add(vscode.workspace.onDidCloseTextDocument((document) => this.#closed(document)));
    this.#owned.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(`${section}.kernelTree`)) this.#again(() => true);
        if (event.affectsConfiguration(section)) this.#openAll();
      }),
    );
    this.#owned.add(
      vscode.window.onDidChangeVisibleTextEditors((editors) => {
        for (const { document } of editors) {
          const entry = this.#entries.get(document.uri.toString());
          if (entry?.waiting) this.#schedule(document, entry, 0);
        }
      }),
    );
    this.#openAll();
  }

  /** What is known about a document, or null where it was never reviewed. */
  get(uri: vscode.Uri): DocumentReview | null {
    return this.#entries.get(uri.toString())?.state ?? null;
  }

  /** The review of all scenarios, if it is about the text as it is now and came to its end. */
  upToDate(uri: vscode.Uri): Review | null {
    const entry = this.#entries.get(uri.toString());
    if (!entry?.complete || entry.state.stale || entry.state.busy || entry.state.review?.partial) return null;
    return entry.state.review;
  }

  /**
   * Reviews a document now; nobody waits for small edits of it, which come later. Rejects with `Cancelled` when the signal
   * says so or the document changes meanwhile.
   */
  async review(document: vscode.TextDocument, request: Request = {}): Promise<Review> {
    const entry = this.#entry(document.uri);
    entry.watched = true;
    return new Promise((resolve, reject) => {
      this.#run(document, entry, request, resolve).then(resolve, reject);
    });
  }

  /** Files of a kernel tree have changed: what was said of the documents that it belongs to may not hold any more. */
  treeChanged(tree: string): void {
    this.#again((state) => state.tree === tree);
  }

  /** The user's own models and scenarios have changed: nothing that was said may hold any more. */
  filesChanged(): void {
    this.#again(() => true);
  }

  dispose(): void {
    for (const entry of this.#entries.values()) entry.dispose();
    this.#entries.clear();
    this.#owned.dispose();
  }

  /** Reviews once more what does not hold any more: what is seen at once, the rest when it is. */
  #again(isStale: (state: DocumentReview) => boolean): void {
    const seen = new Set(vscode.window.visibleTextEditors.map(({ document }) => document));
    for (const document of vscode.workspace.textDocuments) {
      const entry = this.#entries.get(document.uri.toString());
      if (!entry || !isStale(entry.state)) continue;
      entry.running.value = null;
      this.#set(entry, { stale: entry.state.review !== null, early: [], busy: false });
      if (!entry.watched && !this.#isAutomatic(document)) continue;
      if (seen.has(document)) this.#schedule(document, entry, debounceMs);
      else entry.waiting = true;
    }
  }

  #openAll(): void {
    for (const document of vscode.workspace.textDocuments) this.#opened(document);
  }

  #opened(document: vscode.TextDocument): void {
    if (!this.#isAutomatic(document)) return;
    const entry = this.#entry(document.uri);
    if (entry.state.review || entry.state.busy || entry.state.problem) return;
    this.#schedule(document, entry, 0);
  }

  #edited({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const entry = this.#entries.get(document.uri.toString());
    if (contentChanges.length === 0) return;
    if (!entry) return this.#opened(document);
    entry.running.value = null;
    const hunkLines = contentChanges.reduce<readonly number[]>(moveLines, entry.state.hunkLines);
    this.#set(entry, { stale: entry.state.review !== null, early: [], busy: false, problem: null, hunkLines });
    if (entry.watched || this.#isAutomatic(document)) this.#schedule(document, entry, debounceMs);
  }

  #closed(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    this.#entries.get(key)?.dispose();
    if (this.#entries.delete(key)) this.#changed.fire(document.uri);
  }

  #isAutomatic(document: vscode.TextDocument): boolean {
    return isReviewedLanguage(document) && readSettings(document.uri).automatic;
  }

  #entry(uri: vscode.Uri): Entry {
    const key = uri.toString();
    const known = this.#entries.get(key);
    if (known) return known;
    const entry = new Entry(uri);
    this.#entries.set(key, entry);
    return entry;
  }

  #set(entry: Entry, change: Partial<DocumentReview>): void {
    entry.state = { ...entry.state, ...change };
    this.#changed.fire(entry.state.uri);
  }

  #schedule(document: vscode.TextDocument, entry: Entry, delayMs: number): void {
    entry.timer.value = after(delayMs, () => {
      this.#run(document, entry, {}).catch((error: unknown) => {
        if (!(error instanceof Cancelled)) this.log.error(`${document.uri.toString()}: ${String(error)}`);
      });
    });
  }

  /**
   * One run; a newer one for the same document, and every change of it, ends it.
   * @param decided is given the review where only small edits are left to be tried
   */
  async #run(
    document: vscode.TextDocument,
    entry: Entry,
    request: Request,
    decided: (review: Review) => void = () => {},
  ): Promise<Review> {
    entry.timer.value = null;
    entry.waiting = false;
    const text = document.getText();
    const tooMuch = tooLarge(text);
    if (tooMuch !== null) {
      entry.running.value = null;
      this.#set(entry, { review: null, hunkLines: [], stale: false, busy: false, problem: tooMuch });
      throw new Error(tooMuch);
    }
    const abort = new AbortController();
    const pass = (): void => abort.abort();
    const run = {
      dispose(): void {
        request.signal?.removeEventListener('abort', pass);
        abort.abort();
      },
    };
    request.signal?.addEventListener('abort', pass);
    if (request.signal?.aborted) pass();
    entry.running.value = run;
    const { version } = document;
    const scenarios = request.scenarios ?? [];
    const isCurrent = (): boolean => entry.running.value === run;
    const show = (review: Review): void => {
      entry.complete = scenarios.length === 0;
      const hunkLines = review.hunks.map((hunk) => hunk.line);
      this.#set(entry, { review, early: [], hunkLines, stale: false, busy: false });
    };
    const stage = (one: Stage): void => {
      if (!isCurrent() || document.version !== version) return;
      // Small edits are tried while the rest is shown.
      if (one.kind === 'review') {
        show(one.review);
        decided(one.review);
      } else this.#set(entry, { early: one.findings });
    };
    this.#set(entry, { busy: true, early: [], problem: null });
    try {
      const tree = await this.trees.find(document.uri);
      if (isCurrent()) this.#set(entry, { tree: tree ?? null });
      const { budgetMs } = readSettings(document.uri);
      const options = { scenarios, budgetMs, isPerPatch: true, ...(tree === undefined ? {} : { tree }) };
      const watch = { signal: abort.signal, stage, ...(request.progress ? { progress: request.progress } : {}) };
      const review = await this.client.review(text, options, watch);
      if (!isCurrent() || document.version !== version) throw new Cancelled();
      this.#logNotices(document, review);
      show(review);
      return review;
    } catch (error) {
      if (isCurrent()) {
        const problem = isCancellation(error) ? null : messageOf(error);
        this.#set(entry, {
          busy: false,
          early: [],
          ...(problem === null ? {} : { review: null, hunkLines: [], problem }),
        });
      }
      throw isCancellation(error) ? new Cancelled() : error;
    } finally {
      if (isCurrent()) {
        entry.running.value = null;
        // Only some scenarios were asked for, but this document is to have all of them.
        if (scenarios.length > 0 && this.#isAutomatic(document)) this.#schedule(document, entry, 0);
      }
    }
  }

  /** What has no place in the document is told in the log. */
  #logNotices(document: vscode.TextDocument, review: Review): void {
    const write = { error: this.log.error, warning: this.log.warn, note: this.log.info } as const;
    for (const { level, message, place } of review.notices) {
      if (place === null) write[level].call(this.log, `${vscode.workspace.asRelativePath(document.uri)}: ${message}`);
    }
  }
}

/** Cancelled by us, or by the signal before anything was asked. */
function isCancellation(error: unknown): boolean {
  return error instanceof Cancelled || (error instanceof Error && error.name === 'AbortError');
}

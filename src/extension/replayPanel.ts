// SPDX-License-Identifier: MIT
/** The one panel that replays a run, and what ties it to the editor. */

import * as vscode from 'vscode';
import type { Action } from '../replay/actions';
import type { FromReplay, SavedReplay, Taken, ToReplay, Way } from '../replay/types';
import type { Exploration, Place, ReplaySide, Side } from '../review/types';
import { Disposables, Slot } from './dispose';
import { rangeOf } from './documents';
import { messageOf } from './guard';
import { tellFailure } from './progress';
import { createReplayFollower } from './replayFollower';
import { replayHtml, replayRoot } from './replayHtml';
import { replayLink } from './replayLink';
import { isFromReplay, isSavedReplay } from './replayMessages';
import { createReplayTaker } from './replayText';
import { Cancelled, type ReviewClient } from './reviewClient';
import type { ReviewController } from './reviewController';
import { readSettings } from './settings';
import { sourceUri, virtualScheme } from './virtualDocuments';
import { findReplay, replaysOf, runReplay, type Told } from './wording';
import type { WorkspaceFiles } from './workspaceFiles';

/** The type that VS Code restores panels by. */
export const replayPanelType = 'kernelPatchReview.replay';

/** Set while there is a replay, so that its commands are offered. */
const openContext = 'kernelPatchReview.replayOpen';

/** How long to wait after a change before running again. */
const retryMs = 400;

const nowhere: Place = { file: '', line: 1, column: 1, endLine: 1, endColumn: 1 };

/** What the panel shows: one of several replays, of a document or of the bundled models alone. */
export interface ReplaySubject {
  readonly document: vscode.TextDocument | null;
  readonly replays: readonly Told[];
  readonly current: Told;
  readonly side?: Side | null;
  readonly step?: number;
}

/** The panel and its state: what is shown, where the view stands, whether the document has changed since. */
export class ReplayPanel implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #owned = new Disposables();
  readonly #panel = this.#owned.add(new Slot<vscode.WebviewPanel>());
  readonly #follower = this.#owned.add(createReplayFollower((uri) => this.#fileOf(uri) !== null));
  readonly #taker = this.#owned.add(createReplayTaker());
  #subject: ReplaySubject | null = null;
  /** What the view must be told as soon as it listens. */
  #waiting: ToReplay | null = null;
  #listening = false;
  #position: { readonly way: Way; readonly step: number } | null = null;
  /** The way of somebody's own that the view was given last. */
  #exploration: Exploration | null = null;
  #follows = readSettings().follow;
  #stale = false;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly client: ReviewClient,
    private readonly reviews: ReviewController,
    private readonly files: WorkspaceFiles,
  ) {
    this.#owned.add(
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && document === this.#subject?.document) this.#setStale();
      }),
    );
    this.#owned.add(
      this.reviews.onDidChange((uri) => {
        const shown = this.#subject?.document?.uri.toString() === uri.toString();
        if (shown && this.reviews.get(uri)?.stale) this.#setStale();
      }),
    );
    this.#owned.add(vscode.window.registerWebviewPanelSerializer(replayPanelType, this));
  }

  /** The document whose replay is shown. */
  get document(): vscode.TextDocument | null {
    return this.#subject?.document ?? null;
  }

  /** Whether the editor follows the view, and the view the editor. */
  get follows(): boolean {
    return this.#follows;
  }

  /** Does in the view what a command says. */
  act(action: Action): void {
    if (this.#listening) this.#post({ type: 'act', action });
  }

  /** Goes to the next step that runs a line (1-based) of the document or of code that it runs. */
  goToLine(uri: vscode.Uri, line: number): void {
    const file = this.#fileOf(uri);
    if (file !== null && !this.#stale && this.#listening) this.#post({ type: 'line', file, line });
  }

  /** Shows what a link asks for. */
  async restore(saved: SavedReplay): Promise<void> {
    const panel = this.#panel.value ?? this.#adopt(this.#create());
    panel.reveal(undefined, false);
    await this.#runAgain(saved);
  }

  /** Shows a replay, beside the editor if the panel is new. */
  show(subject: ReplaySubject): void {
    this.#subject = subject;
    this.#stale = false;
    this.#exploration = null;
    const { current, document, replays } = subject;
    const panel = this.#panel.value ?? this.#adopt(this.#create());
    panel.title = `Replay: ${current.scenario}`;
    panel.reveal(undefined, false);
    this.#post({
      type: 'show',
      document: document?.uri.toString() ?? null,
      choice: current.id,
      side: subject.side ?? null,
      step: subject.step ?? 0,
      replay: current.replay,
      choices: replays.map(({ id, label, scenario }) => ({ id, label, scenario })),
      verdict: current.verdict,
      tone: current.tone,
      facts: current.facts,
      edits: current.whatIfs.map(({ text }) => text),
      follow: this.#follows,
      stale: false,
    });
  }

  /** After a reload of the window: what was shown is run again. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    this.#adopt(panel);
    if (isSavedReplay(state)) await this.#runAgain(state);
    else this.#say('There is nothing to show again. Review a document and open a replay from there.');
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #create(): vscode.WebviewPanel {
    return vscode.window.createWebviewPanel(
      replayPanelType,
      'Replay',
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: false },
      { retainContextWhenHidden: true },
    );
  }

  #adopt(panel: vscode.WebviewPanel): vscode.WebviewPanel {
    this.#listening = false;
    this.#panel.value = panel;
    void vscode.commands.executeCommand('setContext', openContext, true);
    panel.onDidDispose(() => {
      if (this.#panel.value !== panel) return;
      this.#panel.value = null;
      this.#subject = null;
      this.#position = null;
      this.#waiting = null;
      this.#exploration = null;
      this.#follower.follow(null, null);
      void vscode.commands.executeCommand('setContext', openContext, false);
    });
    panel.webview.onDidReceiveMessage((data: unknown) => {
      if (this.#panel.value === panel && isFromReplay(data)) this.#receive(data);
    });
    panel.webview.options = {
      enableScripts: true,
      enableForms: false,
      localResourceRoots: [replayRoot(this.extension)],
    };
    panel.webview.html = replayHtml(panel.webview, this.extension);
    return panel;
  }

  #post(message: ToReplay): void {
    if (this.#listening) void this.#panel.value?.webview.postMessage(message);
    else this.#waiting = message;
  }

  #say(text: string, busy = false): void {
    this.#post({ type: 'message', text, busy });
  }

  #receive(message: FromReplay): void {
    switch (message.type) {
      case 'ready':
        this.#listening = true;
        if (this.#waiting) this.#post(this.#waiting);
        this.#waiting = null;
        return;
      case 'position':
        this.#position = { way: message.way, step: message.step };
        this.#mark();
        return;
      case 'follow':
        this.#follows = message.on;
        this.#mark();
        return;
      case 'open':
        void this.#open(message.place);
        return;
      case 'choose': {
        const current = this.#subject?.replays.find(({ id }) => id === message.id);
        if (this.#subject && current) this.show({ ...this.#subject, current, side: null, step: 0 });
        return;
      }
      case 'explore':
        void this.#explore(message.id, message.side, message.choices, null);
        return;
      case 'edit':
        void this.#explore(message.id, 'after', this.#subject?.current.replay.after?.choices ?? [], message.index);
        return;
      case 'take':
        void this.#take(message.what);
        return;
      case 'picture':
        void this.#taker.save(message).then(undefined, tellFailure);
        return;
      case 'rerun':
        void this.#rerun();
        return;
    }
  }

  /** Asks the engine what may happen after some choices, or what happens instead with one of the edits. */
  async #explore(id: number, side: Side, choices: readonly number[], edit: number | null): Promise<void> {
    const subject = this.#subject;
    const panel = this.#panel.value;
    if (!subject) return;
    let exploration: Exploration | null = null;
    let problem = '';
    try {
      const { document, current } = subject;
      const tree = document ? (this.reviews.get(document.uri)?.tree ?? null) : null;
      const text = document?.getText() ?? null;
      const edits = edit === null ? undefined : current.whatIfs[edit]?.edits;
      exploration = await this.client.explore({
        text,
        ...(tree === null ? {} : { tree }),
        scenario: current.scenario,
        ...(current.subject === undefined ? {} : { subject: current.subject }),
        line: current.line,
        side,
        choices,
        ...(edits === undefined ? {} : { edits }),
      });
    } catch (error) {
      problem = messageOf(error);
    }
    if (this.#panel.value !== panel || this.#subject !== subject) return;
    if (exploration) this.#exploration = exploration;
    this.#post({ type: 'explored', id, exploration, edit, problem });
  }

  async #take(what: Taken): Promise<void> {
    const { current } = this.#subject ?? {};
    const side = this.#shown();
    if (!current || !side) return;
    const { scenario, verdict, replay } = current;
    const told = { side, way: this.#position?.way ?? 'after', scenario, title: replay.title, verdict };
    try {
      await this.#taker.take(what, { ...told, link: replayLink(this.#saved(current)) });
    } catch (error) {
      tellFailure(error);
    }
  }

  /** The way that the view shows. */
  #shown(): ReplaySide | null {
    const way = this.#position?.way ?? 'after';
    return way === 'own' ? (this.#exploration?.way ?? null) : (this.#subject?.current.replay[way] ?? null);
  }

  /** Where the view stands, so that it can be found again; a way of one's own is where it left. */
  #saved(current: Told): SavedReplay {
    const { way, step } = this.#position ?? { way: null, step: 0 };
    const side = way === 'own' ? (this.#exploration?.from ?? null) : way;
    return { document: this.document?.uri.toString() ?? null, choice: current.id, side, step };
  }

  #setStale(): void {
    if (this.#stale) return;
    this.#stale = true;
    this.#post({ type: 'stale', stale: true });
    this.#mark();
  }

  /** Lines of a document that has changed are not those that ran. */
  #mark(): void {
    const step = this.#shown()?.steps[(this.#position?.step ?? 0) - 1];
    const shown = this.#follows && !this.#stale && step ? step.place : null;
    this.#follower.follow(shown && this.#uriOf(shown), shown);
  }

  /** The document that a place is in; null for a place in a document that is not there. */
  #uriOf(place: Place): vscode.Uri | null {
    if (place.file === 'document') return this.document?.uri ?? null;
    const own = this.files.uriOf(place.file);
    if (own) return own;
    const tree = this.document ? (this.reviews.get(this.document.uri)?.tree ?? null) : null;
    const isBundled = /^(models|scenarios)\//.test(place.file);
    return tree === null || isBundled ? sourceUri(place.file) : vscode.Uri.joinPath(vscode.Uri.parse(tree), place.file);
  }

  /** The file of places (`Place.file`) that a document is, or null where no step runs in it. */
  #fileOf(uri: vscode.Uri): string | null {
    const key = uri.toString();
    if (key === this.document?.uri.toString()) return 'document';
    if (uri.scheme === virtualScheme && uri.query === '') return uri.path.slice(1);
    const files = new Set(this.#shown()?.steps.flatMap(({ place }) => place?.file ?? []));
    return [...files].find((file) => this.#uriOf({ ...nowhere, file })?.toString() === key) ?? null;
  }

  async #open(place: Place): Promise<void> {
    const uri = this.#uriOf(place);
    if (!uri) return;
    const tabs = vscode.window.visibleTextEditors;
    const there = tabs.find((editor) => editor.document.uri.toString() === uri.toString());
    const beside = there ?? tabs.find((editor) => editor.document === this.document);
    await vscode.window.showTextDocument(uri, {
      viewColumn: beside?.viewColumn ?? vscode.ViewColumn.One,
      selection: rangeOf(place),
      preview: true,
    });
  }

  async #rerun(): Promise<void> {
    const { current } = this.#subject ?? {};
    if (current) await this.#runAgain(this.#saved(current));
  }

  /** Runs what a saved or stale view shows once more, and again where the document changes meanwhile. */
  async #runAgain(saved: SavedReplay): Promise<void> {
    const panel = this.#panel.value;
    const subject = this.#subject;
    this.#say('Running the simulation again …', true);
    // Something else may have been asked for, or the panel closed.
    const isWanted = (): boolean => this.#panel.value === panel && this.#subject === subject;
    for (;;) {
      try {
        const again = await this.#find(saved);
        if (!isWanted()) return;
        if (again) this.show(again);
        else this.#say('The document as it is now has no run to replay.');
        return;
      } catch (error) {
        if (!isWanted()) return;
        if (!(error instanceof Cancelled)) {
          this.#say(`There is nothing to show: ${messageOf(error)}`);
          return;
        }
      }
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }

  async #find({ document: address, choice, side, step }: SavedReplay): Promise<ReplaySubject | null> {
    const document = address === null ? null : await vscode.workspace.openTextDocument(vscode.Uri.parse(address));
    const replays = document
      ? replaysOf(this.reviews.upToDate(document.uri) ?? (await this.reviews.review(document)))
      : [runReplay(await this.client.simulate(choice))];
    const current = findReplay(replays, choice) ?? replays[0];
    return current ? { document, replays, current, side, step } : null;
  }
}

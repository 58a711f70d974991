// SPDX-License-Identifier: MIT
/** What the replay view is given, keeps and asks for. Data only: both ends of its messages check it. */

import type { Exploration, Place, Replay, Side } from '../review/types';
import type { Action } from './actions';

/** What can be shown: a side of the patch, or a way of one's own that leaves one of them. */
export type Way = Side | 'own';

/** One of the replays that a document offers; `id` finds it again after a new run. */
export interface ReplayChoice {
  readonly id: string;
  readonly label: string;
  readonly scenario: string;
}

/** What the view keeps over a reload of the window; everything else is computed again. */
export interface SavedReplay {
  /** Null for a scenario that ran on the bundled models alone. */
  readonly document: string | null;
  readonly choice: string;
  readonly side: Side | null;
  readonly step: number;
}

/** A replay to be shown, and where in it the view begins. */
export interface ShowReplay extends SavedReplay {
  readonly type: 'show';
  readonly replay: Replay;
  readonly choices: readonly ReplayChoice[];
  /** One sentence above everything else. */
  readonly verdict: string;
  readonly tone: 'bad' | 'good' | 'plain';
  /** What the verdict rests on: confidence, bounds, machine, assumptions; a sentence each. */
  readonly facts: readonly string[];
  /** Small edits that were simulated, as the subject of “removes it”. */
  readonly edits: readonly string[];
  readonly follow: boolean;
  readonly stale: boolean;
}

/** What the view is told. */
export type ToReplay =
  | ShowReplay
  /** The document has changed since (or is again what was run). */
  | { readonly type: 'stale'; readonly stale: boolean }
  | { readonly type: 'follow'; readonly on: boolean }
  /** A command of the editor. */
  | { readonly type: 'act'; readonly action: Action }
  /** Somebody clicked on this line (1-based) of a file: to the next step that runs it. */
  | { readonly type: 'line'; readonly file: string; readonly line: number }
  /** The answer to `explore` or `edit` with this number; null where there is none, and why. */
  | {
      readonly type: 'explored';
      readonly id: number;
      readonly exploration: Exploration | null;
      /** The edit whose code it runs; null where that is the document's. */
      readonly edit: number | null;
      readonly problem: string;
    }
  /** Work goes on, or there is nothing to show and why. */
  | { readonly type: 'message'; readonly text: string; readonly busy: boolean };

/** What can be taken along from where the view stands. */
export type Taken = 'text' | 'markdown' | 'json' | 'link' | 'document';

/** What the view tells. */
export type FromReplay =
  | { readonly type: 'ready' }
  /** The view stands at this step of this way now (0: nothing has run yet). */
  | { readonly type: 'position'; readonly way: Way; readonly step: number }
  | { readonly type: 'open'; readonly place: Place }
  | { readonly type: 'follow'; readonly on: boolean }
  | { readonly type: 'choose'; readonly id: string }
  /** What may happen after these choices on this side? */
  | { readonly type: 'explore'; readonly id: number; readonly side: Side; readonly choices: readonly number[] }
  /** What happens with this of the edits? */
  | { readonly type: 'edit'; readonly id: number; readonly index: number }
  | { readonly type: 'take'; readonly what: Taken }
  /** A picture to be saved: the text of an SVG, or a PNG in base64. */
  | { readonly type: 'picture'; readonly format: 'svg' | 'png'; readonly name: string; readonly data: string }
  /** Run again: what is shown is stale. */
  | { readonly type: 'rerun' };

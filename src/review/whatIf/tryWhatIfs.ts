// SPDX-License-Identifier: MIT
/** Tries small edits of a patch: what removes an outcome and brings no other, in any scenario that applies. */

import { readDocument } from '../../patch/readDocument';
import { isTreeUnit } from '../../tree/treeUnit';
import { vacuous } from '../decide';
import { doubtsOf } from '../doubts';
import type { OutcomeId } from '../outcomes';
import { type DocumentPatch, patchesOf } from '../patchesOf';
import { linePlace, type PatchUnits } from '../patchUnits';
import { countedOutcomes, leavesModel, reaches } from '../reached';
import { exploreSide, type Linked, linkSide } from '../simulateSide';
import type { Hooks, WhatIf } from '../types';
import { applyEdits } from './applyEdits';
import { type Candidate, keyOf } from './candidate';
import { type Asked, actsOf, type PatchQuestions, type Story } from './question';
import { isAsMeant, renderChanges } from './rowChanges';

/** What came of the edits for one finding. */
export interface Answer {
  readonly asked: Asked;
  readonly whatIfs: readonly WhatIf[];
}

export type Answers =
  /** `isCut`: more was to be tried than a review may take, always the same. */
  | {
      readonly kind: 'done';
      readonly answers: readonly Answer[];
      readonly isCut: boolean;
      readonly refused: string | null;
    }
  /** The work was cancelled or the budget ran out: what was tried by then is a matter of chance, and counts for nothing. */
  | { readonly kind: 'cut' };

/** So many that work are enough for one outcome. */
const enough = 2;
/** Programs that are made for the edits of one document; with a kernel tree one takes several times as long. */
const mostPrograms = 60;
const mostWithTree = 24;

/** @param deadline performance.now() after which it stops */
export async function tryWhatIfs(
  text: string,
  questions: readonly PatchQuestions[],
  hooks: Hooks,
  deadline: number,
): Promise<Answers> {
  const answers: Answer[] = [];
  let programs = 0;
  let isCut = false;
  let refused: string | null = null;
  const hasTree = questions.some(({ units }) => units.after.some(isTreeUnit));
  const limit = hasTree ? mostWithTree : mostPrograms;
  const isOver = (): boolean => hooks.cancelled() || performance.now() > deadline;
  const all = patchesIn(text);

  for (const question of questions) {
    const { library, stories, patch } = question;
    const index = all.findIndex((p) => p.files[0]?.line === patch.files[0]?.line);
    const trials = new Map<string, Promise<Trial | null>>();
    /** Edits that worked for an outcome of this patch, in this order. */
    const working: Candidate[] = [];
    for (const asked of question.asked) {
      const whatIfs: WhatIf[] = [];
      const known = new Set(working.map(keyOf));
      const others = asked.candidates.filter((c) => !known.has(keyOf(c)));
      const tried = asked.isOpen ? asked.candidates : [...working, ...others];
      for (const candidate of tried) {
        if (whatIfs.length >= enough) break;
        if (isOver()) return { kind: 'cut' };
        if (programs >= limit) {
          isCut = true;
          break;
        }
        await hooks.pause();
        const key = keyOf(candidate);
        const made = trials.get(key) ?? makeTrial(question, text, index, candidate);
        trials.set(key, made);
        const trial = await made;
        if (trial === null) continue;
        if (trial.kind === 'refused') {
          refused = trial.reason;
          continue;
        }
        const verdict = await works(trial, asked, candidate.within);
        if (verdict === 'cut') return { kind: 'cut' };
        if (!verdict) continue;
        const { row, kind, text: what } = candidate;
        whatIfs.push({ kind, text: what, place: linePlace(row), edits: trial.edits, portable: verdict.portable });
        if (!known.has(key)) working.push(candidate);
      }
      answers.push({ asked, whatIfs });
    }

    /** Whether an edit removes an outcome: first in its own scenario, and only then in the others. */
    async function works(
      trial: Made,
      asked: Asked,
      within: string | null,
    ): Promise<false | 'cut' | { portable: WhatIf['portable'] }> {
      const outcome = asked.finding.ruleId;
      for (const story of [asked.story, ...stories.filter((other) => other !== asked.story)]) {
        // What does not run cannot change anything.
        if (within !== null && !story.functions.has(within)) continue;
        const came = await (trial.came.get(story) ?? run(trial, story));
        if (came === null) return 'cut';
        if (came === 'undecided') return false;
        if (story === asked.story && (came.reached.has(outcome) || !doesAsMuch(came, asked))) return false;
        const { byDesign } = story.scenario;
        if ([...came.reached].some((o) => !story.after.has(o) && !byDesign.includes(o))) return false;
        // In a story in which nothing happens nothing is removed.
        if (came.missing.some((t) => story === asked.story || !story.missing.includes(t))) return false;
      }
      const own = await trial.came.get(asked.story);
      if (!own || own === 'undecided') return false;
      const weak = await exploreSide(
        asked.story.scenario,
        own.linked,
        { model: 'weak', until: outcome, ...limitOf(asked.story) },
        hooks,
        deadline,
      );
      if (weak === null) return 'cut';
      return { portable: reaches(weak, outcome) ? 'x86-only' : 'yes' };
    }

    function run(trial: Made, story: Story): Promise<Came> {
      const came = explore(trial, story);
      trial.came.set(story, came);
      return came;
    }

    async function explore({ units }: Made, story: Story): Promise<Came> {
      const { scenario, settled } = story;
      programs++;
      const linked = await linkSide(library, scenario, units.after, { start: settled }, hooks);
      if (doubtsOf(units, { before: story.before, after: linked.lowered }, true).length > 0) return 'undecided';
      const after = await exploreSide(scenario, linked, limitOf(story), hooks, deadline);
      if (after === null) return null;
      if (!after.result.exhausted || leavesModel(after) !== null) return 'undecided';
      const reached = countedOutcomes(scenario, after);
      return { linked, reached, missing: vacuous(scenario, after), acts: actsOf(after) };
    }
  }
  return { kind: 'done', answers, isCut, refused };
}

/** What a changed patch came to in a scenario; null where the work was ended. */
type Came =
  | {
      readonly linked: Linked;
      readonly reached: ReadonlySet<OutcomeId>;
      readonly missing: readonly string[];
      readonly acts: ReadonlySet<string>;
    }
  | 'undecided'
  | null;

/** Nothing is repaired by doing nothing: all that was done to the machine still is, but for what the outcome came of. */
const doesAsMuch = ({ acts }: { readonly acts: ReadonlySet<string> }, { story, fatalAct }: Asked): boolean =>
  [...story.acts].every((act) => act === fatalAct || acts.has(act));

interface Made {
  readonly kind: 'made';
  readonly units: PatchUnits;
  readonly edits: WhatIf['edits'];
  readonly came: Map<Story, Promise<Came>>;
}

type Trial = Made | { readonly kind: 'refused'; readonly reason: string };

/** The patch with an edit, read again from the edited document; null where it would be read as something else. */
async function makeTrial(
  { patch, build, storiesOf, units: original }: PatchQuestions,
  text: string,
  index: number,
  { changes }: Candidate,
): Promise<Trial | null> {
  const rendered = renderChanges(text, patch.files, changes);
  if (!rendered.ok) return { kind: 'refused', reason: rendered.reason };
  const edited = patchesIn(applyEdits(text, rendered.edits))[index];
  if (!edited || !isAsMeant(patch.files, changes, edited.files)) return null;
  const units = await build(edited);
  const known = new Set(storiesOf(original));
  return isPlacedAlike(original, units) && storiesOf(units).every((name) => known.has(name))
    ? { kind: 'made', units, edits: rendered.edits, came: new Map() }
    : null;
}

/**
 * Whether the functions that a patch shows in part come to stand where they did: an edit that makes a hunk fit elsewhere, or
 * fit what is there with the patch, is another patch.
 */
function isPlacedAlike(a: PatchUnits, b: PatchUnits): boolean {
  return (
    [...b.woven].every(([name, { turned }]) => a.woven.get(name)?.turned === turned) &&
    [...b.fragments].every((name) => a.fragments.has(name)) &&
    [...b.unplaced].every((name) => a.unplaced.has(name))
  );
}

/** All patches of a text, each with its own lines. */
const patchesIn = (text: string): DocumentPatch[] =>
  patchesOf(readDocument(text)).series.flatMap(({ patches }) => patches);

/** A changed program may count for ever: what grows far beyond the original is given up. */
const limitOf = ({ states }: Story): { readonly maxStates: number } => ({ maxStates: 20 * states + 20_000 });

// SPDX-License-Identifier: MIT
/** What is asked of small edits: for which outcomes, of which scenarios. */

import type { LoweredProgram, Settled } from '../../c/lowerProgram';
import type { Comparison } from '../comparison';
import type { MadeFinding } from '../finding';
import type { Library } from '../library';
import type { OutcomeId } from '../outcomes';
import type { DocumentPatch } from '../patchesOf';
import type { PatchUnits } from '../patchUnits';
import type { Scenario } from '../scenario';
import type { Finding } from '../types';
import type { Candidate } from './candidate';
import { candidatesOf } from './candidates';

/** A scenario that applies to a patch, and what it came to with it. */
export interface Story {
  readonly scenario: Scenario;
  /** Outcomes with the patch that count. */
  readonly after: ReadonlySet<OutcomeId>;
  /** What must sometimes happen and does not, with the patch. */
  readonly missing: readonly string[];
  readonly states: number;
  readonly settled: Settled;
  /** The program without the patch, which no edit changes. */
  readonly before: LoweredProgram;
}

/** An outcome with the patch that edits may remove. */
export interface Asked {
  readonly finding: Finding;
  readonly story: Story;
  /** In the order in which they are tried. */
  readonly candidates: readonly Candidate[];
  /** Whether no line decides the outcome, so that the smallest edit tells where it is decided. */
  readonly isOpen: boolean;
}

/** A patch of a document, with what is asked of it. */
export interface PatchQuestions {
  readonly patch: DocumentPatch;
  readonly library: Library;
  /** All scenarios that apply to it and are decided. */
  readonly stories: readonly Story[];
  readonly asked: readonly Asked[];
  /** Makes C of the patch as it would be, on what the patch stands on. */
  build(patch: DocumentPatch): Promise<PatchUnits>;
}

/**
 * What is to be tried for a finding: nothing where the patch removes the outcome, has nothing to do with it or means it,
 * or time ran out.
 */
export async function whatToTry(
  c: Comparison,
  story: Story,
  { finding, trace, isOpen }: MadeFinding,
): Promise<readonly Asked[]> {
  const { ruleId, baselineState, unrelated } = finding;
  const isMeant = c.scenario.byDesign.includes(ruleId);
  if (baselineState === 'absent' || unrelated || isMeant || trace === null) return [];
  const candidates = await candidatesOf(c, ruleId, baselineState, trace);
  return candidates === null || candidates.length === 0 ? [] : [{ finding, story, candidates, isOpen }];
}

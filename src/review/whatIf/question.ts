// SPDX-License-Identifier: MIT
/** What is asked of small edits: for which outcomes, of which scenarios. */

import type { LoweredProgram, Settled } from '../../c/lowerProgram';
import type { Trace } from '../../engine/trace';
import type { Comparison } from '../comparison';
import type { MadeFinding } from '../finding';
import type { Library } from '../library';
import type { OutcomeId } from '../outcomes';
import type { DocumentPatch } from '../patchesOf';
import type { PatchUnits } from '../patchUnits';
import type { Scenario } from '../scenario';
import type { SideRun } from '../simulateSide';
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
  /** Functions that run with the patch. */
  readonly functions: ReadonlySet<string>;
  /** What is done to the machine, with the patch. */
  readonly acts: ReadonlySet<string>;
  readonly settled: Settled;
  /** The program without the patch, which no edit changes. */
  readonly before: LoweredProgram;
}

/** An outcome with the patch that edits may remove. */
export interface Asked {
  readonly finding: Finding;
  readonly story: Story;
  /** What the last step on the way to the outcome does to the machine; null where it does nothing. */
  readonly fatalAct: string | null;
  /** In the order in which they are tried. */
  readonly candidates: readonly Candidate[];
  /** Whether no line decides the outcome, so that the smallest edit tells where it is decided. */
  readonly isOpen: boolean;
}

/** A patch of a document, with what is asked of it. */
export interface PatchQuestions {
  readonly patch: DocumentPatch;
  readonly library: Library;
  readonly units: PatchUnits;
  /** All scenarios that apply to it and are decided. */
  readonly stories: readonly Story[];
  readonly asked: readonly Asked[];
  /** The stories that a patch has, by name, whether or not they apply to it. */
  storiesOf(units: PatchUnits): readonly string[];
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
  if (candidates === null || candidates.length === 0) return [];
  return [{ finding, story, fatalAct: lastAct(c.sides.after, trace), candidates, isOpen }];
}

/** The operations of the machine that a run comes to, without those that only ask. */
export function actsOf({ search, result, machine }: SideRun): Set<string> {
  const { program } = search;
  const acts = program.agents.flatMap((agent, index) =>
    agent.steps.flatMap((step, pc) => {
      if (step.kind !== 'machine' || machine.queries.has(step.operation)) return [];
      const name = program.machine.operations[step.operation]?.name;
      return name !== undefined && result.reached[index]?.[pc] === 1 ? [name] : [];
    }),
  );
  return new Set(acts);
}

function lastAct({ search }: SideRun, trace: Trace): string | null {
  const last = trace.steps.at(-1);
  const step = search.program.agents[last?.agent ?? 0]?.steps[last?.pc ?? -1];
  return step?.kind === 'machine' ? (search.program.machine.operations[step.operation]?.name ?? null) : null;
}

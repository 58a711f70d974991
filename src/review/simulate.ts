// SPDX-License-Identifier: MIT
/** Running a scenario by itself: on the bundled models, or with one side of a patch. */

import { sampleRun } from '../engine/sampleRun';
import { boundsOf } from './comparison';
import { vacuous } from './decide';
import type { Library } from './library';
import { type OutcomeId, outcomes } from './outcomes';
import type { PatchUnits } from './patchUnits';
import { leavesModel, outcomesOf, traceOf } from './reached';
import { buildReplaySide } from './replaySide';
import { ownFilesUsed } from './restsOn';
import type { Scenario } from './scenario';
import { exploreSide, linkSide, type SideRun } from './simulateSide';
import { placeOf, statementText } from './sourceText';
import type { Hooks, ReplaySide, ScenarioRun, Simulation, SimulationRequest } from './types';
import { wordCleanEnd } from './wording';

/** Explores one side to the end, without a budget; rejects where the work was cancelled. */
export async function simulateOne(
  library: Library,
  scenario: Scenario,
  units: PatchUnits | null,
  request: Pick<SimulationRequest, 'side' | 'model'>,
  hooks: Hooks,
): Promise<Simulation> {
  const started = performance.now();
  const patch = units?.[request.side] ?? [];
  const linked = await linkSide(library, scenario, patch);
  const run = await exploreSide(scenario, linked, { model: request.model }, hooks, Number.POSITIVE_INFINITY);
  if (run === null) throw new Error('the simulation was cancelled');
  const { result } = run;
  const missing = vacuous(scenario, run);
  const reached = [...outcomesOf(run)].sort((a, b) => rank(a) - rank(b));
  const sideOf = (outcome: OutcomeId): ReplaySide | null => {
    const trace = traceOf(run, outcome);
    return trace && buildReplaySide(scenario, run, trace, outcome, '');
  };
  const clean = sampleRun(run.search);
  return {
    stats: {
      states: result.states,
      transitions: result.transitions,
      depth: result.depth,
      seconds: Math.round(performance.now() - started) / 1000,
      bytesPerState: Math.round(result.bytesPerState),
      engine: result.engine,
      exhausted: result.exhausted,
    },
    outcomes: reached.map((ruleId) => ({ ruleId, trace: sideOf(ruleId) })),
    sample: clean && buildReplaySide(scenario, run, clean, null, wordCleanEnd(missing)),
    vacuous: missing,
    assumptions: [
      ...beyondModel(run),
      ...ownFilesUsed(library, scenario, [linked.lowered], patch),
      ...linked.lowered.assumptions.map((a) => a.text),
    ],
    notices: units?.notices ?? [],
    bounds: boundsOf(scenario, run),
  };
}

/** Says where a run needs more than is modelled: it ends there. */
function beyondModel(run: SideRun): string[] {
  const span = leavesModel(run);
  if (span === null) return [];
  const { file, line } = placeOf(span);
  return [`at ${file}:${line} it comes to what is not modelled, and ends: “${statementText(span)}”`];
}

const rank = (id: OutcomeId): number => ['error', 'warning', 'note'].indexOf(outcomes[id][0]);

/** The story without any patch, as the editor replays it where there is none. */
export async function simulateBase(library: Library, scenario: Scenario, hooks: Hooks): Promise<ScenarioRun> {
  const simulation = await simulateOne(library, scenario, null, { side: 'before', model: 'tso' }, hooks);
  const reached = simulation.outcomes.map((o) => o.ruleId);
  return {
    scenario: scenario.id,
    title: scenario.title,
    bounds: simulation.bounds,
    outcomes: { before: reached, after: reached },
    vacuous: simulation.vacuous,
    replay: {
      title: scenario.title,
      scenario: scenario.id,
      before: simulation.outcomes.find((o) => o.trace)?.trace ?? simulation.sample,
      after: null,
    },
  };
}

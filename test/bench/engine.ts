// SPDX-License-Identifier: MIT
/** One search of the stop-conversion protocol, as a process of its own; engine.mjs runs it beside other checkers. */
import { createSearch, type SearchResult } from '../../src/engine/search';
import { shortestTrace } from '../../src/engine/trace';
import { stopConversion } from '../engine/stopConversion';

const [pages = 3, converters = 2, bufferDepth = 2, barrier = 1] = process.argv.slice(2, 6).map(Number);
const flags = new Set(process.argv.slice(6));
const SLICE = 4096;
/** A question of a few milliseconds is asked again by a process that is warm, as an editor's worker is. */
const rounds = flags.has('warm') ? 10 : 1;

interface Round {
  readonly seconds: number;
  readonly cpu: number;
  readonly longestSlice: number;
  readonly result: SearchResult;
  readonly steps: number | null;
}

function round(): Round {
  const begun = performance.now();
  const cpu = process.cpuUsage();
  const program = stopConversion({ pages, converters, barrier: barrier === 1, mayHold: flags.has('mayHold') });
  const bounds = { model: 'tso', bufferDepth, maxStates: 100_000_000, maxLocalSteps: 100 } as const;
  const executor = flags.has('interpreter') ? 'interpreter' : 'codegen';
  const generateAfter = flags.has('mayHold') ? 2000 : 0;
  const search = createSearch(program, bounds, { fencesWait: true, executor, generateAfter });
  let longestSlice = 0;
  for (let done = false; !done; ) {
    const before = performance.now();
    done = search.run(SLICE) || (barrier === 0 && search.result().outcomes.length > 0);
    longestSlice = Math.max(longestSlice, performance.now() - before);
  }
  const result = search.result();
  const [first] = result.outcomes;
  const steps = first === undefined ? null : (shortestTrace(search, first.outcome)?.steps.length ?? null);
  const { user, system } = process.cpuUsage(cpu);
  return { seconds: (performance.now() - begun) / 1000, cpu: (user + system) / 1e6, longestSlice, result, steps };
}

const all = Array.from({ length: rounds }, round);
const last = all[all.length - 1] as Round;
const { states, transitions, bytesPerState, outcomes, exhausted, engine } = last.result;
process.stdout.write(
  `${JSON.stringify({
    states,
    transitions,
    exhausted,
    outcomes: outcomes.length,
    steps: last.steps,
    bytesPerState,
    engine,
    seconds: last.seconds,
    cpu: last.cpu,
    first: all[0]?.seconds,
    leastCpu: Math.min(...all.map((one) => one.cpu)),
    longestSlice: last.longestSlice,
    rss: process.memoryUsage().rss / 2 ** 20,
  })}\n`,
);

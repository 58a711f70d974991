// SPDX-License-Identifier: MIT
import type { Bounds, Finding, Review, Reviewer, ScenarioRun } from '../../src/review/types';
import { convertingReplay, line } from '../replay/fixture';

export const bounds: Bounds = { cpus: 2, pages: 4, bufferDepth: 2, unroll: 64, states: 1778, exhausted: true };

/** A finding of the story in the fixture, changed as a test needs it. */
export function finding(more: Partial<Finding> = {}): Finding {
  return {
    scenario: 'guest-kexec-converting',
    ruleId: 'td-exit',
    level: 'error',
    baselineState: 'unchanged',
    message: 'A conversion is missed.',
    short: 'td-exit remains: a conversion is missed.',
    place: line(47),
    related: [],
    confidence: 'mail',
    assumptions: [],
    bounds,
    machine: 'tdx-guest',
    portable: 'yes',
    traceLength: 14,
    cpuSwitches: 6,
    replay: convertingReplay,
    ...more,
  };
}

/** A run in which nothing went wrong. */
export function cleanRun(more: Partial<ScenarioRun> = {}): ScenarioRun {
  return {
    scenario: 'guest-kexec',
    title: 'kexec of a TDX guest',
    bounds,
    outcomes: { before: [], after: [] },
    vacuous: [],
    replay: convertingReplay,
    ...more,
  };
}

/** A review of a patch that applied. */
export function review(more: Partial<Review> = {}): Review {
  return {
    findings: [],
    hunks: [],
    runs: [],
    notices: [],
    patches: 1,
    applied: true,
    partial: false,
    undecided: [],
    ...more,
  };
}

/** A reviewer that does what the text says: `slow` works until it is cancelled, `broken` throws, `odd` answers nonsense. It says the names of the user's files. */
export function createFakeReviewer(): Reviewer {
  let names: readonly string[] = [];
  return {
    async review(text, options, hooks) {
      if (text === 'broken') throw new Error('no such thing');
      if (text === 'odd') return { findings: 'none' } as unknown as Review;
      if (text === 'slow') {
        for (let slice = 0; !hooks.cancelled(); slice++) {
          hooks.progress({ message: `slice ${slice}`, fraction: Math.min(slice / 1000, 1) });
          const start = performance.now();
          while (performance.now() - start < 20);
          await hooks.pause();
        }
        return review({ partial: true });
      }
      return review({ runs: options.scenarios.map((scenario) => cleanRun({ scenario })) });
    },
    simulate: async (scenario) => cleanRun({ scenario }),
    simulation: async () => {
      throw new Error('not asked for by the editor');
    },
    explore: async ({ side, choices }) => {
      const way = convertingReplay[side];
      if (!way || choices.length > way.choices.length) throw new Error('no such way');
      return { from: side, way: { ...way, choices }, next: [] };
    },
    scenarios: () => [],
    source: (file) => (file === 'models/tdx.c' ? 'int x;\n' : null),
    useFiles: (files) => {
      names = files.map(({ name }) => name);
    },
    fileNotices: () => names.map((message) => ({ level: 'note', message, place: null })),
    reply: (text) => `> ${text}`,
    compare: (one, other) => (other === null ? null : `${one.name} ${other.name}`),
    indexTree: async () => null,
    treeChanged: () => {},
    simulated: async (text) => ({ before: '', after: text }),
  };
}

// SPDX-License-Identifier: MIT
/** Replays made by hand for tests of the view. The story is seed 000's; nothing here is ever shipped. */

import type { PageCell, Place, Replay, ReplaySide, ReplayState, ReplayStep } from '../../src/review/types';

type AgentState = ReplayState['agents'][number];

/** A place on one line of the document. */
export const line = (number: number): Place => ({
  file: 'document',
  line: number,
  column: 2,
  endLine: number,
  endColumn: 40,
});
/** A place on one line of a bundled file. */
export const modelLine = (file: string, number: number): Place => ({
  file,
  line: number,
  column: 1,
  endLine: number,
  endColumn: 30,
});

interface Change {
  readonly agent: number;
  readonly text: string;
  readonly place: Place | null;
  readonly function: string;
  readonly kind?: 'step' | 'drain';
  readonly pages?: Readonly<Record<number, Partial<PageCell>>>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly agents?: Readonly<Record<number, Partial<AgentState>>>;
}

function apply(state: ReplayState, change: Change): ReplayState {
  return {
    pages: state.pages.map((cell, i) => ({ ...cell, ...change.pages?.[i] })),
    agents: state.agents.map((agent, i) => ({ ...agent, ...change.agents?.[i] })),
    variables: state.variables.map(({ name, value }) => ({ name, value: change.variables?.[name] ?? value })),
  };
}

function run(start: ReplayState, changes: readonly Change[]): readonly ReplayStep[] {
  let state = start;
  return changes.map((change, index) => {
    state = apply(state, change);
    const changed = [
      ...Object.keys(change.variables ?? {}),
      ...Object.keys(change.pages ?? {}).map((page) => `page ${page}: mapping`),
    ];
    return {
      agent: change.agent,
      kind: change.kind ?? 'step',
      text: change.text,
      place: change.place,
      function: change.function,
      changed,
      state,
      taken: index + 3,
    };
  });
}

const shared: PageCell = { mapping: 'shared', tlb: [], host: 'shared', content: 'data', letter: 'S' };
const own: PageCell = { mapping: 'private', tlb: [], host: 'mapped', content: 'data', letter: 'P' };

const agents = [
  { name: 'CPU 0', role: 'runs kexec' },
  { name: 'CPU 1', role: 'driver, frees a shared buffer' },
  { name: 'second kernel', role: 'touches all RAM' },
];
const pages = [
  { name: 'page 0', role: 'kernel' },
  { name: 'page 1', role: 'buffer, 1st unit' },
  { name: 'page 2', role: 'buffer, 2nd unit' },
  { name: 'page 3', role: 'free' },
];

/** What else a side has; two transitions come before the story. */
const rest = (steps: number): Pick<ReplaySide, 'choices' | 'prepared' | 'keeper'> => ({
  choices: Array.from({ length: steps + 2 }, (_, i) => i % 3),
  prepared: 2,
  keeper: 'TDX module and VMM',
});

const start: ReplayState = {
  pages: [own, shared, shared, own],
  agents: [
    { status: 'running', buffer: [] },
    { status: 'running', buffer: [] },
    { status: 'waiting', buffer: [] },
  ],
  variables: [
    { name: 'conversion_allowed', value: 'true' },
    { name: 'conversions_in_progress', value: '0' },
    { name: 'nr_shared', value: '2' },
    { name: 'found', value: '0' },
  ],
};

const after: ReplaySide = {
  ...rest(14),
  agents,
  pages,
  start,
  steps: run(start, [
    {
      agent: 0,
      text: 'conversion_allowed = false',
      place: line(41),
      function: 'tdx_kexec_stop_conversion',
      agents: { 0: { buffer: ['conversion_allowed = 0'] } },
    },
    { agent: 0, text: 'barrier()', place: line(47), function: 'tdx_kexec_stop_conversion' },
    {
      agent: 0,
      text: 'atomic_read(&conversions_in_progress) == 0',
      place: line(64),
      function: 'tdx_kexec_stop_conversion',
    },
    {
      agent: 1,
      text: 'atomic_inc(&conversions_in_progress)',
      place: modelLine('models/tdx.c', 88),
      function: 'tdx_enc_status_change_prepare',
      variables: { conversions_in_progress: '1' },
    },
    {
      agent: 1,
      text: 'if (!conversion_allowed)',
      place: modelLine('models/tdx.c', 90),
      function: 'tdx_enc_status_change_prepare',
    },
    {
      agent: 0,
      kind: 'drain',
      text: 'conversion_allowed = 0',
      place: line(41),
      function: 'tdx_kexec_stop_conversion',
      variables: { conversion_allowed: 'false' },
      agents: { 0: { buffer: [] } },
    },
    {
      agent: 1,
      text: 'tdx_map_gpa(start, end, true)',
      place: modelLine('models/tdx.c', 61),
      function: 'tdx_enc_status_changed',
      pages: { 1: { host: 'pending', letter: '?' }, 2: { host: 'pending', letter: '?' } },
    },
    {
      agent: 1,
      text: 'try_accept_one(&start, …)',
      place: modelLine('models/tdx.c', 66),
      function: 'tdx_enc_status_changed',
      pages: { 1: { host: 'mapped', content: 'zero', tlb: ['CPU 1: shared'] } },
    },
    {
      agent: 0,
      text: 'stop_other_cpus()',
      place: modelLine('models/kexec.c', 31),
      function: 'native_machine_shutdown',
      agents: { 1: { status: 'stopped' } },
    },
    {
      agent: 0,
      text: 'set_pte(pte, __pte(0))',
      place: line(97),
      function: 'tdx_kexec_unshare_mem',
      pages: { 1: { mapping: 'not present', letter: '-' }, 2: { mapping: 'not present', letter: '-' } },
    },
    {
      agent: 0,
      text: 'tdx_enc_status_changed(addr, pages, true) == false',
      place: line(99),
      function: 'tdx_kexec_unshare_mem',
    },
    {
      agent: 0,
      text: 'found += pages',
      place: line(104),
      function: 'tdx_kexec_unshare_mem',
      variables: { found: '2' },
    },
    {
      agent: 0,
      text: 'machine_kexec(image)',
      place: modelLine('models/kexec.c', 52),
      function: 'kernel_kexec',
      agents: { 0: { status: 'done' }, 2: { status: 'running' } },
    },
    {
      agent: 2,
      text: 'read page 2 (private)',
      place: modelLine('scenarios/guest-kexec-converting.c', 40),
      function: 'second_kernel',
    },
  ]),
  fatal: {
    ruleId: 'td-exit',
    explanation:
      'The second kernel reads page 2 through a private mapping while the page is still pending, so the TDX module exits to the host, which can only end the guest.',
    rule: 'private access × S-EPT pending → unrecoverable TD exit',
    source: 'TDX module specification, private memory',
  },
  summary: 'The driver’s CPU is stopped half way; its page stays pending.',
};

const before: ReplaySide = {
  ...rest(4),
  agents,
  pages,
  start,
  steps: run(start, [
    {
      agent: 0,
      text: 'stop_other_cpus()',
      place: modelLine('models/kexec.c', 31),
      function: 'native_machine_shutdown',
      agents: { 1: { status: 'stopped' } },
    },
    {
      agent: 0,
      text: 'machine_kexec(image)',
      place: modelLine('models/kexec.c', 52),
      function: 'kernel_kexec',
      agents: { 0: { status: 'done' }, 2: { status: 'running' } },
    },
    {
      agent: 2,
      text: 'read page 0 (private)',
      place: modelLine('scenarios/guest-kexec-converting.c', 40),
      function: 'second_kernel',
    },
    {
      agent: 2,
      text: 'read page 1 (private)',
      place: modelLine('scenarios/guest-kexec-converting.c', 40),
      function: 'second_kernel',
    },
  ]),
  fatal: {
    ruleId: 'td-exit',
    explanation:
      'The second kernel reads page 1 through a private mapping, but the page is shared: the guest is ended.',
    rule: 'private access × shared → unrecoverable TD exit',
    source: 'TDX module specification, private memory',
  },
  summary: 'Shared buffers are handed to the second kernel as they are.',
};

/** Both sides fatal, with store buffers, drains and a stopped CPU. */
export const convertingReplay: Replay = {
  title: 'kexec of a TDX guest while a driver converts memory',
  scenario: 'guest-kexec-converting',
  before,
  after,
};

/** The same before, and a side that runs to its end. */
export const fixedReplay: Replay = {
  title: 'kexec of a TDX guest',
  scenario: 'guest-kexec',
  before,
  after: {
    ...after,
    steps: after.steps.slice(8, 13),
    fatal: null,
    summary: 'All shared memory is private again before the second kernel starts.',
  },
};

/** As large as a replay gets: for figures, and for a view with more pages than cells. */
export function longReplay(steps: number, pageCount: number): Replay {
  const cells = Array.from({ length: pageCount }, (_, i) => (i % 3 === 0 ? shared : own));
  const large: ReplayState = { ...start, pages: cells };
  const changes = Array.from(
    { length: steps },
    (_, i): Change => ({
      agent: i % 3,
      text: `step ${i}`,
      place: line((i % 60) + 38),
      function: 'loop',
      pages: { [i % pageCount]: { content: `data ${i}` } },
      variables: { found: String(i) },
    }),
  );
  const side: ReplaySide = {
    ...rest(steps),
    agents,
    pages: cells.map((_, i) => ({ name: `page ${i}`, role: 'RAM' })),
    start: large,
    steps: run(large, changes),
    fatal: null,
    summary: 'Runs to its end.',
  };
  return { title: 'A long one', scenario: 'long', before: null, after: side };
}

/** One step, a loop of two lines that goes round three times, and an end. */
export const loopReplay: Replay = {
  title: 'A loop',
  scenario: 'loop',
  before: null,
  after: {
    agents,
    pages,
    ...rest(8),
    start,
    steps: run(start, [
      { agent: 0, text: 'i = 0', place: line(19), function: 'loop' },
      ...[1, 2, 3].flatMap((round): readonly Change[] => [
        { agent: 0, text: 'while (i < 3)', place: line(20), function: 'loop' },
        { agent: 0, text: 'found++', place: line(21), function: 'loop', variables: { found: String(round) } },
      ]),
      { agent: 0, text: 'return', place: line(23), function: 'loop' },
    ]),
    fatal: null,
    summary: 'Runs to its end.',
  },
};

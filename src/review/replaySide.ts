// SPDX-License-Identifier: MIT
/** Turns a trace of the engine into what the replay view shows. */

import type { Span } from '../c/ast';
import type { CType } from '../c/ctype';
import { originAt } from '../c/mappedText';
import { bufferedStores, machineWords, memoryBytes, statusOf } from '../engine/decode';
import type { Step } from '../engine/program';
import type { Trace, TraceStep } from '../engine/trace';
import { type HostState, hostStateNames, PageBits } from '../machine/layout';
import { type RmpState, rmpStateNames } from '../machine/snpGuest';
import { classOf, isShared, TranslationBits } from '../machine/translation';
import { explainEnd } from './explain';
import type { OutcomeId } from './outcomes';
import type { Scenario } from './scenario';
import type { SideRun } from './simulateSide';
import { functionOf, placeOf, statementText } from './sourceText';
import type { PageCell, ReplaySide, ReplayState, ReplayStep } from './types';

const statusNames = ['waiting', 'running', 'stopped', 'done'] as const;

/**
 * One side of a replay: from `story_begins()` on, without the steps that no reader misses.
 * @param fatal the outcome the trace ends in, or null for a run that ends well
 * @param cleanSummary one sentence on how it ends where it does not end in an outcome
 */
export function buildReplaySide(
  scenario: Scenario,
  run: SideRun,
  trace: Trace,
  fatal: OutcomeId | null,
  cleanSummary: string,
): ReplaySide {
  const shown = shownGlobals(run);
  const end = fatal === null ? null : explainEnd(scenario, run, trace, fatal);
  const stateOf = (words: Int32Array): ReplayState => describe(scenario, run, shown, words);
  const begin = storyBegin(run, trace);
  const start = stateOf(begin < 0 ? trace.initial : (trace.steps[begin]?.state ?? trace.initial));
  const steps: ReplayStep[] = [];
  let before = start;
  let words = begin < 0 ? trace.initial : (trace.steps[begin]?.state ?? trace.initial);
  trace.steps.forEach((step, index) => {
    if (index <= begin) return;
    const last = index === trace.steps.length - 1;
    const definition = run.search.program.agents[step.agent]?.steps[step.pc];
    const span = definition ? run.lowered.positions[definition.position] : undefined;
    if (!definition || !span) return;
    const state = stateOf(step.state);
    const changed = differences(before, state);
    if (step.kind === 'drain') {
      const gone = before.agents[step.agent]?.buffer[0] ?? 'a store';
      steps.push({
        agent: step.agent,
        kind: 'drain',
        text: `${gone} reaches memory`,
        place: null,
        function: '',
        changed,
        state,
        taken: index + 1,
      });
    } else {
      if (!last && changed.length === 0 && isQuiet(run, definition, span)) return;
      const place = placeOf(span);
      const previous = steps.at(-1);
      const same =
        previous?.place &&
        previous.kind === 'step' &&
        previous.agent === step.agent &&
        previous.place.file === place.file &&
        previous.place.line === place.line &&
        previous.text.startsWith(statementText(span));
      const entry: ReplayStep = {
        agent: step.agent,
        kind: 'step',
        text: `${statementText(span)}${aside(run, shown, step.agent, definition, words, changed)}`,
        place,
        function: functionOf(span),
        changed,
        state,
        taken: index + 1,
      };
      if (same && previous)
        steps[steps.length - 1] = { ...entry, changed: [...new Set([...previous.changed, ...changed])] };
      else steps.push(entry);
    }
    before = state;
    words = step.state;
  });
  return {
    agents: scenario.names.map((name, index) => ({ name, role: (scenario.agents[index] ?? '').replace(/_/g, ' ') })),
    pages: pageNames(scenario),
    keeper: keepers[scenario.hardware.guest],
    start,
    steps,
    summary: end && fatal !== null ? `${fatal}: ${end.full}` : cleanSummary,
    fatal:
      end && fatal !== null
        ? {
            ruleId: fatal,
            explanation: end.sentence,
            rule: end.rule,
            source: end.source,
            ...(end.page !== undefined && { page: end.page }),
          }
        : null,
    choices: trace.choices,
    prepared: begin + 1,
  };
}

const keepers: Readonly<Record<Scenario['hardware']['guest'], string>> = {
  tdx: 'TDX module',
  snp: 'RMP, hypervisor',
  none: 'and caches',
};

/** What the line alone does not say: the value that was read, or that a store only reached the store buffer. */
function aside(
  run: SideRun,
  shown: readonly ShownGlobal[],
  agent: number,
  step: Step,
  before: Int32Array,
  changed: readonly string[],
): string {
  if (step.kind === 'store') return changed.includes(`agent ${agent}: buffer`) ? '  [waits in the store buffer]' : '';
  if (step.kind !== 'load' || step.address.kind !== 'const') return '';
  const address = Number(step.address.value);
  const global = shown.find((g) => g.address === address);
  if (!global) return '';
  const { layout } = run.search;
  const own = bufferedStores(layout, before, agent).findLast((s) => s.address === address);
  const value = own
    ? BigInt.asIntN(8 * global.bytes, own.value)
    : number(memoryBytes(layout, before, address, global.bytes), global.signed);
  return `  [${global.name} is ${value}]`;
}

/** Steps that only ask, or that move a function's own data: no reader misses them. */
function isQuiet(run: SideRun, step: Step, span: Span): boolean {
  if (step.kind === 'machine') return run.machine.queries.has(step.operation);
  if (step.kind === 'fence' || step.kind === 'outcome') return false;
  return originAt(span.unit.source, span.start).file !== 'document';
}

/** Whether a transition is one that a replay leaves out: it changes nothing that is shown and only asks, or moves private data. */
export function isQuietStep(scenario: Scenario, run: SideRun, from: Int32Array, step: TraceStep): boolean {
  const definition = run.search.program.agents[step.agent]?.steps[step.pc];
  const span = definition ? run.lowered.positions[definition.position] : undefined;
  if (step.kind === 'drain') return false;
  if (!definition || !span) return true;
  if (!isQuiet(run, definition, span)) return false;
  const shown = shownGlobals(run);
  return differences(describe(scenario, run, shown, from), describe(scenario, run, shown, step.state)).length === 0;
}

/** Index of the step that runs `story_begins()`, or -1: what comes before only prepares. */
function storyBegin(run: SideRun, trace: Trace): number {
  const mark = run.search.program.marks.indexOf('story begins');
  return trace.steps.findIndex((step) =>
    step.visited.some((pc) => {
      const found = run.search.program.agents[step.agent]?.steps[pc];
      return found?.kind === 'mark' && found.mark === mark;
    }),
  );
}

interface ShownGlobal {
  readonly name: string;
  readonly address: number;
  readonly bytes: number;
  readonly signed: boolean;
}

/** Global integers of the program, and structures that hold nothing but one (`atomic_t`). */
function shownGlobals(run: SideRun): ShownGlobal[] {
  const shown: ShownGlobal[] = [];
  const add = (name: string, address: number, type: CType): void => {
    if (type.kind === 'int') shown.push({ name, address, bytes: type.bits / 8, signed: type.signed });
    else if (type.kind === 'struct' && type.size <= 8 && type.fields.length === 1 && type.fields[0])
      add(name, address, type.fields[0].type);
  };
  for (const global of run.lowered.globals)
    if (global.name !== 'direct_map') add(global.name, Number(global.address), global.type);
  return shown;
}

function describe(scenario: Scenario, run: SideRun, shown: readonly ShownGlobal[], words: Int32Array): ReplayState {
  const { layout } = run.search;
  const nameOf = (address: number): string => {
    const global = run.lowered.globals.find(
      (g) =>
        Number(g.address) <= address &&
        address < Number(g.address) + 512 &&
        within(g.type, address - Number(g.address)),
    );
    if (!global) return `memory at ${address.toString(16)}`;
    if (global.name === 'direct_map') return `entry of ${pageRange(scenario, (address - Number(global.address)) >> 3)}`;
    return global.name;
  };
  return {
    pages: pageNames(scenario).map((_, page) => cell(scenario, run, words, page)),
    agents: scenario.names.map((_, agent) => ({
      status: statusNames[statusOf(layout, words, agent)] ?? 'waiting',
      buffer: bufferedStores(layout, words, agent).map(
        (s) =>
          `${nameOf(s.address)} = ${nameOf(s.address).startsWith('entry') ? entryText(scenario, BigInt.asIntN(64, s.value)) : BigInt.asIntN(s.bytes * 8, s.value)}`,
      ),
    })),
    variables: shown.map((g) => ({
      name: g.name,
      value: String(number(memoryBytes(layout, words, g.address, g.bytes), g.signed)),
    })),
  };
}

const within = (type: CType, offset: number): boolean =>
  offset < (type.kind === 'struct' ? type.size : type.kind === 'array' ? type.length * 8 : 8);

function number(bytes: Uint8Array, signed: boolean): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return signed ? BigInt.asIntN(bytes.length * 8, value) : value;
}

function pageNames(scenario: Scenario): { name: string; role: string }[] {
  const pages: { name: string; role: string }[] = [];
  scenario.hardware.leaves.forEach((count) => {
    for (let i = 0; i < count; i++)
      pages.push({ name: `page ${pages.length}`, role: count > 1 ? 'part of a large leaf' : '4K leaf' });
  });
  return pages;
}

function pageRange(scenario: Scenario, leaf: number): string {
  const first = scenario.hardware.leaves.slice(0, leaf).reduce((a, b) => a + b, 0);
  const count = scenario.hardware.leaves[leaf] ?? 1;
  return count > 1 ? `pages ${first}–${first + count - 1}` : `page ${first}`;
}

function className(scenario: Scenario, c: number): string {
  return `${isShared(scenario.hardware, c) ? 'shared' : 'private'}${c & TranslationBits.writable ? '' : ', read-only'}`;
}

const entryText = (scenario: Scenario, pte: bigint): string =>
  classOf(pte) < 0 ? 'not present' : className(scenario, classOf(pte));

function cell(scenario: Scenario, run: SideRun, words: Int32Array, page: number): PageCell {
  const machine = machineWords(run.search.layout, words);
  const { layout } = run.machine;
  const word = machine[layout.page(page)] ?? 0;
  const leaf = layout.leafOfPage[page] ?? 0;
  const table = run.lowered.globals.find((g) => g.name === 'direct_map');
  const pte = table ? number(memoryBytes(run.search.layout, words, Number(table.address) + 8 * leaf, 8), true) : 0n;
  const current = classOf(pte);
  const tlb: string[] = [];
  for (let cpu = 0; cpu < scenario.hardware.cpus; cpu++) {
    const held = (machine[layout.tlb(cpu, leaf)] ?? 0) & ~(current < 0 ? 0 : 1 << current);
    const names: string[] = [];
    for (let c = 0; c < 8; c++) if (held & (1 << c)) names.push(className(scenario, c));
    if (names.length > 0) tlb.push(`CPU ${cpu}: ${names.join(' or ')}`);
  }
  if (scenario.hardware.guest === 'tdx') {
    const host = hostStateNames[(word & PageBits.host) as HostState];
    return {
      mapping: entryText(scenario, pte),
      tlb,
      host: host === 'mapped' ? 'private, accepted' : host === 'pending' ? 'private, not accepted' : host,
      content: word & PageBits.zeroed ? 'zero' : 'data',
      letter: { mapped: 'P', pending: 'U', shared: 'S', blocked: 'B', free: 'F' }[host],
    };
  }
  if (scenario.hardware.guest === 'snp') {
    const rmp = rmpStateNames[(word & PageBits.host) as RmpState];
    return {
      mapping: entryText(scenario, pte),
      tlb,
      host: {
        validated: 'private, validated',
        assigned: 'private, not validated',
        shared: 'shared',
        vmsa: 'VMSA',
        idleVmsa: 'VMSA, vCPU destroyed',
      }[rmp],
      content: word & PageBits.zeroed ? 'zero' : 'data',
      letter: { validated: 'P', assigned: 'U', shared: 'S', vmsa: 'V', idleVmsa: 'V' }[rmp],
    };
  }
  const dirty = (word >> PageBits.dirtyPrivate) & 0xff;
  const host = word & PageBits.tdxPrivate ? 'TDX-private' : 'ordinary';
  return {
    mapping: entryText(scenario, pte),
    tlb,
    host: `${host}${word & PageBits.poisoned ? ', poisoned' : ''}${dirty ? ', dirty private lines' : ''}`,
    content: word & PageBits.poisoned ? 'poison' : 'data',
    letter: word & PageBits.poisoned ? 'X' : word & PageBits.tdxPrivate ? 'T' : 'K',
  };
}

/** What differs between two states, by name. */
function differences(a: ReplayState, b: ReplayState): string[] {
  const changed: string[] = [];
  b.pages.forEach((page, i) => {
    const old = a.pages[i];
    if (!old) return;
    for (const key of ['mapping', 'host', 'content'] as const)
      if (old[key] !== page[key]) changed.push(`page ${i}: ${key}`);
    if (old.tlb.join() !== page.tlb.join()) changed.push(`page ${i}: tlb`);
  });
  b.variables.forEach((v, i) => {
    if (a.variables[i]?.value !== v.value) changed.push(v.name);
  });
  b.agents.forEach((agent, i) => {
    if (a.agents[i]?.status !== agent.status) changed.push(`agent ${i}: status`);
    if (a.agents[i]?.buffer.join() !== agent.buffer.join()) changed.push(`agent ${i}: buffer`);
  });
  return changed;
}

// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { AgentStatus, type OperationContext } from '../../src/engine/program';
import type { MachineConfig } from '../../src/machine/layout';
import { createMachine, type SimulatedMachine } from '../../src/machine/machine';
import { areaBase } from '../../src/machine/translation';

const ids = [
  'td-exit',
  'page-fault',
  'machine-check',
  'memory-corruption',
  'implicit-conversion',
  've-unhandled',
  'permission-fault',
  'writable-executable',
  'panic',
  'vc-unvalidated',
  'rmp-violation',
  'guest-terminated',
  'module-init-failure',
  'not-tdx-memory',
  'paravisor-kill',
];
const table = 0x1000;

export interface Bench {
  readonly machine: SimulatedMachine;
  readonly outcomes: string[];
  /** Runs an operation as agent 0 (a CPU) or 1 (the second kernel). */
  call(name: string, agent: number, ...args: number[]): number | bigint | null;
  page(page: number): number;
  setPage(page: number, word: number): void;
  setEntry(leaf: number, pte: bigint): void;
  tlb(cpu: number, leaf: number): number;
  access(page: number, write: boolean): bigint | null;
  readonly drained: number[];
}

/** A machine with memory of its own, on which operations can be run one by one. */
export function bench(over: Partial<MachineConfig> = {}): Bench {
  const config: MachineConfig = {
    leaves: [1, 2],
    cpus: 1,
    cpuOfAgent: [0, 0],
    secondKernel: new Set([1]),
    guest: 'tdx',
    partialWriteErratum: false,
    implicitConversion: false,
    vtom: false,
    mapGpaRetries: false,
    mapGpaFails: false,
    pendingVe: false,
    paravisor: false,
    dirtyLines: false,
    largePagesSplit: false,
    vmallocPages: 0,
    kernelMapPages: 0,
    unaccepted: [],
    ...over,
  };
  const machine = createMachine(config, { directMap: table }, (id) => ids.indexOf(id));
  const state = new Int32Array(machine.words);
  machine.initialise(state, 0);
  const entries = config.leaves.map(() => 0n);
  const outcomes: string[] = [];
  const drained: number[] = [];
  const status = config.cpuOfAgent.map((): AgentStatus => AgentStatus.running);
  const context = (agent: number): OperationContext => ({
    state,
    base: 0,
    agent,
    load32: (address) => Number(BigInt.asIntN(32, entries[(address - table) >> 3] ?? 0n)),
    load64: (address) => entries[(address - table) >> 3] ?? 0n,
    store32: () => {},
    store64: () => {},
    drain: (which) => drained.push(which),
    status: (which) => status[which] ?? AgentStatus.done,
    setStatus: (which, to) => {
      status[which] = to;
    },
    outcome: (index) => outcomes.push(ids[index] ?? '?'),
  });
  return {
    machine,
    outcomes,
    drained,
    call: (name, agent, ...args) => {
      const operation = machine.operations.find((o) => o.name === name);
      assert.ok(operation, name);
      return operation.run(context(agent), ...args);
    },
    page: (page) => state[machine.layout.page(page)] ?? 0,
    setPage: (page, word) => {
      state[machine.layout.page(page)] = word;
    },
    setEntry: (leaf, pte) => {
      entries[leaf] = pte;
      machine.watched?.stored(context(0), table + 8 * leaf, 8);
    },
    tlb: (cpu, leaf) => state[machine.layout.tlb(cpu, leaf)] ?? 0,
    access: (page, write) => machine.access(context(0), areaBase.direct + BigInt(page) * 4096n, 8, write),
  };
}

// SPDX-License-Identifier: MIT
/** What every part of the machine works with: its words of the state, its outcomes, how an operation is declared. */

import type { MachineOperation, OperationContext } from '../engine/program';
import { layOutMachine, type MachineConfig, type MachineLayout } from './layout';
import type { Rule } from './rule';

/** Where the program keeps what the machine looks at. */
export interface MachineAddresses {
  /** Address of `direct_map[]`, one 64-bit entry for each leaf; null where the story has no page tables. */
  readonly directMap: number | null;
  /** Of the 4K entries below split leaves (`split_map[]`), of vmalloc addresses and of the high kernel map, likewise. */
  readonly splitMap?: number | null;
  readonly vmallocMap?: number | null;
  readonly kernelMap?: number | null;
}

/** Instead of a page: the outcome is about what was done, not about memory. */
export const aboutNoMemory = -2;

/** The rule behind an outcome, and the page it was about (-1: an address that leads to none, or `aboutNoMemory`). */
export interface RuleHit {
  readonly rule: Rule;
  readonly page: number;
  /** Where no page is touched, what is done instead: goes on from “CPU N”, and the rule from it. */
  readonly act?: string;
}

export interface Core {
  readonly config: MachineConfig;
  readonly layout: MachineLayout;
  readonly addresses: MachineAddresses;
  /** Reserves words of the state for a part of the machine; gives the offset of the first. */
  claim(words: number): number;
  /** Words in use so far. */
  words(): number;
  word(context: OperationContext, page: number): number;
  setWord(context: OperationContext, page: number, value: number): void;
  /** The CPU that an agent runs on, or on whose behalf it runs something (`hw_run_as()`). */
  cpuOf(context: OperationContext): number;
  /** The CPU on whose behalf an agent runs something, or -1. */
  ranAs(context: OperationContext, agent: number): number;
  /** Lets the agent run on behalf of a CPU; -1: on its own again. */
  runAs(context: OperationContext, cpu: number): void;
  isPage(page: number): boolean;
  /** Makes an outcome happen, and remembers why. */
  happen(context: OperationContext, id: string, rule: Rule, page: number, act?: string): void;
  /** An operation on up to three numbers. `serialising` ones drain the store buffer of whoever executes them. */
  operation(
    name: string,
    run: (context: OperationContext, a: number, b: number, c: number) => number | null,
    serialising?: boolean,
  ): MachineOperation;
  /** An operation on a page; it is a page fault where the story has no such page. */
  onPage(
    name: string,
    run: (context: OperationContext, page: number, b: number, c: number) => number,
    serialising?: boolean,
  ): MachineOperation;
  lastRule(): RuleHit | null;
  forgetRule(): void;
}

const noSuchPage: Rule = { text: 'does not exist in this story', mark: 'I', source: 'the scenario' };

/** @param outcome index of an outcome by its id (those of the program that will run) */
export function createCore(config: MachineConfig, addresses: MachineAddresses, outcome: (id: string) => number): Core {
  const layout = layOutMachine(config);
  /** Four bits for each agent: the CPU that it runs on behalf of, from 1; 0: its own. */
  const runAsWord = layout.words;
  let words = layout.words + 1;
  const ranAs: Core['ranAs'] = ({ state, base }, agent) => (((state[base + runAsWord] ?? 0) >>> (4 * agent)) & 15) - 1;
  let last: RuleHit | null = null;
  const isPage = (page: number): boolean => page >= 0 && page < layout.pages;
  const happen: Core['happen'] = (context, id, rule, page, act) => {
    last = { rule, page, ...(act !== undefined && { act }) };
    context.outcome(outcome(id));
  };
  const operation: Core['operation'] = (name, run, serialising = false) => ({
    name,
    serialising,
    run: (context, ...args) => run(context, Number(args[0] ?? 0), Number(args[1] ?? 0), Number(args[2] ?? 0)),
  });
  return {
    config,
    layout,
    addresses,
    claim: (count) => {
      words += count;
      return words - count;
    },
    words: () => words,
    word: (context, page) => context.state[context.base + layout.page(page)] ?? 0,
    setWord: (context, page, value) => {
      context.state[context.base + layout.page(page)] = value;
    },
    cpuOf: (context) => {
      const as = ranAs(context, context.agent);
      return as >= 0 ? as : (config.cpuOfAgent[context.agent] ?? 0);
    },
    ranAs,
    runAs: (context, cpu) => {
      const at = context.base + runAsWord;
      context.state[at] =
        ((context.state[at] ?? 0) & ~(15 << (4 * context.agent))) | ((cpu + 1) << (4 * context.agent));
    },
    isPage,
    happen,
    operation,
    onPage: (name, run, serialising) =>
      operation(
        name,
        (context, page, b, c) => {
          if (isPage(page)) return run(context, page, b, c);
          happen(context, 'page-fault', noSuchPage, page);
          return 0;
        },
        serialising,
      ),
    lastRule: () => last,
    forgetRule: () => {
      last = null;
    },
  };
}

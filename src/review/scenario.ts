// SPDX-License-Identifier: MIT
import type { Expression, Initializer, Unit } from '../c/ast';
import { createSymbols } from '../c/symbols';
import type { Hardware } from '../machine/layout';
import { type OutcomeId, outcomes } from './outcomes';

/** A scenario, read from the `struct scenario` of its C file. */
export interface Scenario {
  readonly unit: Unit;
  readonly id: string;
  readonly title: string;
  readonly machine: string;
  readonly hardware: Hardware;
  /** Functions that the agents run, CPUs first. Agent 0 runs from the start, the others when somebody starts them. */
  readonly agents: readonly string[];
  /** What people call the agents. */
  readonly names: readonly string[];
  /** Outcomes that it looks for, beside those that are wrong in any kernel code. */
  readonly guards: readonly OutcomeId[];
  /** What must happen in some run, or the verdict is void. */
  readonly sometimes: readonly string[];
  /** Whether *Simulate kexec* runs it. */
  readonly kexec: boolean;
  /** Stores that each agent's store buffer holds. */
  readonly bufferDepth: number;
}

/** Reads the description of a scenario. Throws an Error with file and what is wrong with it. */
export function readScenario(unit: Unit): Scenario {
  const file = unit.source.pieces[0]?.origin.file ?? '';
  const symbols = createSymbols([unit]);
  const declared = unit.globals.get('scenario')?.initializer;
  if (declared?.kind !== 'list') throw new Error(`${file}: there is no “struct scenario scenario = { … };”`);
  const fields = new Map<string, Initializer>();
  for (const item of declared.items)
    if (typeof item.designator[0] === 'string') fields.set(item.designator[0], item.value);

  const wrong = (name: string, what: string): Error => new Error(`${file}: .${name} ${what}`);
  const text = (name: string): string => {
    const value = fields.get(name);
    if (value?.kind === 'expression' && value.value.kind === 'string') return value.value.value;
    throw wrong(name, 'must be a string');
  };
  const number = (name: string, otherwise: number): number => {
    const value = fields.get(name);
    if (!value) return otherwise;
    const evaluated = value.kind === 'expression' ? truthOf(value.value) : null;
    if (evaluated === null) throw wrong(name, 'must be a constant');
    return evaluated;
  };
  const truthOf = (e: Expression): number | null => {
    const value = symbols.evaluate(e);
    return value === null ? null : Number(value);
  };
  const list = (name: string): readonly Expression[] => {
    const value = fields.get(name);
    if (value?.kind !== 'list') throw wrong(name, 'must be a list');
    return value.items.map((item) => {
      if (item.value.kind !== 'expression') throw wrong(name, 'must be a flat list');
      return item.value.value;
    });
  };
  const strings = (name: string): readonly string[] =>
    list(name).map((e) => {
      if (e.kind !== 'string') throw wrong(name, 'must be a list of strings');
      return e.value;
    });
  const guest = fields.has('guest') ? text('guest') : 'none';
  if (guest !== 'none' && guest !== 'tdx') throw wrong('guest', `is “${guest}”; it must be none or tdx`);
  const guards = strings('guards').map((id) => {
    if (!Object.hasOwn(outcomes, id)) throw wrong('guards', `names “${id}”, which is no outcome`);
    return id as OutcomeId;
  });
  const agents = strings('agents');
  const names = strings('names');
  if (names.length !== agents.length) throw wrong('names', `has ${names.length} entries for ${agents.length} agents`);
  return {
    unit,
    id: text('id'),
    title: text('title'),
    machine: text('machine'),
    hardware: {
      leaves: list('leaves').map((e) => truthOf(e) ?? 1),
      cpus: number('cpus', 1),
      guest,
      partialWriteErratum: number('partial_write_erratum', 0) !== 0,
      implicitConversion: number('implicit_conversion', 0) !== 0,
    },
    agents,
    names,
    guards,
    sometimes: strings('sometimes'),
    kexec: number('kexec', 0) !== 0,
    bufferDepth: number('buffer_depth', 2),
  };
}

// SPDX-License-Identifier: MIT
/** What happens at the end of a fatal run, in words, and the rule of the machine behind it. */

import type { Span } from '../c/ast';
import { originAt } from '../c/mappedText';
import { pcOf, statusOf } from '../engine/decode';
import { AgentStatus, type Step } from '../engine/program';
import { stepperFor, type Trace } from '../engine/trace';
import { aboutNoMemory } from '../machine/core';
import { type OutcomeId, outcomes } from './outcomes';
import type { Scenario } from './scenario';
import type { SideRun } from './simulateSide';
import { functionOf, statementText } from './sourceText';

export interface FatalEnd {
  /** Who does what: one sentence. */
  readonly sentence: string;
  /** The same with the machine's rule, where there is one. */
  readonly full: string;
  readonly rule: string;
  /** Where others stand then, as the beginning of a sentence: `with CPU 1 stopped in f()`; empty where that tells nothing. */
  readonly others: string;
  /** How sure the rule is, and where it is written; empty where the program itself says what happens. */
  readonly source: string;
  /** The page that it happens to; left out where the rule is about none. */
  readonly page?: number;
}

/** @param trace a trace of this side that ends in the outcome */
export function explainEnd(scenario: Scenario, run: SideRun, trace: Trace, outcome: OutcomeId): FatalEnd {
  if (outcome === 'hang' || outcome === 'deadlock')
    return { ...roundAndRound(scenario, run, trace, outcome), others: '' };
  return { ...lastStep(scenario, run, trace, outcome), others: othersThen(scenario, run, trace) };
}

function lastStep(scenario: Scenario, run: SideRun, trace: Trace, outcome: OutcomeId): Omit<FatalEnd, 'others'> {
  const agent = trace.steps.at(-1)?.agent ?? 0;
  const who = agent < scenario.hardware.cpus ? `CPU ${agent}` : `The ${scenario.names[agent] ?? 'agent'}`;
  const found = ruleOf(run, trace);
  if (found) {
    const { rule, page, act } = found;
    const source = `[${rule.mark}] ${rule.source}`;
    if (act !== undefined) {
      const full = `${who} ${act}; that memory ${rule.text}.`;
      return { sentence: `${who} ${act}.`, full, rule: `That memory ${rule.text}.`, source };
    }
    if (page === aboutNoMemory) {
      const last = trace.steps.at(-1);
      const step = run.search.program.agents[last?.agent ?? 0]?.steps[last?.pc ?? -1];
      const span = step && run.lowered.positions[step.position];
      const full = `${who}${span ? doing(span) : ''}: ${rule.text}.`;
      return { sentence: full, full, rule: rule.text, source: `[${rule.mark}] ${rule.source}` };
    }
    const what = page < 0 ? 'an address' : `page ${page}`;
    return {
      sentence: `${who} touches ${what}.`,
      full: `${who} touches ${what}${page < 0 ? ' that' : ', which'} ${rule.text}.`,
      rule: `${page < 0 ? 'The address' : `Page ${page}`} ${rule.text}.`,
      source,
      ...(page >= 0 && { page }),
    };
  }
  const span = lastSpan(run, trace);
  const told = span && /^outcome\("[^"]*",\s*"([^"]+)"\)/.exec(statementText(span))?.[1];
  const sentence = told ? `${who} ${told}.` : `${who}${span ? doing(span) : ''}: ${outcomes[outcome][1]}.`;
  return { sentence, full: sentence, rule: outcomes[outcome][1], source: '' };
}

/** What an agent does, as the predicate of its name: what only a model says is no code of the kernel. */
function doing(span: Span): string {
  const text = statementText(span);
  const name = functionOf(span);
  // What is done on entering a function stands at its head.
  const isHead = name !== '' && text.includes(`${name}(`) && !text.endsWith(';');
  if (!isHead && !/^(outcome|hw_\w+)\(/.test(text)) return ` runs “${text}”${name === '' ? '' : ` in ${name}()`}`;
  return name === '' ? '' : ` is in ${name}()`;
}

/**
 * Where other CPUs stand at the last step, in the middle of something: which way the steps of several CPUs fell is what a
 * reader must know to believe it.
 */
function othersThen(scenario: Scenario, run: SideRun, trace: Trace): string {
  const { layout, program } = run.search;
  const last = trace.steps.at(-1);
  const state = last?.state ?? trace.initial;
  const where = program.agents.flatMap((agent, index) => {
    const status = statusOf(layout, state, index);
    const isStopped = status === AgentStatus.stopped;
    // The CPU that started another kernel is where it did that.
    const isAlive = status === AgentStatus.running && (last?.agent ?? 0) < scenario.hardware.cpus;
    if (index === last?.agent || index >= scenario.hardware.cpus || !(isStopped || isAlive)) return [];
    const step = agent.steps[pcOf(layout, state, index)];
    const span = step && run.lowered.positions[step.position];
    const name = span ? functionOf(span) : '';
    // An agent's own function is the scenario's: nobody knows it, and so are the operations of the hardware in it.
    if (name === '' || span?.unit === scenario.unit) return [];
    return [`CPU ${index} ${isStopped ? 'stopped ' : ''}in ${name}()`];
  });
  return where.length === 0 ? '' : `with ${where.join(' and ')}`;
}

/** Where the agents that still run stand when nothing else can come of it. */
function roundAndRound(scenario: Scenario, run: SideRun, trace: Trace, outcome: OutcomeId): Omit<FatalEnd, 'others'> {
  const state = trace.steps.at(-1)?.state ?? trace.initial;
  const { layout, program } = run.search;
  const waiting = program.agents.flatMap((agent, index) => {
    if (statusOf(layout, state, index) !== AgentStatus.running) return [];
    const step = agent.steps[pcOf(layout, state, index)];
    // The mail's own line says more than the model's that it calls.
    const standing = step && run.lowered.positions[step.position];
    const span = standing && isInDocument(standing) ? standing : (lastInDocument(run, trace, index) ?? standing);
    return span ? [`${scenario.names[index] ?? agent.name} at “${statementText(span)}”`] : [];
  });
  const what = outcome === 'hang' ? 'goes round for ever' : 'waits for ever';
  const sentence = `${waiting.join(' and ') || 'The program'} ${what}.`;
  return { sentence, full: sentence, rule: outcomes[outcome][1], source: '' };
}

/** The last place in the document that an agent came to. */
function lastInDocument(run: SideRun, trace: Trace, agent: number): Span | undefined {
  const steps = run.search.program.agents[agent]?.steps ?? [];
  const visited = trace.steps.filter((s) => s.agent === agent).flatMap((s) => s.visited);
  return visited
    .map((pc) => run.lowered.positions[steps[pc]?.position ?? -1])
    .findLast((span) => span !== undefined && isInDocument(span));
}

const isInDocument = (span: Span): boolean => originAt(span.unit.source, span.start).file === 'document';

/** The source that the last step with an effect of a trace stands on. */
function lastSpan(run: SideRun, trace: Trace): Span | undefined {
  const last = trace.steps.at(-1);
  const steps = run.search.program.agents[last?.agent ?? 0]?.steps;
  const tells = (s: Step | undefined): boolean =>
    s?.kind === 'outcome' || s?.kind === 'load' || s?.kind === 'store' || s?.kind === 'assign';
  const step = [...(last?.visited ?? [])]
    .reverse()
    .map((pc) => steps?.[pc])
    .find(tells);
  return step && run.lowered.positions[step.position];
}

/** The machine's rule behind the last step of a trace, found by taking the step again; null where the program itself ends it. */
function ruleOf(run: SideRun, trace: Trace): ReturnType<SideRun['machine']['lastRule']> {
  const last = trace.steps.at(-1);
  if (!last) return null;
  const stepper = stepperFor(run.search);
  run.machine.forgetRule();
  const state = trace.steps.at(-2)?.state ?? trace.initial;
  // Asking what is enabled runs other steps too; the one that counts is taken last.
  stepper.apply(state, last.choice);
  const steps = run.search.program.agents[last.agent]?.steps;
  if (last.visited.some((pc) => steps?.[pc]?.kind === 'outcome')) return null;
  const visible = steps?.[last.pc];
  const asksMachine = visible?.kind === 'machine' || visible?.kind === 'load' || visible?.kind === 'store';
  return asksMachine ? run.machine.lastRule() : null;
}

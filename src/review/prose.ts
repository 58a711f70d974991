// SPDX-License-Identifier: MIT
/**
 * Mails without a patch that name functions of the models: which scenarios run these, and what comes of them on the models
 * alone. No claim is made about the mail; it is offered what it talks about.
 */

import { findReachable } from '../engine/reachable';
import { sampleRun } from '../engine/sampleRun';
import type { Message } from '../patch/types';
import { boundsOf } from './comparison';
import { vacuous } from './decide';
import { explainEnd } from './explain';
import { ofDate, usualGeneration } from './generations';
import type { Library } from './library';
import { closureOf } from './mentions';
import { type OutcomeId, outcomes } from './outcomes';
import { leavesModel, outcomesOf, traceOf } from './reached';
import { buildReplaySide } from './replaySide';
import type { Scenario } from './scenario';
import { exploreSide, linkSide, outcomeIds, type SideRun } from './simulateSide';
import type { Finding, Hooks, Notice, Place, ReplaySide, ScenarioRun } from './types';
import { wordCleanEnd, wordProse } from './wording';

/** A function of the models, and where a message names it first. */
export interface Mention {
  readonly name: string;
  readonly place: Place;
}

/** What a document without a patch was offered. */
export interface ProseReview {
  readonly findings: readonly Finding[];
  readonly runs: readonly ScenarioRun[];
  readonly notices: readonly Notice[];
  /** Time ran out, or the work was cancelled. */
  readonly partial: boolean;
}

/** Reads people wrote; headers, signatures and footers are not about code. */
const written: ReadonlySet<string> = new Set(['text', 'comment']);
/** A name that is no part of a path, of a field or of a longer word. */
const identifier = /(?<![\w./-]|->)([A-Za-z_]\w*)(\()?/g;

/**
 * The functions that the text of a message names, each once, in the order of the text. A word is one where brackets
 * follow it, or where it has an underscore in it, as no other word has.
 * @param lines the lines of the document
 * @param isFunction whether a name is that of a function that is modelled
 */
export function mentionsInProse(
  lines: readonly string[],
  message: Pick<Message, 'lines'>,
  isFunction: (name: string) => boolean,
): Mention[] {
  const found = new Map<string, Mention>();
  for (const { line, column, endColumn, role } of message.lines) {
    if (!written.has(role)) continue;
    const text = (lines[line - 1] ?? '').slice(column - 1, endColumn - 1);
    for (const match of text.matchAll(identifier)) {
      const [, name = '', bracket] = match;
      if (found.has(name) || (bracket === undefined && !/[A-Za-z0-9]_+[A-Za-z0-9]/.test(name)) || !isFunction(name))
        continue;
      if (/^\.[a-zA-Z]\b/.test(text.slice(match.index + name.length))) continue;
      const start = column + match.index;
      found.set(name, {
        name,
        place: { file: 'document', line, column: start, endLine: line, endColumn: start + name.length },
      });
    }
  }
  return [...found.values()];
}

/**
 * Runs what a document without a patch talks about, on the models of the time when it was written.
 * @param lines the lines of the document
 * @param ids scenarios that may run
 * @param deadline performance.now() after which it stops
 */
export async function reviewProse(
  libraries: (generation: typeof usualGeneration) => Library,
  lines: readonly string[],
  messages: readonly Pick<Message, 'lines' | 'date'>[],
  ids: readonly string[],
  hooks: Hooks,
  deadline: number,
): Promise<ProseReview> {
  const findings: Finding[] = [];
  const runs: ScenarioRun[] = [];
  const notices: Notice[] = [];
  /** By scenario: what a message before had it run for. */
  const done = new Set<string>();
  const isOver = (): boolean => hooks.cancelled() || performance.now() > deadline;
  for (const message of messages) {
    const library = libraries(ofDate(message.date) ?? usualGeneration);
    const models = new Map(library.models.flatMap((unit) => [...unit.functions.keys()].map((name) => [name, unit])));
    const mentions = mentionsInProse(lines, message, (name) => models.has(name));
    const stories = mentions.length === 0 ? [] : await storiesAbout(library, mentions, ids, hooks, deadline);
    const ran: string[] = [];
    for (const { scenario, named } of stories) {
      if (done.has(scenario.id)) continue;
      hooks.progress({ message: scenario.title, fraction: ran.length / stories.length });
      const run = isOver()
        ? null
        : await exploreSide(scenario, await linkSide(library, scenario, [], {}, hooks), {}, hooks, deadline);
      if (run === null) return { findings, runs, notices, partial: true };
      if (!run.result.exhausted || leavesModel(run) !== null) continue;
      done.add(scenario.id);
      ran.push(scenario.id);
      const offered = offer(library, scenario, run, named);
      findings.push(...offered.findings);
      runs.push(offered.run);
    }
    const [first] = mentions;
    if (first === undefined || ran.length === 0) continue;
    const used = new Set(
      stories.filter(({ scenario }) => ran.includes(scenario.id)).flatMap(({ named }) => named.map((m) => m.name)),
    );
    const files = new Set([...used].map((name) => models.get(name)?.source.pieces[0]?.origin.file ?? ''));
    notices.push({
      level: 'note',
      message: `There is no patch in this mail. It names ${[...used].map((name) => `${name}()`).join(', ')}: ${ran.join(', ')} ran on the bundled models alone (${[...files].join(', ')}, as of Linux ${library.generation.version}).`,
      place: first.place,
    });
  }
  return { findings, runs, notices, partial: false };
}

interface Story {
  readonly scenario: Scenario;
  /** What the message names and the scenario runs; never empty. */
  readonly named: readonly Mention[];
}

/** Whether two stories play on the same kind of guest: each kind may come to something else. One that needs none is like any. */
const isSameKind = (a: Scenario, b: Scenario): boolean =>
  b.hardware.guest === 'none' ||
  (['guest', 'vtom', 'paravisor'] as const).every((key) => a.hardware[key] === b.hardware[key]);

/**
 * The scenarios that run most of what is named: none for which another one on the same kind of guest runs all of that,
 * and more. So a mail about a protocol is not offered every story in which one of its steps happens to occur.
 */
async function storiesAbout(
  library: Library,
  mentions: readonly Mention[],
  ids: readonly string[],
  hooks: Hooks,
  deadline: number,
): Promise<Story[]> {
  const stories: Story[] = [];
  for (const scenario of library.scenarios) {
    if (!ids.includes(scenario.id) || scenario.subjectsCall.length > 0) continue;
    const possible = closureOf(scenario.agents, [scenario.unit], library.models);
    if (!mentions.some(({ name }) => possible.has(name))) continue;
    await hooks.pause();
    if (hooks.cancelled() || performance.now() > deadline) return [];
    const runs = await functionsOf(library, scenario, hooks);
    const named = mentions.filter(({ name }) => runs.has(name));
    if (named.length > 0) stories.push({ scenario, named });
  }
  return stories.filter(
    ({ scenario, named }) =>
      !stories.some(
        (other) =>
          isSameKind(other.scenario, scenario) &&
          other.named.length > named.length &&
          named.every((mention) => other.named.includes(mention)),
      ),
  );
}

/** Linked once: mailboxes have many mails. */
const functions = new WeakMap<Scenario, ReadonlySet<string>>();

/** The names of the functions that a scenario runs on the models alone. */
async function functionsOf(library: Library, scenario: Scenario, hooks: Hooks): Promise<ReadonlySet<string>> {
  const known = functions.get(scenario);
  if (known) return known;
  const { lowered } = await linkSide(library, scenario, [], {}, hooks);
  // What the machine of the story rules out is in the program, too: only steps that can be reached count.
  const positions = new Set<number>();
  for (const agent of lowered.program.agents) {
    const reachable = findReachable(agent).steps;
    agent.steps.forEach(({ position }, pc) => {
      if (reachable[pc] === 1) positions.add(position);
    });
  }
  const starts = [...positions].flatMap((position) => lowered.positions[position] ?? []);
  const names = new Set(
    [...lowered.functions]
      .filter(({ span }) => starts.some((at) => at.unit === span.unit && at.start >= span.start && at.start < span.end))
      .map(({ name }) => name),
  );
  functions.set(scenario, names);
  return names;
}

/** What a scenario came to on the models alone: a finding for each outcome that it looks for. */
function offer(
  library: Library,
  scenario: Scenario,
  run: SideRun,
  named: readonly Mention[],
): { readonly findings: Finding[]; readonly run: ScenarioRun } {
  const [first] = named;
  const reached = outcomesOf(run);
  const missing = vacuous(scenario, run);
  const clean = (): ReplaySide | null => {
    const trace = sampleRun(run.search);
    return trace && buildReplaySide(scenario, run, trace, null, wordCleanEnd(missing));
  };
  const findings = outcomeIds.flatMap((ruleId): Finding[] => {
    const isOffered = reached.has(ruleId) && scenario.guards.includes(ruleId) && !scenario.byDesign.includes(ruleId);
    const trace = isOffered ? traceOf(run, ruleId) : null;
    if (trace === null || first === undefined) return [];
    const end = explainEnd(scenario, run, trace, ruleId);
    const side = buildReplaySide(scenario, run, trace, ruleId, '');
    return [
      {
        scenario: scenario.id,
        ruleId,
        level: 'note',
        baselineState: 'unchanged',
        ...wordProse(scenario, ruleId, first.name, end.full, library.generation.version),
        place: first.place,
        related: named.slice(1).map(({ name, place }) => ({ place, text: `${name}()` })),
        confidence: 'prose',
        assumptions: [
          `the mail has no code: what ran are the bundled models as of Linux ${library.generation.version}`,
          ...run.assumptions.map(({ text }) => text),
        ],
        bounds: boundsOf(scenario, run),
        machine: scenario.machine,
        portable: 'yes',
        traceLength: trace.steps.length,
        cpuSwitches: trace.steps.filter((step, i) => i > 0 && trace.steps[i - 1]?.agent !== step.agent).length,
        replay: { title: scenario.title, scenario: scenario.id, before: null, after: side },
      },
    ];
  });
  const all: OutcomeId[] = outcomeIds.filter(
    (id) => reached.has(id) && (scenario.guards.includes(id) || outcomes[id][0] === 'error'),
  );
  return {
    findings,
    run: {
      scenario: scenario.id,
      title: scenario.title,
      bounds: boundsOf(scenario, run),
      outcomes: { before: all, after: all },
      vacuous: missing,
      replay: {
        title: scenario.title,
        scenario: scenario.id,
        before: null,
        after: findings[0]?.replay.after ?? clean(),
      },
    },
  };
}

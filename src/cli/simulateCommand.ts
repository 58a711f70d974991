// SPDX-License-Identifier: MIT
import { placeText } from '../review/text';
import { endProgress, loadReviewer, readInput, terminalHooks } from './input';
import { treeOption } from './treeOption';
import { oneOf, readOptions, UsageError } from './usage';

/**
 * `simulate SCENARIO`: outcomes of one side and the shortest trace of each. Gives the exit status: 2 where a file of the
 * user's was left out, else 3 where not all states were visited, else 0, also where something goes wrong in the story.
 */
export async function simulateCommand(words: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(words, {
    patch: { type: 'string' },
    side: { type: 'string' },
    model: { type: 'string' },
    tree: { type: 'string' },
    format: { type: 'string' },
    stats: { type: 'boolean' },
  });
  const [scenario, ...more] = positionals;
  if (scenario === undefined || more.length > 0)
    throw new UsageError('simulate needs exactly one SCENARIO; `scenarios` lists them');
  const side = oneOf('side', values.side, ['after', 'before']);
  const model = oneOf('model', values.model, ['tso', 'weak', 'sc']);
  const format = oneOf('format', values.format, ['text', 'json']);
  const patch = values.patch === undefined ? null : (await readInput(values.patch)).text;
  const tree = await treeOption(values.tree);
  if (tree.tree !== undefined && patch === null)
    throw new UsageError('--tree needs --patch: a scenario alone runs on the models');
  const { reviewer, leftOut } = await loadReviewer();
  const simulation = await reviewer.simulation({ scenario, patch, side, model, ...tree }, terminalHooks());
  endProgress();
  if (values.stats) process.stdout.write(`${JSON.stringify(simulation.stats)}\n`);
  else if (format === 'json') process.stdout.write(`${JSON.stringify(simulation, null, 1)}\n`);
  else {
    process.stdout.write(
      `${scenario} (${model}): ${simulation.outcomes.map((o) => o.ruleId).join(', ') || 'nothing fatal is reachable'}\n`,
    );
    process.stdout.write(
      `${simulation.stats.states} states, ${simulation.stats.transitions} transitions${simulation.stats.exhausted ? ', all' : ', not all'}\n`,
    );
    for (const text of simulation.vacuous) process.stdout.write(`void: it never happened that ${text}\n`);
    for (const { level, message, place } of simulation.notices)
      process.stdout.write(`${level}: ${message}${placeText(place)}\n`);
    for (const note of simulation.assumptions) process.stdout.write(`assumed: ${note}\n`);
    for (const { ruleId, trace } of simulation.outcomes) {
      process.stdout.write(`\n${ruleId}:\n`);
      for (const step of trace?.steps ?? []) {
        process.stdout.write(`  ${trace?.agents[step.agent]?.name}: ${step.text}${placeText(step.place)}\n`);
      }
      if (trace?.fatal) process.stdout.write(`  ${trace.fatal.explanation}\n`);
    }
  }
  if (leftOut) return 2;
  return simulation.stats.exhausted ? 0 : 3;
}

// SPDX-License-Identifier: MIT
import { loadReviewer } from './input';
import { oneOf, readOptions } from './usage';

/** `scenarios`: prints what can be simulated. Gives the exit status: 2 where a file of the user's was left out, else 0. */
export async function scenariosCommand(words: readonly string[]): Promise<number> {
  const { values } = readOptions(words, { format: { type: 'string' } });
  const format = oneOf('format', values.format, ['text', 'json']);
  const { reviewer, leftOut } = await loadReviewer();
  const scenarios = reviewer.scenarios();
  if (format === 'json') {
    const rows = scenarios.map(({ id, title, machine, entryPoints, bounds, guards, sometimes }) => ({
      id,
      title,
      machine,
      entryPoints,
      bounds,
      guards,
      sometimes,
    }));
    process.stdout.write(`${JSON.stringify(rows, null, 1)}\n`);
  } else {
    const width = Math.max(...scenarios.map((s) => s.id.length));
    for (const s of scenarios) process.stdout.write(`${s.id.padEnd(width)}  ${s.title} (${s.machine})\n`);
  }
  return leftOut ? 2 : 0;
}

// SPDX-License-Identifier: MIT
import type { MemoryModel } from '../../src/engine/program';
import { type LitmusResult, runLitmus } from '../../src/litmus/runLitmus';
import { theParser } from '../c/support';

/** Runs a test as `test.litmus`. */
export function runTest(
  text: string,
  model: MemoryModel = 'tso',
  engine: 'codegen' | 'interpreter' = 'codegen',
): Promise<LitmusResult> {
  return runLitmus(text, 'test.litmus', theParser, { model, engine, maxStates: 1_000_000 });
}

/** The final states that are printed for a test. */
export async function statesOf(text: string, model: MemoryModel = 'tso'): Promise<string[]> {
  const { text: printed, status } = await runTest(text, model);
  if (status !== 'done') throw new Error(printed);
  const lines = printed.split('\n');
  return lines.slice(2, 2 + Number(lines[1]?.split(' ')[1]));
}

/** How often a test's condition is observed under sc, tso and weak. */
export async function observations(text: string): Promise<string> {
  const seen: string[] = [];
  for (const model of ['sc', 'tso', 'weak'] as const) {
    const { observation, text: printed } = await runTest(text, model);
    seen.push(observation ?? printed);
  }
  return seen.join(' ');
}

/** The reason why a test cannot be read, without the name in front of it. */
export async function errorOf(text: string): Promise<string> {
  const { status, text: printed } = await runTest(text);
  return status === 'unread' ? printed.replace(/^Error \S+: /, '') : `read: ${printed}`;
}

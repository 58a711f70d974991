// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createReviewer } from '../../src/review/reviewer';
import type { Hooks, Review, Reviewer } from '../../src/review/types';
import { root } from '../support/shared';

export const quiet: Hooks = { progress: () => {}, cancelled: () => false, pause: async () => {} };

/** The parser's files. */
export const wasm = () => ({
  runtimeWasm: readFileSync(path.join(root, 'node_modules/web-tree-sitter/web-tree-sitter.wasm')),
  grammarWasm: readFileSync(path.join(root, 'node_modules/tree-sitter-c/tree-sitter-c.wasm')),
});

let reviewer: Promise<Reviewer> | null = null;

/** The reviewer, loaded once for all tests of a file. */
export function theReviewer(): Promise<Reviewer> {
  reviewer ??= createReviewer(wasm());
  return reviewer;
}

/** Reviews a text with these scenarios, by default all, and time enough. */
export async function review(text: string, scenarios: readonly string[] = []): Promise<Review> {
  return (await theReviewer()).review(text, { scenarios, budgetMs: 60_000, whatIfs: false }, quiet);
}

/** The scenarios of a TDX guest's kexec in which nothing crashes. */
export const normalKexec = ['guest-kexec', 'guest-kexec-converting'];

/** The findings in short: `scenario outcome state @line`, in order. */
export function findingsOf(r: Review): string[] {
  return r.findings.map((f) => `${f.scenario} ${f.ruleId} ${f.baselineState} @${f.place.line}`);
}

/** The same without lines. */
export function verdictsOf(r: Review): string[] {
  return r.findings.map((f) => `${f.scenario} ${f.ruleId} ${f.baselineState}`);
}

export const seed000 = 'seeds/000_2f682b0d6d40931e.txt';
export const seed001 = 'seeds/001_94338a07856e1a5a.txt';

/** A text with one place changed; fails where the place is not there, so that no edit passes unnoticed. */
export function changed(text: string, from: string | RegExp, to: string): string {
  const result = text.replace(from, () => to);
  assert.notEqual(result, text, `nothing to change: ${String(from)}`);
  return result;
}

export interface Mutation {
  readonly name: string;
  readonly edit: (text: string) => string;
  /** As `verdictsOf` gives it, or as `findingsOf` where a line is stated. */
  readonly expected: readonly string[];
}

/** A test for each changed copy of a text: its verdicts in these scenarios (all), exactly those and in order. */
export function describeMutations(
  text: string,
  mutations: readonly Mutation[],
  scenarios: readonly string[] = [],
): void {
  for (const { name, edit, expected } of mutations) {
    it(name, async () => {
      const result = await review(edit(text), scenarios);
      const found = expected.map((e, i) => (e.includes('@') ? findingsOf(result)[i] : verdictsOf(result)[i]));
      assert.deepEqual(found, expected);
      assert.equal(result.findings.length, expected.length);
      assert.equal(result.partial, false);
    });
  }
}

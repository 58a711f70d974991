// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readDocument } from '../../src/patch/readDocument';
import type { Message } from '../../src/patch/types';
import { numstatLines, numstatLinesOf, readSummary, summaryOf } from '../support/gitOutput';
import { describeWithShared } from '../support/shared';

describeWithShared('conformance: git-apply', (shared) => {
  const folder = path.join(shared, 'corpus', 'git-apply');
  for (const suite of existsSync(folder) ? readdirSync(folder).sort() : []) {
    const cases = readdirSync(path.join(folder, suite)).filter((name) => !/\.(?:expect|numstat)$/.test(name));
    describe(`git-apply ${suite}: ${cases.length} cases`, () => {
      for (const name of cases) {
        it(name, () => {
          const file = path.join(folder, suite, name);
          const { messages } = readDocument(readFileSync(file, 'utf8'));
          const expect = file.replace(/\.patch$/, '.expect');
          if (suite === 't4100') checkStat(messages, readFileSync(expect, 'utf8'));
          else checkNumstat(messages, readFileSync(`${file}.numstat`, 'utf8'));
        });
      }
    });
  }
});

/** `git apply --numstat -z` with `git apply --summary` behind it. */
function checkNumstat(messages: readonly Message[], expected: string): void {
  const [numstat = '', summary = ''] = expected.split('\n# summary\n');
  assert.deepEqual(numstatLinesOf(messages), numstatLines(numstat));
  assert.deepEqual(summaryOf(messages), readSummary(summary));
}

/** `git apply --stat --summary`: changed lines of each file, both sums, and the summary. */
function checkStat(messages: readonly Message[], expected: string): void {
  const files = messages.flatMap((message) => message.files);
  const stat = [...expected.matchAll(/^ (\S.*?) +\| +(\d+) ?[-+]*$/gm)].map(([, name, count]) => `${name} ${count}`);
  assert.deepEqual(
    files.map((file) => `${file.newPath ?? file.oldPath} ${file.additions + file.deletions}`),
    stat,
  );
  const [, additions, deletions] =
    /^ \d+ files? changed, (\d+) insertions?\(\+\), (\d+) deletions?\(-\)$/m.exec(expected) ?? [];
  assert.deepEqual(
    [sum(files.map((file) => file.additions)), sum(files.map((file) => file.deletions))],
    [Number(additions), Number(deletions)],
  );
  assert.deepEqual(summaryOf(messages), readSummary(expected));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

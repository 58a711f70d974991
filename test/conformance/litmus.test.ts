// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { MemoryModel } from '../../src/engine/program';
import { type LitmusResult, runLitmus } from '../../src/litmus/runLitmus';
import { theParser } from '../c/support';
import { describeWithShared } from '../support/shared';

type Row = Readonly<Record<string, string>>;

/** Rows of a table with a head. */
function rowsOf(file: string): Row[] {
  const [head = '', ...lines] = readFileSync(file, 'utf8').replace(/\n$/, '').split('\n');
  const names = head.split('\t');
  return lines.map((line) => Object.fromEntries(line.split('\t').map((value, i) => [names[i] ?? '', value])));
}

const statesIn = (cell: string | undefined): string[] => (cell ?? '').split(' | ').map((state) => state.trim());

interface Block {
  readonly head: string;
  readonly states: readonly string[];
  readonly verdict: string;
  readonly condition: string;
  readonly observation: string;
}

function blockOf({ text }: LitmusResult): Block {
  const lines = text.split('\n');
  const end = 2 + Number(lines[1]?.replace(/^States /, ''));
  return {
    head: lines[0] ?? '',
    states: lines.slice(2, end),
    verdict: lines[end] ?? '',
    condition: lines[end + 3] ?? '',
    observation: (lines[end + 4] ?? '').split(' ').slice(0, 3).join(' '),
  };
}

describeWithShared('litmus tests of others', (shared) => {
  const folder = path.join(shared, 'engine', 'litmus');
  const run = (
    file: string,
    model: MemoryModel,
    engine: 'codegen' | 'interpreter' = 'codegen',
  ): Promise<LitmusResult> =>
    runLitmus(readFileSync(file, 'utf8'), file, theParser, { model, engine, maxStates: 5_000_000 });

  const x86 = rowsOf(path.join(folder, 'x86-verdicts.tsv'));
  const fileOf = (row: Row): string => {
    const inCorpus = path.join(folder, 'x86', row.path ?? '');
    return existsSync(inCorpus) ? inCorpus : path.join(folder, row.path ?? '');
  };
  const sameAsHerd = async (row: Row, engine: 'codegen' | 'interpreter'): Promise<void> => {
    assert.deepEqual(
      blockOf(await run(fileOf(row), 'tso', engine)),
      {
        head: `Test ${row.name} ${row.quantifier}`,
        states: statesIn(row.final_states),
        verdict: row.herd_ok,
        condition: `Condition ${row.condition_or_error}`,
        observation: `Observation ${row.name} ${row.observation}`,
      },
      row.path,
    );
  };

  it(`561 of 561 x86 tests have herd7's final states, verdict and condition, line by line`, async function () {
    this.timeout(300_000);
    assert.equal(x86.length, 561);
    for (const row of x86) await sameAsHerd(row, 'codegen');
  });

  it('every fifth of them, 113, with the interpreter', async function () {
    this.timeout(300_000);
    const some = x86.filter((row, i) => i % 5 === 0 && Number(row.n_states) < 200);
    for (const row of some) await sameAsHerd(row, 'interpreter');
    assert.equal(some.length, 113);
  });

  const c = rowsOf(path.join(folder, 'c-verdicts.tsv'));
  const withoutRcu = c.filter((row) => row.uses_rcu === '');

  for (const engine of ['codegen', 'interpreter'] as const) {
    it(`77 of 77 C tests without RCU have the final states of herd7 on TSO (${engine})`, async function () {
      this.timeout(300_000);
      assert.equal(withoutRcu.length, 77);
      for (const row of withoutRcu) {
        const { states, observation } = blockOf(await run(path.join(folder, 'c', row.path ?? ''), 'tso', engine));
        assert.deepEqual(states, statesIn(row.x86tso_final_states), row.path);
        assert.equal(observation.split(' ')[2], row.x86tso_obs, row.path);
      }
    });
  }

  it('0 of 77 C tests are allowed under weak that the kernel’s model forbids; of 30 that it allows, 11 are reached', async function () {
    this.timeout(300_000);
    const seen = { forbidden: 0, allowed: 0, reached: 0 };
    for (const row of withoutRcu) {
      const { observation } = await run(path.join(folder, 'c', row.path ?? ''), 'weak');
      assert.notEqual(observation, null, row.path);
      if (row.lkmm_obs !== 'Never') {
        seen.allowed++;
        if (observation !== 'Never') seen.reached++;
      } else if (observation !== 'Never') seen.forbidden++;
    }
    assert.deepEqual(seen, { forbidden: 0, allowed: 30, reached: 11 });
  });

  it('2 of 2 C tests with RCU have the verdict of the kernel’s model', async () => {
    const withRcu = c.filter((row) => row.uses_rcu !== '');
    assert.equal(withRcu.length, 2);
    for (const row of withRcu) {
      for (const model of ['tso', 'weak'] as const) {
        const { observation } = await run(path.join(folder, 'c', row.path ?? ''), model);
        assert.equal(observation, row.lkmm_obs, row.path);
      }
    }
  });

  it('what sc allows tso allows, and what tso allows weak allows, in all 77', async function () {
    this.timeout(300_000);
    for (const row of withoutRcu) {
      const file = path.join(folder, 'c', row.path ?? '');
      const [sc, tso, weak] = await Promise.all(
        (['sc', 'tso', 'weak'] as const).map(async (model) => new Set(blockOf(await run(file, model)).states)),
      );
      for (const state of sc ?? []) assert.ok(tso?.has(state), `${row.path}: ${state}`);
      for (const state of tso ?? []) assert.ok(weak?.has(state), `${row.path}: ${state}`);
    }
  });

  it('the stop-conversion protocol: a fence in the stopper is enough on x86 and not for the kernel’s model', async () => {
    const observed = async (name: string): Promise<string> => {
      const results = await Promise.all(
        (['sc', 'tso', 'weak'] as const).map((model) => run(path.join(folder, 'local', `${name}.litmus`), model)),
      );
      return results.map(({ observation }) => observation).join(' ');
    };
    assert.equal(await observed('C-stopconv-barrier'), 'Never Sometimes Sometimes');
    assert.equal(await observed('C-stopconv-smp_mb'), 'Never Never Sometimes');
    assert.equal(await observed('C-stopconv-smp_mb-both'), 'Never Never Sometimes');
    assert.equal(await observed('C-stopconv-smp_mb-both-dec'), 'Never Never Never');
  });
});

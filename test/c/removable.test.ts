// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import type { Unit } from '../../src/c/ast';
import { type LoweredProgram, lowerProgram } from '../../src/c/lowerProgram';
import { createSymbols } from '../../src/c/symbols';
import type { Step } from '../../src/engine/program';
import { randomFunction } from './randomC';
import { prelude } from './randomPrelude';
import { finals, kernel, outcomesOf, searchOf, unitOf } from './support';

const nothing = { words: 0, operations: [], initialise: () => {}, watched: null, access: () => null };

function lowered(unit: Unit, entry: string, others: readonly Unit[], isRemovable = false): LoweredProgram {
  return lowerProgram({
    symbols: createSymbols([unit, ...others]),
    agents: [{ name: entry, entry, running: true }],
    outcomes: [
      'page-fault',
      'bug-on',
      'hang',
      'use-after-free',
      'double-free',
      'memory-corruption',
      'lock-imbalance',
    ].map((id) => ({ id, fatal: true })),
    machine: () => nothing,
    machineConstant: () => null,
    keep: ['result'],
    removable: ({ unit: other }) => isRemovable && other === unit,
  });
}

/** What a program comes to: its outcomes and what is in `result` in the end. */
function comesTo(program: LoweredProgram): string {
  const search = searchOf(program, 5_000, 'interpreter');
  return `${outcomesOf(search).sort().join()} ${search.result().deadlocks !== null} ${finals(program, search, 'result', 8).join()}`;
}

/** The program with what stands between two offsets left out, wherever it was put in line. */
function without(program: LoweredProgram, start: number, end: number): LoweredProgram {
  const agents = program.program.agents.map((agent, index) => {
    const gone = new Set(
      program.guards[index]?.flatMap(({ pc, span }) => (span.start === start && span.end === end ? [pc] : [])),
    );
    const steps = agent.steps.map(
      (step, pc): Step =>
        gone.has(pc) && step.kind === 'branch' ? { ...step, condition: { kind: 'const', width: 32, value: 0n } } : step,
    );
    return { ...agent, steps };
  });
  return { ...program, program: { ...program.program, agents } };
}

/**
 * Compares each statement left out by its branch with the same left out of the text; gives how many there were.
 * @param most of the statements, without first values of variables; 0 for all with them
 */
async function compare(text: string, entry: string, others: readonly Unit[], most = 0): Promise<number> {
  const program = lowered(await unitOf(text), entry, others, true);
  assert.equal(comesTo(program), comesTo(lowered(await unitOf(text), entry, others)), text);
  const spans = new Map<string, { start: number; end: number }>();
  for (const { span } of program.guards[0] ?? []) spans.set(`${span.start} ${span.end}`, span);
  // What a variable holds that was never given a value is nobody's promise.
  const isStatement = ({ end }: { end: number }): boolean => /[;}]/.test(text[end - 1] ?? '') && text[end] !== ';';
  const tried = most === 0 ? [...spans.values()] : [...spans.values()].filter(isStatement).slice(0, most);
  for (const { start, end } of tried) {
    const statement = text.slice(start, end);
    // Of a declaration only the first value goes.
    const declared = statement.endsWith(';') ? null : /^\**\w+(\[\w*\])*(?=\s*=)/.exec(statement);
    const rest = declared?.[0] ?? ';';
    const cut = `${text.slice(0, start)}${rest}${text.slice(end)}`;
    assert.equal(
      comesTo(without(program, start, end)),
      comesTo(lowered(await unitOf(cut), entry, others)),
      `without “${statement}”:\n${cut}`,
    );
  }
  return tried.length;
}

describe('a statement that is left out by a branch', function () {
  this.timeout(60_000);

  it('is left out like one that is not in the text', async () => {
    const models = [await unitOf(kernel)];
    const text = `long result;
static DEFINE_MUTEX(lock);
static int inner(int x)
{
	guard(mutex)(&lock);
	if (x > 2)
		return 7;
	x = x + 1;
	switch (x) {
	case 1:
		result += 10;
		break;
	case 2:
		result += 20;
		fallthrough;
	default:
		result += 40;
	}
	return x;
}
void run(void)
{
	int i = 3, j;
	int left[2] = { 1, 2 };

	mutex_lock(&lock);
	mutex_unlock(&lock);
	for (i = 0; i < 4; i++) {
		if (i == 2)
			continue;
		j = inner(i);
		result += j + left[1];
		if (result > 1000)
			goto out;
	}
	while (i > 0) {
		i--;
		if (i == 1)
			break;
	}
	result = result * 2 + i;
out:
	result++;
}
`;
    assert.equal(await compare(text, 'run', models), 29);
  });

  it('also in random functions', async () => {
    const models = [await unitOf(kernel), await unitOf(prelude)];
    let tried = 0;
    for (let seed = 1; seed <= 20; seed++) tried += await compare(randomFunction(seed, 0), 'run0', models, 6);
    assert.ok(tried > 60, `${tried} statements`);
  });
});

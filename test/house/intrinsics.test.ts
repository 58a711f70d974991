// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildUnit } from '../../src/c/buildUnit';
import { configuration } from '../../src/c/configuration';
import { mapFile } from '../../src/c/mappedText';
import { loadParser } from '../../src/c/parser';
import { createMachine } from '../../src/machine/machine';
import { loadLibrary } from '../../src/review/library';
import { readScenarios } from '../../src/review/scenario';
import { exploreSide, linkSide } from '../../src/review/simulateSide';
import { quiet } from '../review/support';
import { root } from '../support/shared';

const page = readFileSync(path.join(root, 'CONTRIBUTING.md'), 'utf8');

describe('CONTRIBUTING, “Adding a scenario”', () => {
  it('names every operation of the machine, and none that does not exist', () => {
    const machine = createMachine(
      {
        leaves: [1],
        cpus: 1,
        cpuOfAgent: [0],
        secondKernel: new Set(),
        guest: 'none',
        partialWriteErratum: false,
        implicitConversion: false,
        vtom: false,
        mapGpaRetries: false,
        mapGpaFails: false,
        pendingVe: false,
        paravisor: false,
        dirtyLines: false,
        largePagesSplit: false,
        vmallocPages: 0,
        kernelMapPages: 0,
        unaccepted: [],
      },
      { directMap: null },
      () => 0,
    );
    const named = new Set(page.match(/\bhw_\w+(?=\()/g));
    for (const { name } of machine.operations) assert.ok(named.has(name), name);
    for (const name of named)
      assert.ok(machine.constant(name) !== null || machine.operations.some((o) => o.name === name), name);
  });

  it('has an example that runs', async () => {
    const read = (file: string): Uint8Array => readFileSync(path.join(root, 'node_modules', file));
    const parser = await loadParser(
      read('web-tree-sitter/web-tree-sitter.wasm'),
      read('tree-sitter-c/tree-sitter-c.wasm'),
    );
    const example = /```c\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    const { unit } = buildUnit(parser, mapFile('example.c', example), 'scenario', configuration);
    const { scenarios, problems } = readScenarios(unit);
    assert.deepEqual(problems, []);
    const [scenario] = scenarios;
    assert.ok(scenario);
    const run = await exploreSide(
      scenario,
      await linkSide(loadLibrary(parser), scenario, []),
      {},
      quiet,
      Number.POSITIVE_INFINITY,
    );
    assert.deepEqual([...(run?.outcomes ?? ['not finished'])], []);
    assert.equal(run?.result.marks[run.search.program.marks.indexOf('sometimes: the buffer was converted')], 1);
  });
});

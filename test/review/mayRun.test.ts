// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { loadParser } from '../../src/c/parser';
import { readDocument } from '../../src/patch/readDocument';
import { type Library, loadLibrary } from '../../src/review/library';
import { changedConstants, mayRun } from '../../src/review/mayRun';
import { closureOf } from '../../src/review/mentions';
import { patchesOf } from '../../src/review/patchesOf';
import { buildPatchUnits, type PatchUnits } from '../../src/review/patchUnits';
import type { Scenario } from '../../src/review/scenario';
import { startSeries } from '../../src/review/series/seriesBuilder';
import { functionsFrom, linkSide } from '../../src/review/simulateSide';
import { root } from '../support/shared';
import { wasm } from './support';

/** All names that are mentioned from the entry points on, and whether one of the patch's is among them. */
function mayRunNaively(library: Library, scenario: Scenario, units: PatchUnits): boolean {
  const all = [...units.before, ...units.after];
  const names = closureOf(scenario.agents, [...all, ...library.companions, scenario.unit, ...library.models]);
  const own = all.filter(({ origin }) => origin !== 'stage').flatMap((unit) => [...unit.functions.keys()]);
  return [...own, ...units.unplaced, ...changedConstants(units)].some((name) => names.has(name));
}

describe('whether a scenario may run what a patch changes', () => {
  it('is never denied where linking finds that it does, and mostly where it does not', async () => {
    const { runtimeWasm, grammarWasm } = wasm();
    const parser = await loadParser(runtimeWasm, grammarWasm);
    const library = loadLibrary(parser);
    const folder = path.join(root, 'media/samples');
    let denied = 0;
    let needless = 0;
    for (const name of ['host-kexec.eml', 'zeropad.eml']) {
      for (const { files } of patchesOf(readDocument(readFileSync(path.join(folder, name), 'utf8'))).patches) {
        const units = buildPatchUnits(parser, library, files);
        for (const scenario of library.scenarios) {
          const may = mayRun(library, scenario, units);
          assert.equal(may, mayRunNaively(library, scenario, units), `${name} ${scenario.id}`);
          const runs = [];
          for (const side of [units.before, units.after])
            runs.push(...functionsFrom((await linkSide(library, scenario, side)).lowered, new Set(side)));
          if (!may)
            assert.deepEqual(
              runs.map((f) => f.name),
              [],
              `${name} ${scenario.id}`,
            );
          if (!may) denied++;
          else if (runs.length === 0) needless++;
        }
      }
    }
    assert.ok(denied > needless, `${denied} denied, ${needless} linked for nothing`);
  });

  it('is the same in a series, on what its patches before made', async () => {
    const { runtimeWasm, grammarWasm } = wasm();
    const parser = await loadParser(runtimeWasm, grammarWasm);
    const library = loadLibrary(parser);
    const texts = ['host-kexec.eml', 'guest-kexec.eml', 'snp-kexec.eml'];
    const samples = texts.map((name) => readFileSync(path.join(root, 'media/samples', name), 'utf8'));
    const patches = samples.flatMap((text) => patchesOf(readDocument(text)).patches);
    const series = await startSeries(parser, () => library, null, patches, []);
    for (const patch of patches) {
      const { library: own, units } = await series.next(patch);
      for (const scenario of own.scenarios)
        assert.equal(mayRun(own, scenario, units), mayRunNaively(own, scenario, units), scenario.id);
    }
  });
});

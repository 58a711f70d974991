// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { loadParser } from '../../src/c/parser';
import { readDocument } from '../../src/patch/readDocument';
import { loadLibrary } from '../../src/review/library';
import { mayRun } from '../../src/review/mayRun';
import { patchesOf } from '../../src/review/patchesOf';
import { buildPatchUnits } from '../../src/review/patchUnits';
import { functionsFrom, linkSide } from '../../src/review/simulateSide';
import { root } from '../support/shared';
import { wasm } from './support';

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
});

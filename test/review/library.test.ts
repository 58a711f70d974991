// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { buildUnit } from '../../src/c/buildUnit';
import { configuration } from '../../src/c/configuration';
import { loadParser } from '../../src/c/parser';
import { generations } from '../../src/review/generations';
import { createLibraries, macroOf } from '../../src/review/library';
import { placeOf } from '../../src/review/sourceText';
import { wasm } from './support';

describe('the bundled C', () => {
  it('can be parsed in every generation, and a function asked for alone is the one that the whole file has', async () => {
    const { runtimeWasm, grammarWasm } = wasm();
    const parser = await loadParser(runtimeWasm, grammarWasm);
    const libraries = createLibraries(parser);
    const seen = new Set<unknown>();
    let functions = 0;
    for (const generation of generations) {
      const { models, stages, companions, scenarios } = libraries(generation);
      const units = [...models, ...stages, ...companions, ...scenarios.map((s) => s.unit)];
      for (const unit of units) {
        if (seen.has(unit)) continue;
        seen.add(unit);
        const { source, origin } = unit;
        const whole = buildUnit(parser, source, origin, configuration, macroOf(units)).unit;
        const file = source.pieces[0]?.origin.file;
        assert.deepEqual([...unit.functions.keys()].sort(), [...whole.functions.keys()].sort(), file);
        for (const { name, span, errorAt } of unit.functions.values()) {
          const same = whole.functions.get(name);
          assert.deepEqual(
            [span.start, span.end, errorAt],
            [same?.span.start, same?.span.end, null],
            `${file}: ${name}()`,
          );
          assert.equal(placeOf(span).file, file);
          functions++;
        }
      }
    }
    assert.ok(functions > 500, `${functions} functions`);
  });
});

// SPDX-License-Identifier: MIT
/** What becomes of the C of every patch of the corpus: woven, whole, alone, not analysed; and how long that takes. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { loadParser } from '../../src/c/parser';
import { readDocument } from '../../src/patch/readDocument';
import { loadLibrary } from '../../src/review/library';
import { buildPatchUnits } from '../../src/review/patchUnits';
import { describeWithShared, root } from '../support/shared';

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).isFile() && !/\.(json|expect|numstat)$/.test(file))
    .sort();

describeWithShared('conformance: the C of the patches of the corpus', (shared) => {
  it('is woven, taken whole, or said not to be placed', async function () {
    this.timeout(300_000);
    const read = (name: string): Uint8Array => readFileSync(path.join(root, 'node_modules', name));
    const parser = await loadParser(
      read('web-tree-sitter/web-tree-sitter.wasm'),
      read('tree-sitter-c/tree-sitter-c.wasm'),
    );
    const library = loadLibrary(parser);
    const total = { patches: 0, hunks: 0, whole: 0, woven: 0, turned: 0, refused: 0, alone: 0, lost: 0, unanalysed: 0 };
    const times: number[] = [];
    for (const file of filesBelow(path.join(shared, 'corpus'))) {
      const document = readDocument(readFileSync(file, 'utf8'));
      for (const { files } of document.messages) {
        const hasC = files.some((f) => f.hunks.length > 0 && /\.[ch]$/.test(f.newPath ?? f.oldPath ?? ''));
        if (!hasC) continue;
        const start = performance.now();
        const units = buildPatchUnits(parser, library, files, document.notices);
        times.push(performance.now() - start);
        total.patches++;
        total.hunks += units.hunks.length;
        total.woven += units.woven.size;
        total.turned += [...units.woven.values()].filter((w) => w.turned).length;
        const after = units.after
          .filter((unit) => unit.origin === 'patch')
          .flatMap((unit) => [...unit.functions.values()]);
        total.whole += after.length;
        total.unanalysed += after.filter((f) => f.errorAt !== null).length;
        // A function that is not placed always says why, with the line.
        const said = units.notices.filter((n) => /cannot be told|shown in part.*not simulated/.test(n.message));
        const names = said.map(({ message }) => /(\w+)\(\)/.exec(message)?.[1] ?? '');
        assert.deepEqual(new Set(names), units.unplaced, file);
        assert.ok(said.every((n) => n.place !== null));
        total.refused += said.filter((n) => n.message.includes('cannot be told')).length;
        total.lost += said.filter((n) => n.message.includes('no model')).length;
        total.alone += units.fragments.size;
        for (const { before, after: woven, score } of units.woven.values()) {
          assert.ok(score >= 0.5);
          assert.notEqual(before.text, woven.text, `${file}: ${before.text.slice(0, 60)}`);
        }
      }
    }
    times.sort((a, b) => a - b);
    const at = (share: number): string => (times[Math.floor(share * (times.length - 1))] ?? 0).toFixed(1);
    console.log(`      ${JSON.stringify(total)}; ms a patch: median ${at(0.5)}, 95 % ${at(0.95)}, most ${at(1)}`);
    assert.ok(total.woven >= 20);
    assert.ok(total.unanalysed <= 0.05 * total.whole);
    const inParts = total.woven + total.alone + total.refused + total.lost;
    const share = (n: number): string => `${n} (${((100 * n) / inParts).toFixed(0)} %)`;
    console.log(
      `      functions in parts: ${share(total.woven)} woven, ${share(total.alone)} alone, ${share(total.refused + total.lost)} not analysed`,
    );
    assert.ok(total.woven + total.alone >= 0.7 * inParts);
  });
});

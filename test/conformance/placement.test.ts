// SPDX-License-Identifier: MIT
/**
 * Functions are edited, shown as hunks, damaged and placed again. The functions of a kernel tree are taken too, where there
 * is one.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describeWithKernelTree } from '../support/kernelTree';
import { type Damage, damages, functionsOf, place, placementCase, shown } from '../support/placement';
import { root } from '../support/shared';

/** At most this share of all cases of a kind may be placed wrongly: one in a thousand. */
const wrongShare = 0.001;
/**
 * Shares for what even a reader could often not tell: whether one short line that is there is the one that is added, or
 * where a line belongs whose neighbours are missing in the hunk and in the text. Measured, with some room.
 */
const allowed: Partial<Record<Damage, number>> = {
  // Of a function's model only: beside one line of context, and where a statement's second line is given twice.
  'a line too many': 0.002,
  wrapped: 0.002,
  'context in another order': 0.003,
  'newer text': 0.003,
  'newer text, white space': 0.003,
  'two of these': 0.008,
  'condensed text': 0.006,
  'condensed text, a line missing': 0.02,
};

/** The least share of right ones, with three to five lines of context. */
const rightShare: Record<Damage, number> = {
  nothing: 0.99,
  'white space': 0.99,
  'a line missing': 0.7,
  'a line too many': 0.9,
  'a callee renamed': 0.8,
  wrapped: 0.95,
  'newer text': 0.93,
  'newer text, white space': 0.93,
  'context in another order': 0.8,
  'two hunks': 0.98,
  'two hunks, white space': 0.98,
  'two of these': 0.75,
  'condensed text': 0.8,
  'condensed text, a line missing': 0.6,
};

/** Places every function once for each number of lines of context; prints what came of it. */
function experiment(functions: readonly string[][], damage: Damage, rounds: number): void {
  const counts = { right: 0, refused: 0, wrong: 0 };
  const usual = { right: 0, refused: 0, wrong: 0 };
  const wrong: string[] = [];
  let seed = 1000 * damages.indexOf(damage);
  for (let round = 0; round < rounds; round++) {
    for (let context = 0; context <= 5; context++) {
      for (const [i, lines] of functions.entries()) {
        const c = placementCase(seed++, lines, functions[(i + 7) % functions.length] ?? [], context, damage);
        const placed = place(c);
        counts[placed]++;
        if (context >= 3) usual[placed]++;
        if (placed === 'wrong') wrong.push(`${shown(c)}\n   in\n${c.text}`);
      }
    }
  }
  const total = counts.right + counts.refused + counts.wrong;
  console.log(`      ${counts.right} right, ${counts.refused} refused, ${counts.wrong} wrong`);
  assert.ok(counts.wrong <= Math.max(1, (allowed[damage] ?? wrongShare) * total), wrong.join('\n\n'));
  assert.ok(usual.right >= rightShare[damage] * (usual.right + usual.refused + usual.wrong), JSON.stringify(usual));
}

const cFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.c'))
    .sort()
    .map((name) => path.join(folder, name));

describe('conformance: hunks are placed right or not at all', () => {
  const functions = cFiles(path.join(root, 'src/models')).flatMap((file) => functionsOf(readFileSync(file, 'utf8')));
  describe('in the functions of the models', () => {
    for (const damage of damages) {
      it(`damaged by ${damage}`, function () {
        this.timeout(60_000);
        experiment(functions, damage, 1);
      });
    }
  });

  describeWithKernelTree('in the functions of a kernel tree', (tree) => {
    const all = ['mm', 'kernel', 'arch/x86/mm', 'arch/x86/kernel', 'arch/x86/coco', 'drivers/virt', 'drivers/hv']
      .map((name) => path.join(tree, name))
      .filter((folder) => existsSync(folder))
      .flatMap((folder) => cFiles(folder).flatMap((file) => functionsOf(readFileSync(file, 'utf8'))));
    const some = all.filter((_, i) => i % Math.ceil(all.length / 500) === 0);
    for (const damage of damages) {
      it(`damaged by ${damage}`, function () {
        this.timeout(600_000);
        experiment(some, damage, 1);
      });
    }
  });
});

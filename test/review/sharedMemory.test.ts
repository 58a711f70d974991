// SPDX-License-Identifier: MIT
/** Those who share memory with the host, and those who change attributes of pages: real fixes, and the bundled models alone. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { vacuous } from '../../src/review/decide';
import { loadLibrary } from '../../src/review/library';
import { outcomesOf } from '../../src/review/reached';
import { exploreSide, linkBundled } from '../../src/review/simulateSide';
import { theParser } from '../c/support';
import { reversed, verdictsOf } from '../mutations/support';
import { describeWithShared } from '../support/shared';
import { changed, quiet, review } from './support';

describe('shared memory and page attributes: the models alone', () => {
  /** Outcomes of each scenario, and the most states that it may have. */
  const expected: readonly (readonly [id: string, outcomes: readonly string[], most: number])[] = [
    ['shared-buffers', ['leak'], 4_000],
    ['shared-page', ['leak'], 300],
    ['shared-alias', [], 100],
    ['shared-protection', [], 50],
    ['page-attributes', [], 300],
  ];
  for (const [id, outcomes, most] of expected)
    it(id, async () => {
      const library = loadLibrary(await theParser());
      const scenario = library.scenarios.find((s) => s.id === id);
      assert.ok(scenario);
      const linked = linkBundled(library, scenario);
      assert.deepEqual(linked.lowered.assumptions, []);
      const run = await exploreSide(scenario, linked, {}, quiet, Number.POSITIVE_INFINITY);
      assert.ok(run?.result.exhausted);
      assert.deepEqual([...outcomesOf(run)], outcomes);
      assert.deepEqual(vacuous(scenario, run), []);
      assert.ok(run.result.states <= most, `${run.result.states} states`);
    });
});

/** A driver of nobody's, whole in the mail: what is in `body` stands between allocation and return. */
function driver(before: string, after: string): string {
  const lines = (mark: string, text: string): string[] => text.split('\n').map((line) => `${mark}${line}`);
  const head = [
    'static void *get_ring(unsigned int pages)',
    '{',
    '\tunsigned long ring = __get_free_pages(GFP_KERNEL, 1);',
    '',
  ];
  const tail = ['}', ''];
  const rows = [...head.map((l) => ` ${l}`), ...lines('-', before), ...lines('+', after), ...tail.map((l) => ` ${l}`)];
  const count = (mark: string): number => rows.filter((r) => r.startsWith(' ') || r.startsWith(mark)).length;
  return [
    'From: A Developer <developer@example.org>',
    'Date: Mon, 24 Jan 2024 14:55:00 +0200',
    'Subject: [PATCH] ring: change it',
    'Message-ID: <ring@example.org>',
    '',
    'One change.',
    '---',
    'diff --git a/drivers/misc/ring.c b/drivers/misc/ring.c',
    '--- a/drivers/misc/ring.c',
    '+++ b/drivers/misc/ring.c',
    `@@ -1,${count('-')} +1,${count('+')} @@`,
    ...rows,
    '-- ',
    '2.43.0',
    '',
  ].join('\n');
}

const good =
  '\tif (!ring)\n\t\treturn NULL;\n\tif (set_memory_decrypted(ring, 2))\n\t\treturn NULL;\n\treturn (void *)ring;';
const drivers: readonly (readonly [title: string, after: string, expected: readonly string[]])[] = [
  [
    'frees where it could not be shared',
    '\tif (!ring)\n\t\treturn NULL;\n\tif (set_memory_decrypted(ring, 2)) {\n\t\tfree_pages(ring, 1);\n\t\treturn NULL;\n\t}\n\treturn (void *)ring;',
    ['conversion-failure host-exposed new'],
  ],
  [
    'takes it back first, and frees it whatever came of that',
    '\tif (!ring)\n\t\treturn NULL;\n\tif (set_memory_decrypted(ring, 2)) {\n\t\tset_memory_encrypted(ring, 2);\n\t\tfree_pages(ring, 1);\n\t\treturn NULL;\n\t}\n\treturn (void *)ring;',
    ['conversion-failure host-exposed new'],
  ],
  [
    'takes it back first, and frees it where that worked',
    '\tif (!ring)\n\t\treturn NULL;\n\tif (set_memory_decrypted(ring, 2)) {\n\t\tif (!set_memory_encrypted(ring, 2))\n\t\t\tfree_pages(ring, 1);\n\t\treturn NULL;\n\t}\n\treturn (void *)ring;',
    [],
  ],
  [
    'does not ask whether there was memory: that is no memory to share',
    '\tif (set_memory_decrypted(ring, 2))\n\t\treturn NULL;\n\treturn (void *)ring;',
    [],
  ],
  [
    'shares a page more than it has',
    '\tif (!ring)\n\t\treturn NULL;\n\tif (set_memory_decrypted(ring, 3))\n\t\treturn NULL;\n\treturn (void *)ring;',
    ['conversion-failure host-exposed new', 'conversion-range host-exposed new'],
  ],
  [
    'gives a page back and leaves it shared',
    '\tif (!ring)\n\t\treturn NULL;\n\tif (set_memory_decrypted(ring, 2))\n\t\treturn NULL;\n\tif (set_memory_encrypted(ring, 1))\n\t\treturn NULL;\n\tfree_pages(ring, 1);\n\treturn NULL;',
    ['conversion-failure host-exposed new', 'conversion-range host-exposed new'],
  ],
  [
    'gives a page back that it gave back already',
    '\tif (!ring)\n\t\treturn NULL;\n\tif (set_memory_decrypted(ring, 2) == 0)\n\t\treturn (void *)ring;\n\tif (set_memory_encrypted(ring, 2))\n\t\treturn NULL;\n\tfree_pages(ring, 1);\n\tfree_page(ring);\n\treturn NULL;',
    ['conversion-failure double-free new'],
  ],
  [
    'keeps a lock where it could not be shared',
    '\tstatic DEFINE_MUTEX(lock);\n\n\tif (!ring)\n\t\treturn NULL;\n\tmutex_lock(&lock);\n\tif (set_memory_decrypted(ring, 2))\n\t\treturn NULL;\n\tmutex_unlock(&lock);\n\treturn (void *)ring;',
    ['conversion-failure lock-imbalance new'],
  ],
  [
    'releases its lock in any case',
    '\tstatic DEFINE_SPINLOCK(lock);\n\n\tif (!ring)\n\t\treturn NULL;\n\tspin_lock(&lock);\n\tif (set_memory_decrypted(ring, 2))\n\t\tring = 0;\n\tspin_unlock(&lock);\n\treturn (void *)ring;',
    [],
  ],
  [
    'gives up a lock that its caller holds, and takes it again',
    '\tstatic DECLARE_RWSEM(lock);\n\n\tif (!ring)\n\t\treturn NULL;\n\tup_read(&lock);\n\tif (set_memory_decrypted(ring, 2))\n\t\tring = 0;\n\tdown_read(&lock);\n\treturn (void *)ring;',
    [],
  ],
];

describe('any function that shares memory', () => {
  for (const [title, after, expected] of drivers)
    it(title, async () => {
      const result = await review(driver(good, after));
      assert.deepEqual(verdictsOf(result), expected);
      assert.deepEqual(result.undecided, []);
    });
});

describeWithShared('real fixes of those who share memory', (shared) => {
  const folder = path.join(shared, 'corpus/kernel/mails');
  const read = (digits: string): string => {
    const name = readdirSync(folder).find((file) => file.includes(digits));
    assert.ok(name, `a mail with ${digits} in its name`);
    return readFileSync(path.join(folder, name), 'utf8');
  };
  /** The mail by the eight digits in its name; what it fixes, and what its reverse brings. */
  const fixes: readonly (readonly [digits: string, title: string, scenarios: readonly string[]])[] = [
    [
      '9da15d20',
      'virt: tdx-guest: just leak decrypted memory (CVE-2024-57793)',
      ['conversion-failure', 'shared-buffers'],
    ],
    [
      '1ed2effe',
      'vmbus: leak pages if set_memory_encrypted() fails (CVE-2024-36913)',
      ['conversion-failure', 'shared-buffers'],
    ],
    ['8719f28b', 'dma-direct: the correct size for dma_set_encrypted()', ['shared-buffers']],
  ];
  for (const [digits, title, scenarios] of fixes) {
    const bad = (verdicts: readonly string[]): string[] => verdicts.filter((v) => v.includes('host-exposed'));
    it(title, async () => {
      const result = verdictsOf(await review(read(digits)));
      assert.deepEqual(
        [...new Set(bad(result))],
        scenarios.map((s) => `${s} host-exposed absent`),
      );
    });
    it(`${title}, the other way round`, async () => {
      const result = verdictsOf(await review(reversed(read(digits))));
      assert.deepEqual(
        [...new Set(bad(result))],
        scenarios.map((s) => `${s} host-exposed new`),
      );
    });
  }

  it('vmbus, if connecting kept the pages in mind: disconnecting frees only what it could make private, so that is as safe', async () => {
    const half = changed(
      read('1ed2effe'),
      /\+\t\tvmbus_connection\.monitor_pages\[0\] = NULL;\n\+\t\tvmbus_connection\.monitor_pages\[1\] = NULL;\n/,
      '',
    );
    const result = verdictsOf(await review(changed(half, '@@ -237,8 +237,17 @@', '@@ -237,8 +237,15 @@')));
    assert.deepEqual(
      result.filter((v) => v.startsWith('shared-buffers')),
      ['shared-buffers host-exposed absent'],
    );
  });
});

// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Review } from '../../src/review/types';
import { describeWithShared } from '../support/shared';
import { changed, findingsOf, quiet, theReviewer, verdictsOf } from './support';

const scenarios = ['tdx-init-memory', 'tdx-init-cxl', 'tdx-init-hotplug', 'tdx-init-lock', 'tdx-init-leftover'];

/** Reviews with the scenarios of this system only. */
const reviewMemory = async (text: string): Promise<Review> =>
  (await theReviewer()).review(text, { scenarios, budgetMs: 60_000, whatIfs: false }, quiet);

const cxl = 'tdx-init-cxl module-init-failure new';
const hotplug = 'tdx-init-hotplug not-tdx-memory absent';
const lock = 'tdx-init-lock lock-imbalance new';
const leftover = 'tdx-init-leftover hotplug-blocked new';

/** The label behind the lock is another one than that in front of it. */
const withTwoLabels = (t: string): string =>
  changed(
    changed(t, '> out:\n> + /*\n> + * @tdx_memlist is written', '> +out_put:\n> + /*\n> + * @tdx_memlist is written'),
    '> + put_online_mems();\n> return ret;\n',
    '> + put_online_mems();\n> out:\n> return ret;\n',
  ).replace(
    '> + ret = build_tdx_memlist(&tdx_memlist);\n> + if (ret)\n> + goto out;',
    () => '> + ret = build_tdx_memlist(&tdx_memlist);\n> + if (ret)\n> + goto out_put;',
  );

describe('the scenarios around the initialisation of the TDX module, on the bundled models alone', () => {
  for (const id of scenarios) {
    it(`${id}: all that must sometimes happen does`, async () => {
      const run = await (await theReviewer()).simulate(id, quiet);
      assert.deepEqual(run.outcomes.before, id === 'tdx-init-cxl' ? ['module-init-failure'] : []);
      assert.deepEqual(run.vacuous, []);
      assert.equal(run.bounds.exhausted, true);
      assert.ok(run.bounds.states < 10_000, `${run.bounds.states} states`);
    });
  }
});

describeWithShared('seed 004, executed', (shared) => {
  const text = readFileSync(path.join(shared, 'seeds/004_6c0f7b0da3d61af5.txt'), 'utf8');

  it('as it is: what it brings, what it removes, and where', async () => {
    const result = await reviewMemory(text);
    assert.deepEqual(findingsOf(result), [`${cxl} @335`, `${hotplug} @189`, `${lock} @354`, `${leftover} @189`]);
    assert.deepEqual(
      result.findings.map((f) => f.level),
      ['note', 'error', 'error', 'warning'],
      'that CXL memory ends the initialisation is meant',
    );
    assert.deepEqual(
      result.runs.map((r) => [r.scenario, r.outcomes.before, r.outcomes.after, r.vacuous]),
      [
        ['tdx-init-memory', [], [], []],
        ['tdx-init-cxl', [], ['module-init-failure'], []],
        ['tdx-init-hotplug', ['not-tdx-memory'], [], []],
        ['tdx-init-lock', [], ['lock-imbalance'], []],
        ['tdx-init-leftover', [], ['hotplug-blocked'], []],
      ],
    );
    assert.ok(result.runs.every((r) => r.bounds.exhausted));
    assert.ok(
      result.findings.every((f) => f.assumptions.some((a) => a.includes('init_tdx_module_todo()'))),
      'that the TODO may work is said',
    );
    assert.ok(!result.notices.some((n) => n.level === 'warning'), 'all its C is understood');
  });

  it('says what happens in the words of the field', async () => {
    const messages = (await reviewMemory(text)).findings.map((f) => f.message);
    assert.match(
      messages[0] ?? '',
      /^CPU 0 gives page frames 0x1000 to 0x1800 to the TDX module; that memory is not all in/,
    );
    assert.match(messages[1] ?? '', /Without this line, CPU 0 gives page frame 0x1800 to a TD; that memory came from/);
    assert.match(messages[2] ?? '', /^CPU 0 releases a lock that it has not taken /);
    assert.match(messages[3] ?? '', /^CPU 0 cannot put memory online, although TDX is off /);
  });

  const mutations: readonly (readonly [name: string, edit: (t: string) => string, expected: readonly string[]])[] = [
    ['a label of its own for what fails before the lock is taken', withTwoLabels, [cxl, hotplug, leftover]],
    [
      'that, and the list is freed where initialisation fails: nothing bad is left',
      (t) =>
        changed(
          withTwoLabels(t),
          '> ret = -EINVAL;\n',
          '> ret = -EINVAL;\n> + if (ret)\n> + free_tdx_memlist(&tdx_memlist);\n',
        ),
      [cxl, hotplug],
    ],
    [
      'the lock never released',
      (t) => changed(t, '> + put_online_mems();\n', ''),
      [cxl, 'tdx-init-hotplug hang new', lock, 'tdx-init-leftover hang new'],
    ],
    [
      'the first megabyte not skipped',
      (t) => changed(t, '> + start_pfn = max(start_pfn, PHYS_PFN(SZ_1M));\n', ''),
      ['tdx-init-memory module-init-failure new', cxl, lock, leftover],
    ],
    [
      'no notifier',
      (t) =>
        changed(
          t,
          '> + err = register_memory_notifier(&tdx_memory_nb);\n> + if (err) {',
          '> + err = 0;\n> + if (err) {',
        ),
      [cxl, 'tdx-init-hotplug not-tdx-memory unchanged', lock],
    ],
    [
      'the notifier waits until the memory is online',
      (t) => changed(t, 'if (action != MEM_GOING_ONLINE)', 'if (action != MEM_ONLINE)'),
      [cxl, 'tdx-init-hotplug not-tdx-memory unchanged', lock],
    ],
    [
      'the last page of a region counts as outside',
      (t) => changed(t, 'end_pfn <= tmb->end_pfn', 'end_pfn < tmb->end_pfn'),
      [cxl, hotplug, 'tdx-init-hotplug hotplug-blocked new', lock, leftover],
    ],
    [
      'the list is built before the lock is taken',
      (t) =>
        changed(
          changed(t, '> + get_online_mems();\n', ''),
          '> + ret = build_tdx_memlist(&tdx_memlist);\n> + if (ret)\n> + goto out;\n',
          '> + ret = build_tdx_memlist(&tdx_memlist);\n> + get_online_mems();\n> + if (ret)\n> + goto out;\n',
        ),
      [cxl, hotplug, 'tdx-init-hotplug hotplug-blocked new', lock, leftover],
    ],
  ];
  for (const [name, edit, expected] of mutations) {
    it(name, async () => {
      assert.deepEqual(verdictsOf(await reviewMemory(edit(text))), expected);
    });
  }
});

describeWithShared('the same patch in other forms', (shared) => {
  const corpus = path.join(shared, 'corpus/kernel');
  const fileOf = (folder: string, part: string): string => {
    const name = readdirSync(path.join(corpus, folder)).find((n) => n.includes(part));
    assert.ok(name, part);
    return readFileSync(path.join(corpus, folder, name), 'utf8');
  };

  it('v8 as git format-patch writes it', async () => {
    const result = await reviewMemory(fileOf('format-patch', 'KERNEL-6.2-v1.8_0125'));
    assert.deepEqual(findingsOf(result), [`${cxl} @269`, `${hotplug} @150`, `${lock} @288`, `${leftover} @150`]);
  });

  it('as merged: the lock is balanced, and the list is left over until a later patch', async () => {
    const result = await reviewMemory(fileOf('mails', '772e77a8'));
    assert.deepEqual(verdictsOf(result), [cxl, hotplug, leftover]);
  });
});

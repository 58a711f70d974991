// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describeWithShared } from '../support/shared';
import { changed, describeMutations, type Mutation, review, seed001 } from './support';

const check = (state: string): string => `host-kexec-erratum machine-check ${state}`;
const callInKexec = '> + tdx_reset_memory();\n';
const increment = '> + atomic_inc_return(&tdx_may_has_private_mem);\n';

const mutations: readonly Mutation[] = [
  { name: 'as it is', edit: (t) => t, expected: [`${check('absent')} @260`] },
  {
    name: 'without the call of tdx_reset_memory()',
    edit: (t) => changed(t, callInKexec, ''),
    expected: [check('unchanged')],
  },
  {
    name: 'an early return in tdx_reset_memory()',
    edit: (t) => changed(t, '> + if (!platform_tdx_enabled())\n', '> + return;\n> + if (!platform_tdx_enabled())\n'),
    expected: [check('unchanged')],
  },
  { name: 'without the increment', edit: (t) => changed(t, increment, ''), expected: [check('unchanged')] },
  {
    name: 'atomic_inc() for atomic_inc_return()',
    edit: (t) => changed(t, 'atomic_inc_return(&', 'atomic_inc(&'),
    expected: [check('absent')],
  },
  {
    name: 'the decrement right behind the increment',
    edit: (t) => changed(t, increment, `${increment}> + atomic_dec_return(&tdx_may_has_private_mem);\n`),
    expected: [check('unchanged')],
  },
  {
    name: 'nothing reset in the end',
    edit: (t) => changed(t, '> + tdmrs_reset_pamt_all(&tdx_tdmr_list);\n', ''),
    expected: [check('unchanged')],
  },
  {
    name: 'the erratum test turned round',
    edit: (t) => changed(t, 'if (!boot_cpu_has_bug', 'if (boot_cpu_has_bug'),
    expected: [check('unchanged')],
  },
  {
    name: 'the platform test turned round',
    edit: (t) =>
      changed(
        t,
        'if (!platform_tdx_enabled())\n> + return;\n> +\n> + /*\n> + * Kernel',
        'if (platform_tdx_enabled())\n> + return;\n> +\n> + /*\n> + * Kernel',
      ),
    expected: [check('unchanged')],
  },
  {
    name: 'the counter test turned round',
    edit: (t) => changed(t, 'if (!atomic_read(&tdx_may', 'if (atomic_read(&tdx_may'),
    expected: [check('unchanged')],
  },
  {
    name: 'the call only where the old kernel comes back',
    edit: (t) =>
      changed(
        changed(t, callInKexec, ''),
        '> if (image->preserve_context)\n> save_processor_state();\n',
        '> if (image->preserve_context)\n> + tdx_reset_memory();\n> save_processor_state();\n',
      ),
    expected: [check('unchanged')],
  },
  {
    name: 'a WARN that fires',
    edit: (t) => changed(t, 'WARN_ON_ONCE(num_online_cpus() != 1)', 'WARN_ON_ONCE(num_online_cpus() == 1)'),
    expected: [check('absent'), 'host-kexec-erratum warn new @225'],
  },
  {
    name: 'a null pointer on the way',
    edit: (t) =>
      changed(
        t,
        '> + tdmrs_reset_pamt_all(&tdx_tdmr_list);\n',
        '> + tdmrs_reset_pamt_all((struct tdmr_info_list *)0);\n',
      ),
    expected: ['host-kexec-erratum page-fault new @260'],
  },
];

describeWithShared('seed 001, executed', (shared) => {
  const text = readFileSync(path.join(shared, seed001), 'utf8');
  describeMutations(text, mutations);

  it('is woven into the bundled models, and says so', async () => {
    const [found] = (await review(text)).findings;
    assert.equal(found?.confidence, 'woven');
    assert.equal(
      found?.short,
      'Fixes machine-check: without this line, the second kernel touches page 1, which is poisoned by a partial write to TDX-private memory.',
    );
  });

  it('matters to no guest: its function returns at once there', async () => {
    const { runs } = await review(text);
    assert.ok(runs.some((r) => r.scenario === 'host-kexec-erratum'));
    assert.deepEqual(
      runs.filter((r) => r.scenario.startsWith('guest')),
      [],
    );
  });

  it('says that the stub behind #else was not taken', async () => {
    assert.ok((await review(text)).notices.some((n) => n.place?.line === 102 && n.message.includes('#else')));
  });
});

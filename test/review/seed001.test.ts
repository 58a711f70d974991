// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describeWithShared } from '../support/shared';
import { changed, describeMutations, findingsOf, type Mutation, review, seed001 } from './support';

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

/** What the seed does as it is, scenario by scenario. */
const asItIs = [
  'host-kexec-erratum machine-check absent @260',
  'host-kexec-poisoned machine-check absent @260',
  'host-kexec-erratum-guests machine-check unchanged @132',
  'host-kexec-jump memory-corruption new @260',
  'host-crash-kexec warn new @225',
  // Several of its lines would do alone: which one is named may change with the models.
  'host-kexec-during-init machine-check absent',
];

const decrement = '> + atomic_dec_return(&tdx_may_has_private_mem);\n';
const configGlobalKeyid = '> ret = config_global_keyid();\n';
const resetInError = '> tdmrs_reset_pamt_all(&tdx_tdmr_list);\n> + /*\n> + * No more';
const duringInit = 'host-kexec-during-init';
const afterError = 'host-kexec-after-init-error';
const initError = 'host-tdx-init-error';

/** Changes of the seed, with all that is found in the scenario that they matter to. */
const elsewhere: readonly (Mutation & { readonly scenario: string })[] = [
  {
    name: 'the increment after config_global_keyid()',
    scenario: duringInit,
    edit: (t) =>
      changed(
        changed(t, increment, ''),
        configGlobalKeyid,
        `${configGlobalKeyid}> + atomic_inc_return(&tdx_may_has_private_mem);\n`,
      ),
    expected: [`${duringInit} machine-check unchanged`],
  },
  {
    name: 'the decrement after tdmrs_free_pamt_all()',
    scenario: duringInit,
    edit: (t) =>
      changed(
        changed(t, decrement, ''),
        '> tdmrs_free_pamt_all(&tdx_tdmr_list);\n',
        '> tdmrs_free_pamt_all(&tdx_tdmr_list);\n> + atomic_dec_return(&tdx_may_has_private_mem);\n',
      ),
    expected: [`${duringInit} use-after-free new`],
  },
  {
    name: 'atomic_inc() and atomic_dec(), as the reviewer would have it',
    scenario: duringInit,
    edit: (t) => changed(changed(t, 'atomic_inc_return(&', 'atomic_inc(&'), 'atomic_dec_return(&', 'atomic_dec(&'),
    expected: [`${duringInit} machine-check absent`],
  },
  {
    name: 'a plain store, which the stop lets reach memory as well',
    scenario: duringInit,
    edit: (t) => changed(t, increment, '> + WRITE_ONCE(tdx_may_has_private_mem.counter, 1);\n'),
    expected: [`${duringInit} machine-check absent`],
  },
  {
    name: 'the counter decremented twice',
    scenario: afterError,
    edit: (t) => changed(t, decrement, decrement + decrement),
    expected: [`${afterError} use-after-free new`],
  },
  {
    name: 'the counter never decremented',
    scenario: afterError,
    edit: (t) => changed(t, decrement, ''),
    expected: [`${afterError} use-after-free new`],
  },
  {
    name: 'the error path without the reset',
    scenario: initError,
    edit: (t) =>
      changed(
        changed(t, resetInError, resetInError.replace('> tdmrs', '> - tdmrs')),
        '@@ -1154,6 +1167,15 @@',
        '@@ -1154,6 +1167,14 @@',
      ),
    expected: [`${initError} machine-check new`],
  },
  {
    name: 'not on the way back from a kexec that returns',
    scenario: 'host-kexec-jump',
    edit: (t) => changed(t, callInKexec, '> + if (!image->preserve_context)\n> + tdx_reset_memory();\n'),
    expected: [],
  },
  {
    name: 'without the WARN',
    scenario: 'host-crash-kexec',
    edit: (t) => changed(t, '> + WARN_ON_ONCE(num_online_cpus() != 1);\n', ''),
    expected: [],
  },
];

describeWithShared('seed 001, executed', (shared) => {
  const text = readFileSync(path.join(shared, seed001), 'utf8');
  describeMutations(text, mutations, ['host-kexec-erratum']);
  for (const { scenario, ...mutation } of elsewhere) describeMutations(text, [mutation], [scenario]);

  it('in every scenario, and without effect in the others', async () => {
    const result = await review(text);
    assert.deepEqual(
      findingsOf(result).map((f) => (f.startsWith(duringInit) ? f.replace(/ @\d+$/, '') : f)),
      asItIs,
    );
    const quietly = ['host-kexec-no-erratum', 'host-tdx-init-error', 'host-kexec-after-init-error'];
    for (const run of result.runs.filter((r) => quietly.includes(r.scenario)))
      assert.deepEqual(run.outcomes, { before: [], after: [] }, run.scenario);
    assert.deepEqual(
      result.runs.flatMap((r) => (r.scenario.startsWith('host-') ? [r.scenario] : [])),
      [
        'host-kexec-erratum',
        'host-kexec-no-erratum',
        'host-kexec-poisoned',
        'host-kexec-erratum-guests',
        'host-kexec-jump',
        'host-crash-kexec',
        'host-tdx-init-error',
        'host-kexec-during-init',
        'host-kexec-after-init-error',
      ],
    );
    assert.ok(!result.runs.some((r) => r.scenario.startsWith('guest-')), 'its function returns at once in a guest');
    const states = result.runs.reduce((sum, r) => sum + r.bounds.states, 0);
    assert.ok(states < 150_000, `${states} states after the patch`);
  });

  it('is woven into the bundled models, and says so', async () => {
    const [found] = (await review(text, ['host-kexec-erratum'])).findings;
    assert.equal(found?.confidence, 'woven');
    assert.equal(
      found?.short,
      'Fixes machine-check: without this line, the second kernel touches page 1, which is poisoned by a partial write to TDX-private memory; the read consumes the poison and raises a machine check.',
    );
  });

  it('says that the stub behind #else was not taken', async () => {
    const { notices } = await review(text, ['host-kexec-erratum']);
    assert.ok(notices.some((n) => n.place?.line === 102 && n.message.includes('#else')));
  });
});

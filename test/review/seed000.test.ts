// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describeWithShared } from '../support/shared';
import {
  changed,
  describeMutations,
  findingsOf,
  type Mutation,
  normalKexec,
  review as reviewAll,
  seed000,
  verdictsOf,
} from './support';

const alone = (state: string): string => `guest-kexec td-exit ${state}`;
const racing = (state: string): string => `guest-kexec-converting td-exit ${state}`;
const storeLine = '+ /* Stop new private<->shared conversions */\n+ conversion_allowed = false;\n';
const unshareCall = /\+ if \(!tdx_enc_status_changed[\s\S]*?\n\+ \}\n/;
const waitLoop = '+ while (atomic_read(&conversions_in_progress) && timeout--)\n+ udelay(1);\n';

const mutations: readonly Mutation[] = [
  { name: 'as it is', edit: (t) => t, expected: [`${alone('absent')} @104`, `${racing('unchanged')} @47`] },

  // What orders the store before the load.
  {
    name: 'smp_mb() for barrier()',
    edit: (t) => changed(t, '+ barrier();', '+ smp_mb();'),
    expected: [alone('absent'), racing('absent')],
  },
  {
    name: 'mb() for barrier()',
    edit: (t) => changed(t, '+ barrier();', '+ mb();'),
    expected: [alone('absent'), racing('absent')],
  },
  {
    name: 'smp_wmb() for barrier()',
    edit: (t) => changed(t, '+ barrier();', '+ smp_wmb();'),
    expected: [`${alone('absent')} @104`, `${racing('unchanged')} @47`],
  },
  {
    name: 'smp_rmb() for barrier()',
    edit: (t) => changed(t, '+ barrier();', '+ smp_rmb();'),
    expected: [`${alone('absent')} @104`, `${racing('unchanged')} @47`],
  },
  {
    name: 'no barrier() below its comment',
    edit: (t) => changed(t, '+ barrier();\n', ''),
    expected: [`${alone('absent')} @103`, `${racing('unchanged')} @44`],
  },
  {
    name: 'no barrier() and no comment',
    edit: (t) => changed(t, /\+ \/\*\n\+ \* Make sure conversion_allowed[\s\S]*?barrier\(\);\n/, ''),
    expected: [`${alone('absent')} @99`, `${racing('unchanged')} @45`],
  },
  {
    name: 'xchg() for the store',
    edit: (t) => changed(t, '+ conversion_allowed = false;', '+ xchg(&conversion_allowed, false);'),
    expected: [alone('absent'), racing('absent')],
  },
  {
    name: 'smp_store_mb() for the store',
    edit: (t) => changed(t, '+ conversion_allowed = false;', '+ smp_store_mb(conversion_allowed, false);'),
    expected: [alone('absent'), racing('absent')],
  },
  {
    name: 'WRITE_ONCE() for the store',
    edit: (t) => changed(t, '+ conversion_allowed = false;', '+ WRITE_ONCE(conversion_allowed, false);'),
    expected: [alone('absent'), `${racing('unchanged')} @47`],
  },
  {
    name: 'smp_store_release() for the store',
    edit: (t) => changed(t, '+ conversion_allowed = false;', '+ smp_store_release(&conversion_allowed, false);'),
    expected: [alone('absent'), `${racing('unchanged')} @47`],
  },
  {
    name: 'no store at all',
    edit: (t) => changed(changed(t, '+ barrier();', '+ smp_mb();'), storeLine, ''),
    expected: [alone('absent'), racing('unchanged')],
  },
  {
    name: 'the store after the wait',
    edit: (t) =>
      changed(
        changed(changed(t, '+ barrier();', '+ smp_mb();'), storeLine, ''),
        '+ if (atomic_read(&conversions_in_progress))\n+ pr_warn',
        '+ conversion_allowed = false;\n+ if (atomic_read(&conversions_in_progress))\n+ pr_warn',
      ),
    expected: [alone('absent'), racing('unchanged')],
  },
  {
    name: 'no wait, with smp_mb()',
    edit: (t) => changed(changed(t, '+ barrier();', '+ smp_mb();'), waitLoop, ''),
    expected: [alone('absent'), racing('unchanged')],
  },
  {
    name: 'another way to wait, with smp_mb()',
    edit: (t) =>
      changed(
        changed(t, '+ barrier();', '+ smp_mb();'),
        waitLoop,
        '+ for (; timeout > 0; timeout--) {\n+ if (!atomic_read(&conversions_in_progress))\n+ break;\n+ udelay(1);\n+ }\n',
      ),
    expected: [alone('absent'), racing('absent')],
  },
  {
    name: 'waits only after a crash',
    edit: (t) => changed(changed(t, '+ barrier();', '+ smp_mb();'), 'if (!crash)', 'if (crash)'),
    expected: [alone('absent'), racing('unchanged')],
  },

  // Barriers, as x86 has them.
  {
    name: 'smp_mb__before_atomic() beside no atomic operation',
    edit: (t) => changed(t, '+ barrier();', '+ smp_mb__before_atomic();'),
    expected: [alone('absent'), `${racing('unchanged')} @47`],
  },
  {
    name: 'inline assembly: mfence',
    edit: (t) => changed(t, '+ barrier();', '+ asm volatile("mfence" ::: "memory");'),
    expected: [alone('absent'), racing('absent')],
  },
  {
    name: 'inline assembly: nothing but the clobber',
    edit: (t) => changed(t, '+ barrier();', '+ asm volatile("" ::: "memory");'),
    expected: [alone('absent'), `${racing('unchanged')} @47`],
  },
  {
    name: 'a LOCKed operation in the arguments of a message',
    edit: (t) => changed(t, '+ barrier();', '+ pr_info("%d\\n", atomic_add_return(0, &conversions_in_progress));'),
    expected: [alone('absent'), racing('absent')],
  },

  // Waiting.
  {
    name: 'no time to wait, with smp_mb()',
    edit: (t) => changed(changed(t, '+ barrier();', '+ smp_mb();'), 'timeout = 30 * USEC_PER_SEC;', 'timeout = 0;'),
    expected: [alone('absent'), racing('unchanged')],
  },
  {
    name: 'a wait by the clock, with smp_mb()',
    edit: (t) =>
      changed(
        changed(
          changed(t, '+ barrier();', '+ smp_mb();'),
          'timeout = 30 * USEC_PER_SEC;',
          'timeout = jiffies + 30 * HZ;',
        ),
        '&& timeout--)',
        '&& time_before(jiffies, timeout))',
      ),
    expected: [alone('absent'), racing('absent')],
  },
  {
    name: 'read_poll_timeout(), with smp_mb()',
    edit: (t) =>
      changed(
        changed(t, '+ barrier();', '+ smp_mb();'),
        waitLoop,
        '+ int seen;\n+ read_poll_timeout(atomic_read, seen, !seen, 1, timeout, false, &conversions_in_progress);\n',
      ),
    expected: [alone('absent'), racing('absent')],
  },

  // The walk.
  {
    name: 'no conversion in the walk',
    edit: (t) => changed(t, unshareCall, ''),
    expected: [alone('unchanged'), racing('unchanged')],
  },
  {
    name: 'the conversion to shared',
    edit: (t) => changed(t, 'changed(addr, pages, true)', 'changed(addr, pages, false)'),
    expected: [alone('unchanged'), racing('unchanged')],
  },
  {
    name: 'the end one page early',
    edit: (t) => changed(t, 'get_max_mapped();', 'get_max_mapped() - PAGE_SIZE;'),
    expected: [alone('unchanged'), `${racing('unchanged')} @47`],
  },
  {
    name: 'the loop one page early',
    edit: (t) => changed(t, 'while (addr < end)', 'while (addr + PAGE_SIZE < end)'),
    expected: [alone('unchanged'), `${racing('unchanged')} @47`],
  },
  {
    name: 'the start one page late',
    edit: (t) => changed(t, 'addr = PAGE_OFFSET;', 'addr = PAGE_OFFSET + PAGE_SIZE;'),
    expected: [alone('unchanged'), racing('unchanged')],
  },
  {
    name: 'steps of one page converted over large leaves',
    edit: (t) => changed(t, 'int pages = size / PAGE_SIZE;', 'int pages = 1;'),
    expected: [alone('unchanged'), racing('unchanged')],
  },
  {
    name: 'steps that are too large',
    edit: (t) => changed(t, 'size = page_level_size(level);', 'size = PMD_SIZE;'),
    expected: [alone('unchanged'), racing('unchanged')],
  },
  {
    name: 'the test for shared turned round',
    edit: (t) => changed(t, 'if (pte && pte_decrypted', 'if (pte && !pte_decrypted'),
    expected: [alone('unchanged'), racing('unchanged')],
  },
  {
    name: 'stops after the first shared leaf',
    edit: (t) => changed(t, '+ found += pages;', '+ found += pages;\n+ break;'),
    expected: [alone('unchanged'), racing('unchanged')],
  },
  {
    name: 'returns before the walk',
    edit: (t) => changed(t, '+ addr = PAGE_OFFSET;', '+ return;\n+ addr = PAGE_OFFSET;'),
    expected: [alone('unchanged'), racing('unchanged')],
  },
  {
    name: 'written with a for loop',
    edit: (t) =>
      changed(
        changed(t, '+ while (addr < end) {', '+ for (; addr < end; ) {'),
        '+ addr += size;\n',
        '+ addr = addr + size;\n',
      ),
    expected: [alone('absent'), `${racing('unchanged')} @47`],
  },
  {
    name: 'the conversion in a helper',
    edit: (t) =>
      changed(
        changed(t, unshareCall, '+ unshare_leaf(addr, pages);\n'),
        '+static void tdx_kexec_unshare_mem(void)\n',
        '+static void unshare_leaf(unsigned long where, int count)\n+{\n+ if (!tdx_enc_status_changed(where, count, true))\n+ pr_err("failed\\n");\n+}\n+\n+static void tdx_kexec_unshare_mem(void)\n',
      ),
    expected: [alone('absent'), `${racing('unchanged')} @47`],
  },
  {
    name: 'bytes where pages belong: the VMM refuses the range',
    edit: (t) => changed(t, 'changed(addr, pages, true)', 'changed(addr, size, true)'),
    expected: [alone('unchanged'), racing('unchanged')],
  },
  {
    name: 'advances by whole leaves from an aligned address',
    edit: (t) => changed(t, '+ addr += size;\n', '+ addr = (addr & page_level_mask(level)) + size;\n'),
    expected: [alone('absent'), `${racing('unchanged')} @47`],
  },
  {
    name: 'goes round for ever, but only where something is shared',
    edit: (t) => changed(changed(t, '+ set_pte(pte, __pte(0));\n', ''), '+ found += pages;\n', '+ continue;\n'),
    expected: ['guest-kexec hang new', 'guest-kexec-converting hang new'],
  },
  {
    name: 'the globals of the protocol shown too',
    edit: (t) =>
      changed(
        t,
        '+static void tdx_kexec_stop_conversion(bool crash)\n',
        '+static atomic_long_t nr_shared;\n+static atomic_t conversions_in_progress;\n+static bool conversion_allowed = true;\n+\n+static void tdx_kexec_stop_conversion(bool crash)\n',
      ),
    expected: [alone('absent'), `${racing('unchanged')} @51`],
  },
  {
    name: 'the stop alone',
    edit: (t) => changed(t, /\+static void tdx_kexec_unshare_mem[\s\S]*?\n\+\}\n(?=In case)/, ''),
    expected: [alone('unchanged'), racing('unchanged')],
  },
  {
    name: 'the walk alone',
    edit: (t) => changed(t, /\+static void tdx_kexec_stop_conversion[\s\S]*?\n\+\}\n/, ''),
    expected: [alone('absent'), racing('unchanged')],
  },
  {
    name: 'a helper that does nothing',
    edit: (t) =>
      changed(
        changed(t, unshareCall, '+ unshare_leaf(addr, pages);\n'),
        '+static void tdx_kexec_unshare_mem(void)\n',
        '+static void unshare_leaf(unsigned long where, int count)\n+{\n+}\n+\n+static void tdx_kexec_unshare_mem(void)\n',
      ),
    expected: [alone('unchanged'), racing('unchanged')],
  },
];

const review = (text: string): ReturnType<typeof reviewAll> => reviewAll(text, normalKexec);

describeWithShared('seed 000, executed', (shared) => {
  const text = readFileSync(path.join(shared, seed000), 'utf8');
  describeMutations(text, mutations, normalKexec);

  it('says of every kexec of a TDX guest what becomes of it', async () => {
    assert.deepEqual(findingsOf(await reviewAll(text)), [
      'guest-kexec td-exit absent @104',
      'guest-kexec-touched td-exit absent @115',
      'guest-kexec-converting td-exit unchanged @47',
      'guest-kexec-converting-4k accounting-mismatch new @47',
      'guest-crash-kexec td-exit unchanged @38',
      'guest-crash-kexec accounting-mismatch new @38',
      'guest-crash-kexec-4k td-exit absent @89',
    ]);
  });

  it('with smp_mb() is right on x86 only', async () => {
    const result = await review(changed(text, '+ barrier();', '+ smp_mb();'));
    assert.deepEqual(
      result.findings.map((f) => [f.scenario, f.portable]),
      [
        ['guest-kexec', 'yes'],
        ['guest-kexec-converting', 'x86-only'],
      ],
    );
  });

  it('says what is wrong at barrier(), where it stands in the mail', async () => {
    const found = (await review(text)).findings[1];
    assert.equal(
      found?.short,
      'td-exit remains: the store of conversion_allowed may still be buffered when conversions_in_progress is read: barrier() orders only the compiler.',
    );
    assert.deepEqual(found?.place, { file: 'document', line: 47, column: 3, endLine: 47, endColumn: 12 });
    assert.equal(found?.confidence, 'mail');
    assert.match(found?.assumptions.join() ?? '', /models\/companions\/tdxKexecConversion\.c/);
    assert.equal(found?.bounds.exhausted, true);
  });

  it('has the trace of the fatal run: stopped between two accepts', async () => {
    const side = (await review(text)).findings[1]?.replay.after;
    const steps = side?.steps.map((s) => `${side.agents[s.agent]?.name} ${s.function}`) ?? [];
    assert.ok(steps.indexOf('CPU 0 tdx_kexec_stop_conversion') < steps.indexOf('CPU 1 tdx_accept_memory'));
    assert.ok(steps.indexOf('CPU 1 tdx_accept_memory') < steps.indexOf('CPU 0 native_stop_other_cpus'));
    assert.equal(steps.at(-1), 'second kernel use_all_memory');
    assert.equal(
      `${side?.fatal?.explanation} ${side?.fatal?.rule}`,
      'The second kernel touches page 1. Page 1 was never accepted; with SEPT_VE_DISABLE a private access to it is an unrecoverable TD exit.',
    );
    const stop = side?.steps.find(
      (s) => s.function === 'native_stop_other_cpus' && s.changed.includes('agent 1: status'),
    );
    assert.deepEqual(
      stop?.state.pages.map((p) => p.host),
      ['private, accepted', 'private, not accepted', 'private, accepted'],
    );
  });

  it('answers for the hunk that both scenarios reach', async () => {
    const result = await review(text);
    assert.deepEqual(
      result.hunks.map((h) => [h.line, h.scenarios, h.findings]),
      [[38, ['guest-kexec', 'guest-kexec-converting'], [0, 1]]],
    );
  });

  it('claims nothing where a function it needs cannot be parsed', async () => {
    const result = await review(changed(text, '+ while (addr < end) {', '+ while (addr < end {'));
    assert.deepEqual(result.findings, []);
    assert.deepEqual(result.undecided, ['guest-kexec', 'guest-kexec-converting']);
    assert.ok(
      result.notices.some(
        (n) =>
          n.message ===
            'tdx_kexec_unshare_mem() is not analysed after the patch: line 84 is not C that can be parsed' &&
          n.place?.line === 84,
      ),
    );
  });

  it('claims nothing where braces do not balance', async () => {
    const result = await review(changed(text, '+ if (!tdx_enc_status_changed(addr, pages, true)) {\n', ''));
    assert.deepEqual(result.findings, []);
    assert.deepEqual(result.undecided, ['guest-kexec', 'guest-kexec-converting']);
  });

  it('says that a loop without end is one, and that nothing else can be said then', async () => {
    const result = await review(changed(text, '+ addr += size;\n', ''));
    assert.deepEqual(verdictsOf(result), ['guest-kexec hang new', 'guest-kexec-converting hang new']);
    assert.ok(result.notices.some((n) => n.message.startsWith('guest-kexec: whether td-exit is gone cannot be said')));
  });

  it('rests nothing on what it does not know', async () => {
    const result = await review(
      changed(text, '+ addr = PAGE_OFFSET;', '+ if (walk_is_in_vain())\n+ return;\n+ addr = PAGE_OFFSET;'),
    );
    assert.deepEqual(verdictsOf(result), [racing('unchanged')], 'that one happens either way');
    assert.ok(
      result.notices.some((n) =>
        n.message.startsWith(
          'guest-kexec: whether td-exit happens rests on what is not modelled: walk_is_in_vain() is not modelled',
        ),
      ),
    );
  });

  it('gives up on a story that does not end, and says so', async () => {
    const result = await review(changed(text, '+ addr = PAGE_OFFSET;', '+ addr = 0;'));
    assert.deepEqual(result.findings, []);
    assert.deepEqual(result.undecided, ['guest-kexec', 'guest-kexec-converting']);
  });

  it('claims nothing where the mail is cut in a function that it needs', async () => {
    const result = await review(text.split('\n').slice(0, 95).join('\n'));
    assert.deepEqual(result.findings, []);
    assert.deepEqual(result.undecided, ['guest-kexec', 'guest-kexec-converting']);
  });

  it('gives the same twice', async () => {
    assert.equal(JSON.stringify(await review(text)), JSON.stringify(await review(text)));
  });
});

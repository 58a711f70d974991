// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { reversed } from '../mutations/support';
import { root } from '../support/shared';
import { changed, findingsOf, normalKexec, review, theReviewer, verdictsOf } from './support';

const sample = (name: string): string => readFileSync(path.join(root, 'media/samples', name), 'utf8');

describe('the bundled samples', () => {
  it('guest-kexec.eml: the fix and what it leaves', async () => {
    const result = await review(sample('guest-kexec.eml'), normalKexec);
    assert.deepEqual(findingsOf(result), [
      'guest-kexec td-exit absent @104',
      'guest-kexec-converting td-exit unchanged @81',
    ]);
    assert.deepEqual(
      result.findings.map((f) => f.confidence),
      ['woven', 'woven'],
    );
    assert.deepEqual(result.findings[0]?.assumptions, [], 'the mail shows the whole protocol');
  });

  it('guest-kexec.eml with smp_mb()', async () => {
    const result = await review(changed(sample('guest-kexec.eml'), '+\tbarrier();', '+\tsmp_mb();'), normalKexec);
    assert.deepEqual(verdictsOf(result), ['guest-kexec td-exit absent', 'guest-kexec-converting td-exit absent']);
  });

  it('guest-kexec.eml, asking before counting in: the other half of the race, with smp_mb() too', async () => {
    const text = changed(sample('guest-kexec.eml'), '+\tbarrier();', '+\tsmp_mb();');
    const swapped = changed(
      text,
      '+\tatomic_inc(&conversions_running);\n+\tif (!may_convert) {\n+\t\tatomic_dec(&conversions_running);\n+\t\treturn false;\n+\t}\n',
      '+\tif (!may_convert)\n+\t\treturn false;\n+\tatomic_inc(&conversions_running);\n',
    );
    assert.deepEqual(verdictsOf(await review(swapped, normalKexec)), [
      'guest-kexec td-exit absent',
      'guest-kexec-converting td-exit unchanged',
    ]);
  });

  it('guest-kexec.eml without the registration of the walk: nothing is fixed', async () => {
    const text = changed(sample('guest-kexec.eml'), /\+\tx86_platform\.guest\.enc_kexec_unshare_mem .*\n/, '');
    assert.deepEqual(verdictsOf(await review(text, normalKexec)), [
      'guest-kexec td-exit unchanged',
      'guest-kexec-converting td-exit unchanged',
    ]);
  });

  it('guest-kexec.eml reversed: what it fixes is what the reverse brings', async () => {
    const result = await review(reversed(sample('guest-kexec.eml')), normalKexec);
    assert.deepEqual(verdictsOf(result), ['guest-kexec td-exit new', 'guest-kexec-converting td-exit unchanged']);
  });

  it('host-kexec.eml: the fix, what it leaves, and two bugs: a kexec that comes back, a flag that stays set', async () => {
    assert.deepEqual(findingsOf(await review(sample('host-kexec.eml'))), [
      'host-kexec-erratum machine-check absent @71',
      'host-kexec-poisoned machine-check absent @71',
      'host-kexec-erratum-guests machine-check unchanged @29',
      'host-kexec-jump memory-corruption new @71',
      'host-kexec-during-init use-after-free new @71',
      'host-kexec-after-init-error use-after-free new @71',
    ]);
  });
});

describe('the sample tdx-memory.eml', () => {
  /** The findings of the scenarios around the initialisation of the TDX module. */
  const found = async (text: string): Promise<string[]> =>
    findingsOf(await review(text)).filter((f) => f.startsWith('tdx-init-'));

  it('frees the list without the lock, while another CPU reads it', async () => {
    assert.deepEqual(await found(sample('tdx-memory.eml')), [
      'tdx-init-hotplug use-after-free new @29',
      'tdx-init-hotplug hotplug-blocked new @29',
    ]);
  });

  it('with the lock around that, is fine', async () => {
    const text = changed(
      changed(sample('tdx-memory.eml'), '+1195,5 @@', '+1195,7 @@'),
      ' \tfree_tdx_memlist(&tdx_memlist);\n-out_put_tdxmem:\n-\tput_online_mems();\n',
      '+\tget_online_mems();\n \tfree_tdx_memlist(&tdx_memlist);\n-out_put_tdxmem:\n \tput_online_mems();\n',
    );
    assert.deepEqual(await found(text), []);
  });
});

describe('the sample snp-kexec.eml', () => {
  const snp = ['snp-kexec', 'snp-crash-kexec', 'snp-crash-kexec-io'];

  it('fixes kexec, and takes the GHCB away from devices that are still to be shut down after a crash', async () => {
    const result = await review(sample('snp-kexec.eml'), snp);
    assert.deepEqual(verdictsOf(result), [
      'snp-kexec vc-unvalidated absent',
      'snp-crash-kexec guest-terminated new',
      'snp-crash-kexec-io guest-terminated new',
    ]);
    assert.deepEqual(result.undecided, []);
  });

  it('says the same where a header shows what stands there without SNP', async () => {
    const stubs = [
      'diff --git a/arch/x86/include/asm/sev.h b/arch/x86/include/asm/sev.h',
      '--- a/arch/x86/include/asm/sev.h',
      '+++ b/arch/x86/include/asm/sev.h',
      '@@ -250,3 +250,4 @@ static inline void setup_ghcb(void) { }',
      ' static inline int pvalidate(unsigned long vaddr, bool rmp_psize, bool validate) { return 0; }',
      ' static inline void snp_set_memory_private(unsigned long vaddr, unsigned long npages) { }',
      '+static inline void snp_kexec_unshare_mem(void) { }',
      ' static inline void snp_abort(void) { }',
      '-- \n2.43.0',
    ];
    const text = changed(sample('snp-kexec.eml'), '-- \n2.43.0', stubs.join('\n'));
    assert.deepEqual(verdictsOf(await review(text, ['snp-kexec'])), ['snp-kexec vc-unvalidated absent']);
  });

  it('called after the devices are shut down, leaves only the VMSA of the other CPU', async () => {
    const text = changed(sample('snp-kexec.eml'), 'enc_kexec_unshare_mem     =', 'enc_kexec_finish          =');
    assert.deepEqual(verdictsOf(await review(text, snp)), [
      'snp-kexec vc-unvalidated absent',
      'snp-crash-kexec vc-unvalidated absent',
      'snp-crash-kexec rmp-violation unchanged',
    ]);
  });
});

describe('what was simulated', () => {
  it('is the text of both sides, with the model around the lines of the mail', async () => {
    const { before, after } = await (await theReviewer()).simulated(sample('host-kexec.eml'));
    assert.match(after, /models\/machineKexec\.c with the lines of the mail woven in/);
    assert.match(after, /int save_ftrace_enabled;\n(.*\n)*\ttdx_reset_memory\(\);\n/);
    assert.ok(!before.includes('tdx_reset_memory();'));
    assert.match(before, /void machine_kexec\(struct kimage \*image\)/);
  });
});

describe('the scenarios on the bundled models alone', () => {
  for (const [id, outcome] of [
    ['guest-kexec', 'td-exit'],
    ['guest-kexec-converting', 'td-exit'],
    ['host-kexec-erratum', 'machine-check'],
    ['host-kexec-no-erratum', null],
    ['host-kexec-poisoned', 'machine-check'],
    ['host-kexec-erratum-guests', 'machine-check'],
    ['host-kexec-jump', null],
    ['host-crash-kexec', null],
    ['host-tdx-init-error', null],
    ['host-kexec-during-init', 'machine-check'],
    ['host-kexec-after-init-error', null],
  ] as const) {
    it(`${id}: ${outcome ?? 'nothing'}, and all that must sometimes happen does`, async () => {
      const run = await (await theReviewer()).simulate(id, {
        progress: () => {},
        cancelled: () => false,
        pause: async () => {},
      });
      assert.deepEqual(run.outcomes.before, outcome ? [outcome] : []);
      assert.deepEqual(run.vacuous, []);
      assert.equal(run.bounds.exhausted, true);
      assert.equal(run.replay.before?.fatal?.ruleId ?? null, outcome);
    });
  }
});

describe('the sample shared-buffer.eml', () => {
  it('a page is freed in a state that nobody knows, and a part of the buffer stays shared', async () => {
    const result = await review(sample('shared-buffer.eml'));
    assert.deepEqual(
      result.findings
        .filter((f) => f.level === 'error')
        .map((f) => `${f.scenario} ${f.ruleId} ${f.baselineState} @${f.place.line}`),
      [
        'conversion-failure host-exposed new @36',
        'conversion-failure host-exposed new @47',
        'conversion-range host-exposed new @47',
      ],
    );
    const fixed = changed(
      sample('shared-buffer.eml'),
      '+\t\tfree_pages(ring, RING_ORDER);\n',
      '+\t\tpr_warn("lost\\n");\n',
    );
    const right = changed(fixed, '(unsigned long)ring, RING_ORDER)', '(unsigned long)ring, 2)');
    assert.deepEqual(
      verdictsOf(await review(right)).filter((v) => !v.includes('leak')),
      [],
    );
  });
});

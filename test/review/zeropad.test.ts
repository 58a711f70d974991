// SPDX-License-Identifier: MIT
/** Conversions while `load_unaligned_zeropad()` may read: the models alone, the thread that seed 002 is from, and what came of it. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { generations } from '../../src/review/generations';
import { inModel } from '../mutations/support';
import { describeWithShared, root } from '../support/shared';
import { changed, quiet, review, theReviewer, verdictsOf } from './support';

const scenarios = [
  'convert-zeropad-tdp',
  'convert-zeropad-vtom',
  'convert-zeropad-tdx',
  'convert-zeropad-tdx-ve',
  'convert-zeropad-snp',
  'convert-vmalloc',
  'convert-vmalloc-snp',
  'convert-map-gpa',
] as const;

/** The verdicts in these scenarios. */
const found = async (text: string): Promise<string[]> => verdictsOf(await review(text, scenarios));

describe('conversions and stray reads, on the models alone', () => {
  for (const [id, outcomes] of [
    ['convert-zeropad-tdp', ['paravisor-kill']],
    ['convert-zeropad-vtom', ['paravisor-kill']],
    ['convert-zeropad-tdx', ['td-exit', 'implicit-conversion']],
    ['convert-zeropad-tdx-ve', []],
    ['convert-zeropad-snp', ['vc-unvalidated']],
    ['convert-vmalloc', ['paravisor-kill']],
    ['convert-vmalloc-snp', []],
    ['convert-map-gpa', []],
    ['vtom-crash-kexec', ['paravisor-kill']],
  ] as const)
    it(`${id}: ${outcomes.join() || 'nothing'}, and all that must sometimes happen does`, async () => {
      const run = await (await theReviewer()).simulate(id, quiet);
      assert.deepEqual(run.outcomes.before, outcomes);
      assert.deepEqual(run.vacuous, []);
      assert.equal(run.bounds.exhausted, true);
      assert.ok(run.bounds.states < 2_000, `${run.bounds.states} states`);
    });

  for (const generation of generations.slice(generations.findIndex((g) => g.version === '6.9')))
    it(`a guest of Hyper-V, v${generation.version}: pages are not present meanwhile, by none of their addresses`, async () => {
      const mail = inModel(
        'hyperv.c',
        'arch/x86/hyperv/ivm.c',
        [['set_memory_np(kbuffer', 'set_memory_np_noalias(kbuffer']],
        generation,
      );
      const result = await review(mail(), ['convert-zeropad-vtom', 'convert-vmalloc']);
      assert.deepEqual(verdictsOf(result), ['convert-vmalloc paravisor-kill new']);
    });
});

describe('the sample zeropad.eml', () => {
  const sample = readFileSync(path.join(root, 'media/samples/zeropad.eml'), 'utf8');
  const fixed = ['convert-zeropad-tdp paravisor-kill absent', 'convert-zeropad-vtom paravisor-kill absent'];

  it('hides pages, and then asks vmalloc_to_page() for them', async () => {
    assert.deepEqual(await found(sample), [
      ...fixed,
      'convert-vmalloc paravisor-kill unchanged',
      'convert-vmalloc host-exposed new',
    ]);
  });

  it('with frames from the entries themselves, is fine', async () => {
    const text = changed(
      sample,
      ' \t\tpfn_array[pfn] = virt_to_hvpfn((void *)kbuffer + i * HV_HYP_PAGE_SIZE);\n',
      '-\t\tpfn_array[pfn] = virt_to_hvpfn((void *)kbuffer + i * HV_HYP_PAGE_SIZE);\n+\t\tpfn_array[pfn] = slow_virt_to_phys((void *)kbuffer + i * HV_HYP_PAGE_SIZE) >> HV_HYP_PAGE_SHIFT;\n',
    );
    assert.deepEqual(await found(text), [...fixed, 'convert-vmalloc paravisor-kill absent']);
  });
});

describeWithShared('the series after the thread of seed 002', (shared) => {
  const mails = path.join(shared, 'corpus/kernel/mails');
  const mail = (part: string): string => {
    const name = readdirSync(mails).find((n) => n.includes(part));
    assert.ok(name, part);
    return readFileSync(path.join(mails, name), 'utf8');
  };

  it('RFC: caches are flushed too late (TDX), PVALIDATE has no mapping (SNP); with a paravisor all is well', async () => {
    assert.deepEqual(await found(mail('2023-07-06_hyperv_fdd66c93')), [
      'convert-zeropad-tdp paravisor-kill absent',
      'convert-zeropad-vtom paravisor-kill absent',
      'convert-zeropad-tdx memory-corruption new',
      'convert-zeropad-tdx-ve memory-corruption new',
      'convert-zeropad-snp page-fault new',
      'convert-vmalloc paravisor-kill absent',
      'convert-vmalloc-snp page-fault new',
    ]);
  });

  it('v1: caches are flushed first; the oops of PVALIDATE is the one that was reported', async () => {
    const verdicts = await found(mail('2023-09-29_hyperv_4c405821'));
    assert.deepEqual(verdicts.slice(0, 5), [
      'convert-zeropad-tdp paravisor-kill absent',
      'convert-zeropad-vtom paravisor-kill absent',
      'convert-zeropad-tdx td-exit absent',
      'convert-zeropad-tdx implicit-conversion absent',
      'convert-zeropad-snp page-fault new',
    ]);
  });

  it('the fix of June 2023: an entry that is private never leads to a page that is shared', async () => {
    const result = await review(mail('2023-06-06_tip_63c30a7b'), ['convert-zeropad-tdx', 'convert-zeropad-tdx-ve']);
    assert.deepEqual(verdictsOf(result), ['convert-zeropad-tdx-ve td-exit absent']);
  });

  it('MapGPA is called again for the rest (v6.6): a VMM that asks for that is no longer taken for one that refuses', async () => {
    const text = mail('2023-09-11_tip_76e2450e');
    assert.deepEqual(await found(text), ['convert-map-gpa leak absent']);
    const trusting = changed(text, 'map_fail_paddr < start || map_fail_paddr >= end', 'false');
    assert.deepEqual(await found(trusting), [
      'convert-map-gpa memory-corruption new',
      'convert-map-gpa host-exposed new',
    ]);
  });

  it('a list of shared pages for kexec, two years later: conversion stays as safe as it was', async () => {
    const result = await review(mail('2025-08-28_hyperv_6ee840ef'), scenarios);
    assert.deepEqual(verdictsOf(result), []);
    assert.deepEqual(result.undecided, []);
    assert.deepEqual(
      result.runs.map((r) => r.scenario),
      ['convert-zeropad-tdp', 'convert-zeropad-vtom', 'convert-vmalloc'],
    );
  });

  it('the same list: the crash kernel finds nothing that the host may see', async () => {
    const verdicts = verdictsOf(await review(mail('2025-08-28_hyperv_6ee840ef'), ['vtom-crash-kexec']));
    assert.deepEqual(verdicts, ['vtom-crash-kexec paravisor-kill absent']);
  });

  it('v1 of it takes the number of frames that it is given for that of the region, and loses one', async () => {
    const text = mail('2025-08-15_hyperv_116f4945');
    assert.deepEqual(verdictsOf(await review(text, ['vtom-crash-kexec'])), [
      'vtom-crash-kexec paravisor-kill unchanged',
    ]);
    const repaired = changed(text, 'pfn == ent->pfn + count - 1', 'pfn == ent->pfn + ent->count - 1');
    assert.deepEqual(verdictsOf(await review(repaired, ['vtom-crash-kexec'])), [
      'vtom-crash-kexec paravisor-kill absent',
    ]);
  });

  it('the same list that is not told of what is shared: it helps nobody', async () => {
    const text = changed(
      mail('2025-08-28_hyperv_6ee840ef'),
      '+\telse\n+\t\tret = hv_list_enc_add(pfn, count);\n+\tif (ret)',
      '+\telse\n+\t\tret = 0;\n+\tif (ret)',
    );
    assert.deepEqual(verdictsOf(await review(text, ['vtom-crash-kexec'])), [
      'vtom-crash-kexec paravisor-kill unchanged',
    ]);
  });

  it('v3, first patch: frames are read from the entries, and nothing changes yet', async () => {
    assert.deepEqual(await found(mail('2024-01-05_hyperv_ae72d5e2')), [
      'convert-zeropad-tdp paravisor-kill unchanged',
      'convert-zeropad-vtom paravisor-kill unchanged',
      'convert-vmalloc paravisor-kill unchanged',
    ]);
  });

  it('v3, last patch, which stands on the first: only guests of Hyper-V change, and are safe', async () => {
    assert.deepEqual(await found(mail('2024-01-05_hyperv_08f0a091')), [
      'convert-zeropad-tdp paravisor-kill absent',
      'convert-zeropad-vtom paravisor-kill absent',
      'convert-vmalloc paravisor-kill absent',
    ]);
  });
});

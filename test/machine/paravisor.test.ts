// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { forReader } from '../../src/machine/asyncReader';
import { HostState, PageBits } from '../../src/machine/layout';
import { paravisorRow, privateUnderParavisor, sharedUnderParavisor } from '../../src/machine/paravisor';
import { RmpState } from '../../src/machine/snpGuest';
import { sharedAccess } from '../../src/machine/tdxGuest';
import { areaBase, pteBits } from '../../src/machine/translation';
import { bench } from './bench';

const privateEntry = BigInt.asIntN(64, pteBits.present | pteBits.writable | pteBits.noExecute);
const sharedEntry = privateEntry | pteBits.shared;
const addressOf = (page: number): number => Number(BigInt.asIntN(64, areaBase.direct)) + page * 4096;

describe('a guest under a paravisor', () => {
  it('has one row for each state and kind of mapping, with its source and mark', () => {
    for (const rows of [privateUnderParavisor, sharedUnderParavisor]) {
      assert.deepEqual(rows.map((r) => r.page).sort(), ['private', 'unusable', 'visible']);
      for (const { rule } of rows) assert.match(`${rule.mark} ${rule.source}`, /^[SUI] .{10}/);
    }
  });

  /** What a touch gives, by the state of the page: through a private mapping, and through a shared one. */
  const touches = [
    ['mapped', null, 'paravisor-kill'],
    ['pending', 'paravisor-kill', 'paravisor-kill'],
    ['shared', 'paravisor-kill', null],
    ['blocked', 'paravisor-kill', 'paravisor-kill'],
    ['free', 'paravisor-kill', 'paravisor-kill'],
  ] as const;
  for (const guest of ['tdx', 'snp'] as const)
    for (const [state, byPrivate, byShared] of touches)
      it(`${guest}: a page that is ${state}`, () => {
        for (const [entry, outcome] of [
          [privateEntry, byPrivate],
          [sharedEntry, byShared],
        ] as const)
          for (const touch of ['hw_read', 'hw_write', 'hw_probe'] as const) {
            const b = bench({ guest, vtom: guest === 'snp', paravisor: true });
            b.setEntry(0, entry);
            b.setPage(0, HostState[state]);
            if (touch === 'hw_probe') b.call(touch, 0, addressOf(0), 1);
            else b.call(touch, 0, 0);
            assert.deepEqual(b.outcomes, outcome ? [outcome] : [], touch);
            assert.equal(b.page(0) & PageBits.host, HostState[state], 'nothing is converted unasked');
          }
      });

  it('asks for what the host may see; frames that are no memory are refused', () => {
    const b = bench({ paravisor: true });
    assert.equal(b.call('hw_hv_set_visibility', 0, 1, 1), 0);
    assert.equal(b.page(1), HostState.shared | PageBits.zeroed);
    assert.equal(b.call('hw_hv_set_visibility', 0, 1, 1), 0, 'twice is once');
    assert.equal(b.call('hw_hv_set_visibility', 0, 1, 0), 0);
    assert.equal(b.page(1), HostState.mapped | PageBits.zeroed);
    for (const frame of [-1, 3, 2 ** 38]) assert.equal(b.call('hw_hv_set_visibility', 0, frame, 1), 1);
    assert.deepEqual(b.outcomes, []);
  });

  it('has a row for every number', () => {
    for (const state of Object.values(HostState)) assert.ok(paravisorRow(privateUnderParavisor, state));
  });
});

describe('the asynchronous reader', () => {
  it('lives with a #VE, and with nothing else that another reader would not', () => {
    const rows = forReader(sharedAccess(false));
    assert.ok(rows.every((r) => r.answer === 'ok'));
    assert.deepEqual(forReader(sharedAccess(true)), sharedAccess(true));
  });

  for (const [title, over, state, entry, outcomes] of [
    ['TDX, private page by a shared mapping', {}, HostState.mapped, sharedEntry, []],
    ['TDX, VMM that converts', { implicitConversion: true }, HostState.mapped, sharedEntry, ['implicit-conversion']],
    ['TDX, shared page by a private mapping', {}, HostState.shared, privateEntry, ['td-exit']],
    ['TDX, pending page by a private mapping', {}, HostState.pending, privateEntry, ['td-exit']],
    ['SNP, page not validated', { guest: 'snp' }, 1, sharedEntry, ['vc-unvalidated']],
    ['SNP, validated page by a shared mapping', { guest: 'snp' }, 0, privateEntry, ['rmp-violation']],
    ['entry not present', {}, HostState.shared, 0n, []],
  ] as const)
    it(`${title}: ${outcomes.join() || 'nothing'}`, () => {
      const b = bench(over);
      if (entry) b.setEntry(0, entry);
      b.setPage(0, state);
      b.call('hw_probe', 0, addressOf(0), 1);
      assert.deepEqual(b.outcomes, outcomes);
    });

  it('may read by what a TLB holds of an entry that is not present any more', () => {
    const b = bench({ paravisor: true });
    b.setEntry(0, privateEntry);
    b.setPage(0, HostState.shared);
    b.setEntry(0, 0n);
    b.call('hw_probe', 0, addressOf(0), 1);
    assert.deepEqual(b.outcomes, ['paravisor-kill']);
    const flushed = bench({ paravisor: true });
    flushed.setEntry(0, privateEntry);
    flushed.setPage(0, HostState.shared);
    flushed.setEntry(0, 0n);
    flushed.call('hw_flush_tlb_all', 0);
    flushed.call('hw_probe', 0, addressOf(0), 1);
    assert.deepEqual(flushed.outcomes, []);
  });
});

describe('lines that a guest wrote while memory was private', () => {
  const written = (flush: boolean, entry = privateEntry): ReturnType<typeof bench> => {
    const b = bench({ dirtyLines: true });
    b.setEntry(0, privateEntry);
    b.call('hw_write', 0, 0);
    b.setEntry(0, entry);
    if (flush) b.call('hw_clflush', 0, addressOf(0));
    b.setEntry(0, sharedEntry);
    b.call('hw_flush_tlb_all', 0);
    b.setPage(0, (b.page(0) & ~PageBits.host) | HostState.shared);
    b.call('hw_write', 0, 0);
    return b;
  };

  it('are written back over what is shared, unless they were flushed', () => {
    assert.deepEqual(written(false).outcomes, ['memory-corruption']);
    assert.deepEqual(written(true).outcomes, []);
  });

  it('cannot be flushed by an entry that is not present', () => {
    assert.deepEqual(written(true, privateEntry & ~pteBits.present).outcomes, ['memory-corruption']);
  });
});

describe('lines of the hypervisor in a page that an SNP guest validates', () => {
  const written = (dirtyLines: boolean, evicted: boolean): readonly string[] => {
    const b = bench({ guest: 'snp', dirtyLines });
    // With the C-bit.
    b.setEntry(0, sharedEntry);
    b.setPage(0, RmpState.assigned);
    b.call('hw_snp_pvalidate', 0, addressOf(0), 1);
    if (evicted) b.call('hw_clflush', 0, addressOf(0));
    b.call('hw_write', 0, 0);
    return b.outcomes;
  };

  it('are written back over what the guest writes, unless they were evicted, on CPUs that keep them', () => {
    assert.deepEqual(written(true, false), ['memory-corruption']);
    assert.deepEqual(written(true, true), []);
    assert.deepEqual(written(false, false), []);
  });
});

describe('a walk of the page tables', () => {
  it('sees what its own CPU has stored, and nobody else', () => {
    const b = bench();
    b.access(0, false);
    assert.deepEqual(b.drained, [0]);
    assert.deepEqual(b.outcomes, ['page-fault']);
  });
});

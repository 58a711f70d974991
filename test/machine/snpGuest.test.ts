// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { PageBits } from '../../src/machine/layout';
import {
  clearVmsa,
  createAp,
  destroyAp,
  privateAccess,
  pscPrivate,
  pscShared,
  RmpState,
  rescind,
  sharedAccess,
  validate,
  vmgexit,
} from '../../src/machine/snpGuest';
import { areaBase, pteBits } from '../../src/machine/translation';
import { type Bench, bench } from './bench';

const plain = BigInt.asIntN(64, pteBits.present | pteBits.writable | pteBits.noExecute);
/** The C-bit stands where a TDX guest has its shared bit, and means the opposite. */
const encrypted = plain | pteBits.shared;
const addressOf = (page: number): number => Number(BigInt.asIntN(64, areaBase.direct)) + page * 4096;

function snp(over: Parameters<typeof bench>[0] = {}): Bench {
  const b = bench({ guest: 'snp', ...over });
  b.setEntry(0, over.vtom ? plain : encrypted);
  b.setEntry(1, over.vtom ? plain : encrypted);
  return b;
}

describe('SNP guest: one row for each state of a page', () => {
  for (const [title, rows] of [
    ['private access', privateAccess],
    ['shared access', sharedAccess(false)],
    ['shared access, converting hypervisor', sharedAccess(true)],
    ['PVALIDATE', validate],
    ['PVALIDATE, back', rescind],
    ['PSC to private', pscPrivate],
    ['PSC to shared', pscShared],
    ['VMGEXIT', vmgexit],
    ['AP create', createAp],
    ['AP destroy', destroyAp],
    ['RMPADJUST', clearVmsa],
  ] as const)
    it(`${title}: every state has exactly one row, with its source and mark`, () => {
      for (const [name, rmp] of Object.entries(RmpState))
        assert.equal(rows.filter((r) => r.rmp === rmp).length, 1, name);
      for (const { rule } of rows) {
        assert.ok(rule.source.length > 3 && rule.text.length > 3);
        assert.match(rule.mark, /^[SUI]$/);
      }
    });

  type Row = readonly [to: keyof typeof RmpState, outcome: string | null, told: number];
  type Rows = Readonly<Record<keyof typeof RmpState, Row>>;
  const touched: Rows = {
    validated: ['validated', null, 0],
    assigned: ['assigned', 'vc-unvalidated', 0],
    shared: ['assigned', 'vc-unvalidated', 0],
    vmsa: ['vmsa', 'rmp-violation', 0],
    idleVmsa: ['idleVmsa', 'rmp-violation', 0],
  };
  const expected: Readonly<Record<string, Rows>> = {
    hw_read: touched,
    hw_write: touched,
    hw_snp_psc_private: {
      validated: ['validated', null, 0],
      assigned: ['assigned', null, 0],
      shared: ['assigned', null, 0],
      vmsa: ['vmsa', null, 1],
      idleVmsa: ['idleVmsa', null, 1],
    },
    hw_snp_psc_shared: {
      validated: ['shared', null, 0],
      assigned: ['shared', null, 0],
      shared: ['shared', null, 0],
      vmsa: ['vmsa', null, 1],
      idleVmsa: ['idleVmsa', null, 1],
    },
    hw_snp_vmgexit: {
      validated: ['validated', 'guest-terminated', 1],
      assigned: ['assigned', 'guest-terminated', 1],
      shared: ['shared', null, 0],
      vmsa: ['vmsa', 'guest-terminated', 1],
      idleVmsa: ['idleVmsa', 'guest-terminated', 1],
    },
    hw_snp_create_ap: {
      validated: ['vmsa', null, 0],
      assigned: ['assigned', null, 1],
      shared: ['shared', null, 1],
      vmsa: ['vmsa', null, 0],
      idleVmsa: ['vmsa', null, 0],
    },
    hw_snp_destroy_ap: {
      validated: ['validated', null, 0],
      assigned: ['assigned', null, 0],
      shared: ['shared', null, 0],
      vmsa: ['idleVmsa', null, 0],
      idleVmsa: ['idleVmsa', null, 0],
    },
    hw_snp_clear_vmsa: {
      validated: ['validated', null, 0],
      assigned: ['assigned', null, 1],
      shared: ['shared', null, 1],
      vmsa: ['vmsa', null, 1],
      idleVmsa: ['validated', null, 0],
    },
  };
  for (const [name, rows] of Object.entries(expected))
    for (const [from, [to, outcome, told]] of Object.entries(rows))
      it(`${name} of a page that is ${from}: ${outcome ?? to}`, () => {
        const b = snp();
        b.setPage(1, RmpState[from as keyof typeof RmpState]);
        assert.equal(b.call(name, 0, 1), told);
        assert.equal(b.page(1) & PageBits.host, RmpState[to]);
        assert.deepEqual(b.outcomes, outcome ? [outcome] : []);
      });

  const validating: Readonly<Record<string, Rows>> = {
    1: {
      validated: ['validated', null, 255],
      assigned: ['validated', null, 0],
      shared: ['shared', 'rmp-violation', 255],
      vmsa: ['vmsa', 'rmp-violation', 255],
      idleVmsa: ['idleVmsa', 'rmp-violation', 255],
    },
    0: {
      validated: ['assigned', null, 0],
      assigned: ['assigned', null, 255],
      shared: ['shared', 'rmp-violation', 255],
      vmsa: ['vmsa', 'rmp-violation', 255],
      idleVmsa: ['idleVmsa', 'rmp-violation', 255],
    },
  };
  for (const [on, rows] of Object.entries(validating))
    for (const [from, [to, outcome, told]] of Object.entries(rows))
      it(`PVALIDATE ${on} of a page that is ${from}: ${outcome ?? to}`, () => {
        const b = snp();
        b.setPage(1, RmpState[from as keyof typeof RmpState]);
        assert.equal(b.call('hw_snp_pvalidate', 0, addressOf(1), Number(on)), told);
        assert.equal(b.page(1) & PageBits.host, RmpState[to]);
        assert.deepEqual(b.outcomes, outcome ? [outcome] : []);
      });
});

describe('SNP guest: mappings', () => {
  it('PVALIDATE faults where the address is not mapped', () => {
    const b = bench({ guest: 'snp' });
    b.setPage(0, RmpState.assigned);
    b.call('hw_snp_pvalidate', 0, addressOf(0), 1);
    assert.deepEqual(b.outcomes, ['page-fault']);
    assert.equal(b.page(0), RmpState.assigned);
  });

  it('PVALIDATE refuses a shared mapping, with nothing changed', () => {
    const b = snp();
    b.setEntry(0, plain);
    b.setPage(0, RmpState.assigned);
    assert.notEqual(b.call('hw_snp_pvalidate', 0, addressOf(0), 1), 0);
    assert.equal(b.page(0), RmpState.assigned);
    assert.deepEqual(b.outcomes, []);
  });

  it('the entry counts as it was stored last, whatever a TLB still holds', () => {
    const b = snp();
    b.setEntry(0, plain);
    b.setEntry(0, encrypted);
    b.setPage(0, RmpState.assigned);
    assert.equal(b.call('hw_snp_pvalidate', 0, addressOf(0), 1), 0);
  });

  it('a shared mapping of a private page is an #NPF, or converts it', () => {
    for (const [implicitConversion, outcome] of [
      [false, 'rmp-violation'],
      [true, 'implicit-conversion'],
    ] as const) {
      const b = snp({ implicitConversion });
      b.setEntry(0, plain);
      b.call('hw_flush_tlb_all', 0);
      b.call('hw_read', 0, 0);
      assert.deepEqual(b.outcomes, [outcome]);
    }
  });

  it('with vTOM the bit means shared', () => {
    const b = snp({ vtom: true });
    b.call('hw_read', 0, 0);
    assert.deepEqual(b.outcomes, []);
    b.setEntry(0, encrypted);
    b.call('hw_flush_tlb_all', 0);
    b.call('hw_read', 0, 0);
    assert.deepEqual(b.outcomes, ['rmp-violation']);
  });

  it('a second kernel maps all private', () => {
    const b = snp();
    b.setEntry(0, plain);
    b.setPage(0, RmpState.shared);
    b.call('hw_read', 1, 0);
    assert.deepEqual(b.outcomes, ['vc-unvalidated']);
  });

  it('the guest may ask for its end, about no page', () => {
    const b = snp();
    b.call('hw_snp_terminate', 0);
    assert.deepEqual(b.outcomes, ['guest-terminated']);
    assert.ok((b.machine.lastRule()?.page ?? 0) < 0);
  });
});

describe('a read with a fixup', () => {
  const privateEntry = plain;
  const sharedEntry = plain | pteBits.shared;

  it('of what is not mapped does nothing', () => {
    const b = bench();
    b.call('hw_probe', 0, addressOf(0), 1);
    b.call('hw_probe', 0, addressOf(0), 0);
    assert.deepEqual(b.outcomes, []);
  });

  it('goes by what a TLB may hold, or by the entry alone', () => {
    for (const [cached, outcomes] of [
      [1, ['implicit-conversion']],
      [0, []],
    ] as const) {
      const b = bench({ implicitConversion: true });
      b.setEntry(0, sharedEntry);
      b.setEntry(0, privateEntry);
      b.call('hw_probe', 0, addressOf(0), cached);
      assert.deepEqual(b.outcomes, outcomes);
    }
  });
});

describe('TDX guest: #VE', () => {
  it('on a page that was not accepted is a panic, where it is delivered', () => {
    const b = bench({ pendingVe: true });
    b.setPage(0, 1);
    b.call('hw_read', 1, 0);
    assert.deepEqual(b.outcomes, ['panic']);
  });

  it('is raised by clearing CR4.MCE, and by nothing else of CR4', () => {
    const b = bench();
    b.call('hw_write_cr4', 0, 0x60);
    assert.deepEqual(b.outcomes, []);
    b.call('hw_write_cr4', 0, 0x20);
    assert.deepEqual(b.outcomes, ['ve-unhandled']);
  });

  it('is none of a guest that is no TD', () => {
    const b = snp();
    b.call('hw_write_cr4', 0, 0x20);
    assert.deepEqual(b.outcomes, []);
  });
});

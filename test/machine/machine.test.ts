// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import type { OperationContext } from '../../src/engine/program';
import { HostState, PageBits } from '../../src/machine/layout';
import { accept, mapPrivate, mapShared, privateAccess, sharedAccess } from '../../src/machine/tdxGuest';
import { classOf, pteBits } from '../../src/machine/translation';
import { bench } from './bench';

const names = Object.entries(HostState);

describe('TDX guest: one row for each state of a page', () => {
  for (const [title, rows] of [
    ['private access', privateAccess(false)],
    ['private access, #VE', privateAccess(true)],
    ['ACCEPT', accept],
    ['MapGPA to private', mapPrivate],
    ['MapGPA to shared', mapShared],
    ['shared access', sharedAccess(false)],
    ['shared access, converting VMM', sharedAccess(true)],
  ] as const) {
    it(`${title}: every state has exactly one row, with its source and mark`, () => {
      for (const [name, host] of names) assert.equal(rows.filter((r) => r.host === host).length, 1, name);
      for (const row of rows) {
        assert.ok(row.rule.source.length > 3 && row.rule.text.length > 3);
        assert.match(row.rule.mark, /^[SUI]$/);
      }
    });
  }

  const expected: Readonly<
    Record<string, Readonly<Record<keyof typeof HostState, readonly [keyof typeof HostState, string | null, number]>>>
  > = {
    // state before → state after, outcome, what the guest is told
    hw_write: {
      mapped: ['mapped', null, 0],
      pending: ['pending', 'td-exit', 0],
      shared: ['shared', 'td-exit', 0],
      blocked: ['blocked', 'td-exit', 0],
      free: ['free', 'td-exit', 0],
    },
    hw_tdx_accept: {
      mapped: ['mapped', null, 1],
      pending: ['mapped', null, 0],
      shared: ['shared', 'td-exit', 0],
      blocked: ['blocked', 'td-exit', 0],
      free: ['mapped', null, 0],
    },
    hw_tdx_map_private: {
      mapped: ['mapped', null, 0],
      pending: ['pending', null, 0],
      shared: ['pending', null, 0],
      blocked: ['blocked', null, 0],
      free: ['pending', null, 0],
    },
    hw_tdx_map_shared: {
      mapped: ['shared', null, 0],
      pending: ['shared', null, 0],
      shared: ['shared', null, 0],
      blocked: ['shared', null, 0],
      free: ['shared', null, 0],
    },
  };
  for (const [name, rows] of Object.entries(expected)) {
    for (const [from, [to, outcome, told]] of Object.entries(rows)) {
      it(`${name} of a page that is ${from}: ${outcome ?? to}`, () => {
        const b = bench();
        b.setPage(1, HostState[from as keyof typeof HostState]);
        assert.equal(b.call(name, 1, 1), told);
        assert.equal(b.page(1) & PageBits.host, HostState[to]);
        assert.deepEqual(b.outcomes, outcome ? [outcome] : []);
        if (outcome) assert.equal(b.machine.lastRule()?.page, 1);
      });
    }
  }

  it('accepting loses what was there, reading does not', () => {
    const b = bench();
    b.setPage(0, HostState.pending);
    b.call('hw_tdx_accept', 1, 0);
    assert.ok(b.page(0) & PageBits.zeroed);
    b.call('hw_read', 1, 0);
    assert.ok(b.page(0) & PageBits.zeroed);
    b.call('hw_write', 1, 0);
    assert.equal(b.page(0) & PageBits.zeroed, 0);
  });
});

describe('translation: what a TLB may still hold', () => {
  const privateEntry = BigInt.asIntN(64, pteBits.present | pteBits.writable | pteBits.noExecute);
  const sharedEntry = privateEntry | pteBits.shared;

  it('an entry that is not present has no class', () => {
    assert.equal(classOf(0n), -1);
    assert.equal(classOf(pteBits.shared), -1);
    assert.equal(classOf(sharedEntry), 7);
    assert.equal(classOf(BigInt.asIntN(64, pteBits.noExecute | pteBits.present)), 4);
  });

  it('an old value stays until it is flushed', () => {
    const b = bench();
    b.setEntry(0, sharedEntry);
    b.setEntry(0, privateEntry);
    assert.equal(b.tlb(0, 0), (1 << 7) | (1 << 5));
    b.call('hw_flush_tlb_local', 0);
    assert.equal(b.tlb(0, 0), 1 << 5);
  });

  it('a touch through a stale shared translation is one of a private page', () => {
    const b = bench();
    b.setEntry(0, sharedEntry);
    b.setEntry(0, privateEntry);
    b.access(0, false);
    assert.deepEqual(b.outcomes, ['ve-unhandled']);
  });

  it('a private mapping of a shared page kills the guest', () => {
    const b = bench();
    b.setEntry(1, privateEntry);
    b.setPage(2, HostState.shared);
    b.access(2, false);
    assert.deepEqual(b.outcomes, ['td-exit']);
  });

  it('no entry, nothing cached: a page fault', () => {
    const b = bench();
    b.access(0, false);
    assert.deepEqual(b.outcomes, ['page-fault']);
  });

  it('a write needs a writable entry', () => {
    const b = bench();
    b.setEntry(0, pteBits.present);
    b.access(0, true);
    assert.deepEqual(b.outcomes, ['permission-fault']);
  });

  it('nothing answers outside the direct map', () => {
    const b = bench();
    assert.equal(b.machine.access({ state: new Int32Array(8) } as unknown as OperationContext, 0x10n, 8, false), null);
    assert.equal(b.access(3, false), null);
  });
});

describe('CPUs', () => {
  it('stopping one lets its stores reach memory first', () => {
    const b = bench({ cpuOfAgent: [0, 0] });
    b.call('hw_stop_agent', 0, 1);
    assert.deepEqual(b.drained, [1]);
    assert.equal(b.call('hw_agent_done', 0, 1), 1);
  });

  it('an interrupt runs on the CPU that it was sent to, which waits and has its stores in memory', () => {
    const b = bench({ cpus: 2, cpuOfAgent: [0, 1], secondKernel: new Set() });
    b.call('hw_run_as', 0, 1);
    assert.equal(b.call('hw_cpu', 0), 1);
    assert.deepEqual(b.drained, [1]);
    assert.equal(b.call('hw_agent_done', 0, 1), 0);
    // A second one waits for the first.
    assert.equal(b.call('hw_run_as', 1, 1), null);
    b.call('hw_run_as', 0, -1);
    assert.equal(b.call('hw_cpu', 0), 0);
    assert.equal(b.call('hw_run_as', 1, 0), 0);
  });

  it('behind load_segments() a CPU does not know its number, and others do', () => {
    const b = bench({ cpus: 2, cpuOfAgent: [0, 1], secondKernel: new Set() });
    b.call('hw_load_segments', 0, 0);
    b.call('hw_cpu', 1);
    assert.deepEqual(b.outcomes, []);
    b.call('hw_cpu', 0);
    assert.deepEqual(b.outcomes, ['page-fault']);
    assert.match(b.machine.lastRule()?.rule.text ?? '', /load_segments/);
    b.call('hw_load_segments', 0, 1);
    b.call('hw_cpu', 0);
    assert.equal(b.outcomes.length, 1);
  });

  it('flushing all TLBs interrupts every CPU', () => {
    const b = bench();
    b.call('hw_flush_tlb_all', 0);
    assert.deepEqual(b.drained, [0, 1]);
  });
});

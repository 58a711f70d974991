// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  addPage,
  configureRegion,
  initialiseCalls,
  isCovered,
  mostRegions,
  type PfnRange,
  regionAnswer,
} from '../../src/machine/memoryRegions';
import { bench } from './bench';

/** A TDX module that can be asked; `outcomes` collects what happens. */
function module(convertible?: readonly PfnRange[]) {
  const b = bench({ guest: 'none', ...(convertible && { convertible }) });
  const call = (name: string, ...args: number[]): number => Number(b.call(name, 0, ...args));
  return {
    outcomes: b.outcomes,
    act: () => b.machine.lastRule()?.act,
    words: b.machine.words,
    isConvertible: (start: number, end: number) => call('hw_is_convertible', start, end),
    configure: (start: number, end: number) => call('hw_tdx_sys_config_region', start, end),
    initialise: () => call('hw_tdx_tdmr_init'),
    add: (pfn: number) => call('hw_tdx_mem_page_add', pfn),
  };
}

const convertible = [
  { start: 0x100, end: 0x800 },
  { start: 0x800, end: 0x900 },
  { start: 0x1000, end: 0x1800 },
];

describe('memory of the TDX module: every row', () => {
  it('has its text, mark and source', () => {
    for (const { rule } of [...Object.values(configureRegion), ...Object.values(addPage)]) {
      assert.ok(rule.text.length > 10 && rule.source.length > 3);
      assert.match(rule.mark, /^[SUI]$/);
    }
  });

  it('TDH.SYS.CONFIG, by where a region lies', () => {
    const answer = (start: number, end: number, before: readonly PfnRange[] = [], isConfigured = false): string =>
      regionAnswer({ start, end }, before, isConfigured, convertible);
    const before = [{ start: 0x100, end: 0x200 }];
    assert.equal(answer(0x100, 0x800), 'convertible');
    assert.equal(answer(0x100, 0x900), 'convertible', 'two CMRs side by side');
    assert.equal(answer(0xff, 0x800), 'outside', 'one page of the first megabyte');
    assert.equal(answer(0x100, 0x901), 'outside');
    assert.equal(answer(0x700, 0x1100), 'outside', 'a hole between two CMRs');
    assert.equal(answer(0x200, 0x200), 'empty');
    assert.equal(answer(0x200, 0x300, before), 'convertible', 'next to the one before');
    assert.equal(answer(0x1ff, 0x300, before), 'overlapping');
    assert.equal(answer(0x100, 0x101, [{ start: 0x1000, end: 0x1800 }]), 'overlapping', 'not in order');
    assert.equal(answer(0x200, 0x300, before, true), 'configured');
    const many = Array.from({ length: mostRegions }, (_, i) => ({ start: 0x100 + i, end: 0x101 + i }));
    assert.equal(answer(0x200, 0x300, many), 'tooMany');
  });

  it('a range is covered where each of its pages is', () => {
    const range = fc.tuple(fc.nat(12), fc.nat(12)).map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }));
    fc.assert(
      fc.property(range, fc.array(range, { maxLength: 5 }), (wanted, others) => {
        const pages = Array.from({ length: wanted.end - wanted.start }, (_, i) => wanted.start + i);
        const naive = pages.every((page) => others.some((o) => o.start <= page && page < o.end));
        assert.equal(isCovered(wanted, others), naive);
      }),
    );
  });

  it('TDH.MEM.PAGE.ADD, by the region of the page', () => {
    const tdx = module(convertible);
    assert.equal(tdx.configure(0x100, 0x800), 0);
    assert.equal(tdx.add(0x100), 1, 'the metadata is not initialised yet');
    for (let i = 1; i < initialiseCalls; i++) assert.equal(tdx.initialise(), i);
    assert.equal(tdx.add(0x100), 1, 'nor is it in the middle');
    assert.equal(tdx.initialise(), initialiseCalls);
    assert.equal(tdx.initialise(), initialiseCalls, 'there is no more to do');
    const before = tdx.outcomes.length;
    for (const pfn of [0x100, 0x7ff]) assert.equal(tdx.add(pfn), 0);
    assert.equal(tdx.outcomes.length, before);
    for (const pfn of [0xff, 0x800, 0x1000]) assert.equal(tdx.add(pfn), 1);
    assert.deepEqual(tdx.outcomes, [
      'module-init-failure',
      'module-init-failure',
      'not-tdx-memory',
      'not-tdx-memory',
      'not-tdx-memory',
    ]);
    assert.equal(tdx.act(), 'gives page frame 0x1000 to a TD');
  });

  it('a TDH.SYS.CONFIG that fails leaves no region; one that comes too late takes none away', () => {
    const tdx = module(convertible);
    tdx.configure(0x100, 0x800);
    assert.equal(tdx.configure(0x900, 0x1000), 1);
    assert.deepEqual(tdx.outcomes, ['module-init-failure']);
    assert.equal(tdx.act(), 'gives page frames 0x900 to 0x1000 to the TDX module');
    assert.equal(tdx.configure(0x1000, 0x1800), 0, 'it starts again');
    for (let i = 0; i < initialiseCalls; i++) tdx.initialise();
    assert.equal(tdx.configure(0x100, 0x800), 1);
    assert.equal(tdx.add(0x1000), 0);
    assert.equal(tdx.add(0x100), 1);
  });

  it('a story that says nothing of convertible memory has no words for it, and nothing fails', () => {
    const tdx = module();
    assert.ok(tdx.words < module(convertible).words);
    assert.equal(tdx.isConvertible(0, 1), 1);
    assert.equal(tdx.configure(0, 1), 0);
    assert.equal(tdx.initialise(), initialiseCalls);
    assert.equal(tdx.add(5), 0);
    assert.deepEqual(tdx.outcomes, []);
  });
});

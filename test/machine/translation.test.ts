// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { AgentStatus, type OperationContext } from '../../src/engine/program';
import { HostState, type MachineConfig } from '../../src/machine/layout';
import { createMachine } from '../../src/machine/machine';
import { areaBase, pteBits } from '../../src/machine/translation';

const ids = ['td-exit', 'page-fault', 'permission-fault', 'writable-executable', 've-unhandled'];
const at = { direct: 0x1000, split: 0x1100, vmalloc: 0x1200, kernel: 0x1300 } as const;
const data = pteBits.present | pteBits.writable | pteBits.noExecute;
const text = pteBits.present;

/** Two CPUs, a large leaf of two pages and two small ones, two pages of vmalloc addresses, one of the kernel map. */
function bench(over: Partial<MachineConfig> = {}) {
  const config: MachineConfig = {
    leaves: [2, 1, 1, 1, 1],
    cpus: 2,
    cpuOfAgent: [0, 1],
    secondKernel: new Set(),
    guest: 'none',
    partialWriteErratum: false,
    implicitConversion: false,
    vtom: false,
    mapGpaRetries: false,
    mapGpaFails: false,
    pendingVe: false,
    paravisor: false,
    dirtyLines: false,
    largePagesSplit: true,
    vmallocPages: 2,
    kernelMapPages: 1,
    unaccepted: [],
    ...over,
  };
  const addresses = { directMap: at.direct, splitMap: at.split, vmallocMap: at.vmalloc, kernelMap: at.kernel };
  const machine = createMachine(config, addresses, (id) => ids.indexOf(id));
  const state = new Int32Array(machine.words);
  const memory = new Map<number, bigint>();
  const outcomes: string[] = [];
  const context = (agent: number): OperationContext => ({
    state,
    base: 0,
    agent,
    load32: (address) => Number(BigInt.asIntN(32, memory.get(address) ?? 0n)),
    load64: (address) => BigInt.asIntN(64, memory.get(address) ?? 0n),
    store32: () => {},
    store64: () => {},
    drain: () => {},
    status: () => AgentStatus.running,
    setStatus: () => {},
    outcome: (index) => outcomes.push(ids[index] ?? '?'),
  });
  const store = (table: keyof typeof at, slot: number, pte: bigint): void => {
    memory.set(at[table] + 8 * slot, pte);
    machine.watched?.stored(context(0), at[table] + 8 * slot, 8);
  };
  for (let leaf = 0; leaf < 5; leaf++) store('direct', leaf, data | (leaf === 0 ? pteBits.large : 0n));
  const call = (name: string, agent: number, ...args: bigint[]): number | bigint | null => {
    const operation = machine.operations.find((o) => o.name === name);
    assert.ok(operation, name);
    return operation.run(context(agent), ...args.map((a) => BigInt.asIntN(64, a)));
  };
  const touch = (address: bigint, write = false, agent = 0): string[] => {
    outcomes.length = 0;
    const answer = machine.access(context(agent), BigInt.asIntN(64, address), 8, write);
    return answer === null ? ['nowhere'] : [...outcomes];
  };
  const fetch = (address: bigint, agent = 0): string[] => {
    outcomes.length = 0;
    call('hw_fetch', agent, address);
    return [...outcomes];
  };
  const setPage = (page: number, word: number): void => {
    state[machine.layout.page(page)] = word;
  };
  return { machine, outcomes, store, call, touch, fetch, setPage };
}

const page = (area: keyof typeof areaBase, n: number): bigint => areaBase[area] + BigInt(n) * 4096n;
const to = (frame: number): bigint => BigInt(frame) << 12n;

describe('translation: areas of kernel addresses', () => {
  it('each area has its own addresses, and only as many as it has pages', () => {
    const b = bench();
    assert.deepEqual(b.touch(page('direct', 5)), []);
    assert.deepEqual(b.touch(page('direct', 6)), ['nowhere']);
    assert.deepEqual(b.touch(page('vmalloc', 1)), ['page-fault']);
    assert.deepEqual(b.touch(page('vmalloc', 2)), ['nowhere']);
    assert.deepEqual(b.touch(page('kernel', 0)), ['page-fault']);
    assert.deepEqual(b.touch(page('kernel', 1)), ['nowhere']);
  });

  it('a story has only the areas that its hardware names', () => {
    const b = bench({ vmallocPages: 0, kernelMapPages: 0 });
    assert.deepEqual(b.touch(page('vmalloc', 0)), ['nowhere']);
    assert.deepEqual(b.touch(page('kernel', 0)), ['nowhere']);
    assert.equal(b.machine.constant('hw_vmalloc_pages'), 0);
    assert.ok(b.machine.words < bench().machine.words);
  });

  it('an entry says which page an address of vmalloc leads to, and an old one stays until a flush', () => {
    const b = bench({ guest: 'tdx' });
    b.setPage(4, HostState.shared);
    b.store('vmalloc', 0, data | to(3));
    assert.deepEqual(b.touch(page('vmalloc', 0)), []);
    b.store('vmalloc', 0, data | to(4) | pteBits.shared);
    assert.deepEqual(b.touch(page('vmalloc', 0)), []);
    b.setPage(3, HostState.shared);
    assert.deepEqual(b.touch(page('vmalloc', 0)), ['td-exit'], 'the old entry leads to page 3');
    b.call('hw_flush_tlb_local', 0);
    assert.deepEqual(b.touch(page('vmalloc', 0)), []);
    assert.deepEqual(b.touch(page('vmalloc', 0), false, 1), ['td-exit'], 'the other CPU did not flush');
  });

  it('page 4 and beyond have words of their own in what is cached', () => {
    const b = bench({ guest: 'tdx' });
    b.store('vmalloc', 1, data | to(5));
    b.store('vmalloc', 1, 0n);
    assert.deepEqual(b.touch(page('vmalloc', 1)), []);
    b.setPage(5, HostState.shared);
    assert.deepEqual(b.touch(page('vmalloc', 1)), ['td-exit']);
    assert.deepEqual([b.machine.lastRule()?.page], [5]);
    b.call('hw_flush_tlb_all', 0);
    assert.deepEqual(b.touch(page('vmalloc', 1)), ['page-fault']);
  });

  it('an entry that leads out of memory is no page of the story', () => {
    const b = bench();
    b.store('kernel', 0, data | to(6));
    assert.deepEqual(b.touch(page('kernel', 0)), ['page-fault']);
  });
});

describe('translation: permissions', () => {
  it('writes need a writable entry, execution one that is not no-execute; on a host as in a guest', () => {
    for (const guest of ['none', 'tdx'] as const) {
      const b = bench({ guest });
      b.store('kernel', 0, text | to(2));
      assert.deepEqual(b.touch(page('kernel', 0)), []);
      assert.deepEqual(b.touch(page('kernel', 0), true), ['permission-fault']);
      assert.deepEqual(b.fetch(page('kernel', 0)), []);
      assert.deepEqual(b.fetch(page('direct', 2)), ['permission-fault']);
      assert.deepEqual(b.fetch(page('vmalloc', 0)), ['page-fault']);
      assert.deepEqual(b.fetch(0x1000n), ['page-fault']);
    }
  });

  it('an entry that is writable and executable is seen when it reaches memory, once', () => {
    const b = bench();
    b.store('vmalloc', 0, data | to(2));
    assert.deepEqual(b.outcomes, []);
    b.store('vmalloc', 0, pteBits.present | pteBits.writable | to(2));
    b.store('vmalloc', 0, pteBits.present | pteBits.writable | to(2));
    assert.deepEqual(b.outcomes, ['writable-executable']);
    assert.equal(b.machine.lastRule()?.page, 2);
  });

  it('an entry that is not present is neither', () => {
    const b = bench();
    b.store('vmalloc', 0, pteBits.writable | to(2));
    assert.deepEqual(b.outcomes, []);
  });

  it('hw_check_wx() sees aliases, and what is cached of old entries', () => {
    const b = bench();
    b.store('vmalloc', 0, text | to(2));
    assert.equal(b.call('hw_check_wx', 0), 1, 'the direct map can still be written');
    assert.deepEqual(b.outcomes, ['writable-executable']);
    b.store('direct', 1, pteBits.present | pteBits.noExecute);
    assert.equal(b.call('hw_check_wx', 0), 1, 'and so can what is cached of it');
    b.call('hw_flush_tlb_local', 0);
    assert.equal(b.call('hw_check_wx', 0), 1, 'on the other CPU too');
    b.call('hw_flush_tlb_all', 0);
    assert.equal(b.call('hw_check_wx', 0), 0);
  });
});

describe('translation: flushes', () => {
  it('of a range concern only its addresses, on every CPU', () => {
    const b = bench();
    b.store('direct', 1, 0n);
    b.store('direct', 2, 0n);
    b.call('hw_flush_tlb_range', 0, page('direct', 2), page('direct', 3));
    for (const cpu of [0, 1]) {
      assert.deepEqual(b.touch(page('direct', 2), false, cpu), ['page-fault']);
      assert.deepEqual(b.touch(page('direct', 3), false, cpu), []);
    }
  });

  it('of one page of a large leaf drop the leaf', () => {
    const b = bench();
    b.store('direct', 0, 0n);
    b.call('hw_flush_tlb_range', 0, page('direct', 1), page('direct', 2));
    assert.deepEqual(b.touch(page('direct', 0)), ['page-fault']);
  });
});

describe('translation: a large leaf that is split', () => {
  const table = pteBits.present | pteBits.writable;
  const split = (b: ReturnType<typeof bench>, first: bigint, second: bigint): void => {
    b.store('split', 0, first);
    b.store('split', 1, second);
    b.store('direct', 0, table);
  };

  it('what stands below counts from when it is linked, and the large entry until it is flushed', () => {
    const b = bench();
    b.store('split', 1, pteBits.present | pteBits.noExecute);
    assert.deepEqual(b.touch(page('direct', 1), true), []);
    b.store('split', 0, data);
    b.store('direct', 0, table);
    assert.deepEqual(b.touch(page('direct', 1), true), ['permission-fault']);
    assert.deepEqual(b.touch(page('direct', 0), true), []);
    b.store('split', 0, 0n);
    assert.deepEqual(b.touch(page('direct', 0)), [], 'the large entry is still cached');
    b.call('hw_flush_tlb_all', 0);
    assert.deepEqual(b.touch(page('direct', 0)), ['page-fault']);
  });

  it('each page has attributes of its own then', () => {
    const b = bench({ guest: 'tdx' });
    split(b, data, data | pteBits.shared);
    b.call('hw_flush_tlb_all', 0);
    b.setPage(1, HostState.shared);
    assert.deepEqual(b.touch(page('direct', 0), true), []);
    assert.deepEqual(b.touch(page('direct', 1), true), []);
    b.setPage(0, HostState.shared);
    assert.deepEqual(b.touch(page('direct', 0), true), ['td-exit']);
  });

  it('a large entry that is present and large again ends the walk', () => {
    const b = bench();
    split(b, 0n, 0n);
    b.call('hw_flush_tlb_all', 0);
    assert.deepEqual(b.touch(page('direct', 0)), ['page-fault']);
    b.store('direct', 0, data | pteBits.large);
    assert.deepEqual(b.touch(page('direct', 0)), []);
  });

  it('without split leaves in the story the entry of a large leaf is one, whatever bit 7 says', () => {
    const b = bench({ largePagesSplit: false });
    b.store('direct', 0, data);
    b.call('hw_flush_tlb_all', 0);
    assert.deepEqual(b.touch(page('direct', 1)), []);
  });
});

describe('translation: spurious faults', () => {
  it('an old translation that denies what the entry allows now is not the end', () => {
    const b = bench();
    b.store('vmalloc', 0, text | to(2));
    b.store('vmalloc', 0, data | to(2));
    assert.deepEqual(b.touch(page('vmalloc', 0), true), []);
    assert.deepEqual(b.fetch(page('vmalloc', 0)), ['permission-fault'], 'the entry denies this one');
    b.store('vmalloc', 0, 0n);
    assert.deepEqual(b.touch(page('vmalloc', 0), true), ['permission-fault'], 'and nothing allows it here');
  });
});

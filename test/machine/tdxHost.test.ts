// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { PageBits } from '../../src/machine/layout';
import { hostRules } from '../../src/machine/tdxHost';
import { pteBits } from '../../src/machine/translation';
import { type Bench, bench } from './bench';

/** Two CPUs as agents 0 and 1, a second kernel as agent 2. */
const host = (erratum: boolean): Bench =>
  bench({
    guest: 'none',
    partialWriteErratum: erratum,
    cpus: 2,
    cpuOfAgent: [0, 1, 0],
    secondKernel: new Set([2]),
  });
const secondKernel = 2;

/** A page that the module uses, all caches written back. */
function withModulePage(erratum: boolean): Bench {
  const b = host(erratum);
  flushAll(b);
  b.call('hw_tdx_module_write', 0, 1);
  flushAll(b);
  return b;
}

function flushAll(b: Bench): void {
  b.call('hw_wbinvd', 0, 0);
  b.call('hw_wbinvd', 0, 1);
}

const isPrivate = (b: Bench): boolean => (b.page(1) & PageBits.tdxPrivate) !== 0;
const isPoisoned = (b: Bench): boolean => (b.page(1) & PageBits.poisoned) !== 0;

describe('TDX host: the rules', () => {
  it('each has its text, mark and source', () => {
    for (const rule of Object.values(hostRules)) {
      assert.ok(rule.text.length > 20 && rule.source.length > 5);
      assert.match(rule.mark, /^[SUI]$/);
    }
  });
});

describe('TDX host: memory that is TDX-private', () => {
  it('is what the module wrote', () => {
    assert.ok(isPrivate(withModulePage(true)));
    assert.equal(withModulePage(true).call('hw_is_tdx_private', 0, 1), 1);
  });

  it('may be read: KeyID 0 has no integrity', () => {
    const b = withModulePage(true);
    b.call('hw_read', secondKernel, 1);
    assert.deepEqual(b.outcomes, []);
    assert.ok(isPrivate(b));
  });

  it('is ordinary again after a write through the cache', () => {
    const b = withModulePage(true);
    b.call('hw_write', secondKernel, 1);
    b.call('hw_partial_write', secondKernel, 1);
    b.call('hw_read', secondKernel, 1);
    assert.deepEqual(b.outcomes, []);
    assert.ok(!isPrivate(b));
  });

  it('with the erratum is poisoned by a partial write, which alone is silent', () => {
    const b = withModulePage(true);
    b.call('hw_partial_write', secondKernel, 1);
    assert.deepEqual(b.outcomes, []);
    assert.ok(isPoisoned(b));
  });

  it('without the erratum is not, and is ordinary after it', () => {
    const b = withModulePage(false);
    b.call('hw_partial_write', secondKernel, 1);
    b.call('hw_read', secondKernel, 1);
    assert.deepEqual(b.outcomes, []);
    assert.ok(!isPrivate(b));
  });

  for (const access of ['hw_read', 'hw_write'] as const) {
    it(`poisoned, a ${access.slice(3)} raises a machine check: a cached write reads the line first`, () => {
      const b = withModulePage(true);
      b.call('hw_partial_write', secondKernel, 1);
      b.call(access, secondKernel, 1);
      assert.deepEqual(b.outcomes, ['machine-check']);
      assert.equal(b.machine.lastRule()?.rule, hostRules.poisonConsumed);
    });
  }

  it('MOVDIR64B makes it ordinary, poison included, and reads nothing', () => {
    const b = withModulePage(true);
    b.call('hw_partial_write', secondKernel, 1);
    b.call('hw_movdir64b', 0, 1);
    b.call('hw_partial_write', secondKernel, 1);
    b.call('hw_read', secondKernel, 1);
    assert.deepEqual(b.outcomes, []);
  });
});

describe('TDX host: caches', () => {
  it('lines that are dirty under a private KeyID are written back over what came later', () => {
    const b = host(false);
    flushAll(b);
    b.call('hw_tdx_module_write', 0, 1);
    b.call('hw_movdir64b', 0, 1);
    b.call('hw_read', secondKernel, 1);
    assert.deepEqual(b.outcomes, ['memory-corruption']);
    assert.equal(b.machine.lastRule()?.rule, hostRules.staleWriteBack);
  });

  it('so are they where nobody reset the page, once the kernel stored there', () => {
    const b = host(false);
    flushAll(b);
    b.call('hw_tdx_module_write', 0, 1);
    b.call('hw_write', secondKernel, 1);
    assert.deepEqual(b.outcomes, []);
    b.call('hw_read', secondKernel, 1);
    assert.deepEqual(b.outcomes, ['memory-corruption']);
  });

  it('WBINVD is for one CPU only', () => {
    const b = host(false);
    flushAll(b);
    b.call('hw_tdx_module_write', 1, 1);
    b.call('hw_wbinvd', 0, 0);
    b.call('hw_movdir64b', 0, 1);
    b.call('hw_read', secondKernel, 1);
    assert.deepEqual(b.outcomes, ['memory-corruption']);
  });

  it('WBINVD that comes too late writes old lines back: the page is private again', () => {
    const b = host(true);
    flushAll(b);
    b.call('hw_tdx_module_write', 0, 1);
    b.call('hw_movdir64b', 0, 1);
    assert.ok(!isPrivate(b));
    flushAll(b);
    assert.ok(isPrivate(b));
  });

  it('and lines of the kernel take a page from the module', () => {
    const b = host(false);
    b.call('hw_tdx_module_write', 0, 1);
    flushAll(b);
    b.call('hw_tdx_module_read', 0, 1);
    assert.deepEqual(b.outcomes, ['memory-corruption']);
    assert.equal(b.machine.lastRule()?.rule, hostRules.takenFromModule);
  });

  it('TDH.PHYMEM.PAGE.WBINVD is for the lines of one page, on all CPUs', () => {
    const b = host(false);
    flushAll(b);
    b.call('hw_tdx_module_write', 0, 1);
    b.call('hw_tdx_module_write', 1, 1);
    b.call('hw_tdx_module_write', 1, 2);
    b.call('hw_tdx_page_wbinvd', 0, 1);
    for (const page of [1, 2]) b.call('hw_movdir64b', 0, page);
    b.call('hw_read', secondKernel, 1);
    assert.deepEqual(b.outcomes, []);
    b.call('hw_read', secondKernel, 2);
    assert.deepEqual(b.outcomes, ['memory-corruption']);
  });

  it('lines of the kernel that were dirty before are written back over what the module stored', () => {
    const b = host(false);
    b.call('hw_wbinvd', 0, 0);
    b.call('hw_tdx_module_write', 0, 1);
    b.call('hw_tdx_module_read', 0, 1);
    assert.deepEqual(b.outcomes, ['memory-corruption']);
    assert.equal(b.machine.lastRule()?.rule, hostRules.staleKernelWriteBack);
  });

  it('a story begins with them everywhere, and a store makes new ones', () => {
    const b = host(false);
    flushAll(b);
    b.call('hw_tdx_module_write', 0, 1);
    b.call('hw_tdx_module_read', 0, 1);
    assert.deepEqual(b.outcomes, []);
    b.setEntry(1, pteBits.present | pteBits.writable | pteBits.noExecute);
    b.call('hw_write', 1, 2);
    b.call('hw_tdx_module_write', 0, 2);
    b.call('hw_tdx_module_read', 0, 2);
    assert.deepEqual(b.outcomes, ['memory-corruption']);
  });
});

describe('TDX host: the TDX module', () => {
  it('finds its metadata gone where the kernel wrote it', () => {
    for (const [name, agent] of [
      ['hw_movdir64b', 0],
      ['hw_partial_write', secondKernel],
    ] as const) {
      const b = withModulePage(false);
      b.call(name, agent, 1);
      b.call('hw_tdx_module_read', 0, 1);
      assert.deepEqual(b.outcomes, ['memory-corruption'], name);
      assert.equal(b.machine.lastRule()?.rule, hostRules.takenFromModule);
    }
  });

  it('consumes poison like any other reader', () => {
    const b = withModulePage(true);
    b.call('hw_partial_write', secondKernel, 1);
    b.call('hw_tdx_module_read', 0, 1);
    assert.deepEqual(b.outcomes, ['machine-check']);
  });

  it('does not answer a CPU that left VMX operation', () => {
    const b = host(true);
    b.call('hw_vmxoff', 0, 1);
    for (const name of ['hw_seamcall', 'hw_tdx_module_write', 'hw_tdx_module_read', 'hw_tdx_sys_disable'])
      assert.equal(b.call(name, 1, 1), 1, name);
    assert.ok(!isPrivate(b));
    assert.equal(b.call('hw_seamcall', 0), 0);
    b.call('hw_vmxon', 0, 1);
    assert.equal(b.call('hw_seamcall', 1), 0);
  });

  it('disabled, gives back all memory as ordinary, and answers nobody', () => {
    const b = withModulePage(true);
    b.call('hw_partial_write', secondKernel, 1);
    assert.equal(b.call('hw_tdx_sys_disable', 1), 0);
    assert.ok(!isPrivate(b) && !isPoisoned(b));
    assert.equal(b.call('hw_seamcall', 0), 2);
    assert.equal(b.call('hw_tdx_module_write', 0, 1), 2);
    assert.ok(!isPrivate(b));
  });

  it('disabled, leaves lines in the caches', () => {
    const b = host(false);
    flushAll(b);
    b.call('hw_tdx_module_write', 1, 1);
    b.call('hw_tdx_sys_disable', 0);
    b.call('hw_read', secondKernel, 1);
    assert.deepEqual(b.outcomes, ['memory-corruption']);
  });

  it('disabled, what is written back later makes nothing private', () => {
    const b = host(true);
    flushAll(b);
    b.call('hw_tdx_module_write', 1, 1);
    b.call('hw_tdx_sys_disable', 0);
    flushAll(b);
    assert.ok(!isPrivate(b));
  });
});

// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { handedOver } from '../../src/machine/acceptance';
import { HostState } from '../../src/machine/layout';
import { RmpState } from '../../src/machine/snpGuest';
import { bench } from './bench';

const unaccepted = [{ start: 1, end: 3 }];
const pages = [0, 1, 2];

describe('memory that the firmware left unaccepted', () => {
  for (const guest of ['tdx', 'snp'] as const) {
    const { state, rule } = handedOver[guest];
    it(`${guest}: ${rule.text}`, () => {
      const b = bench({ guest, unaccepted });
      assert.deepEqual(
        pages.map((page) => b.page(page)),
        [guest === 'tdx' ? HostState.mapped : RmpState.validated, state, state],
      );
      assert.deepEqual(
        pages.map((page) => b.call('hw_efi_unaccepted', 0, page)),
        [0, 1, 1],
      );
      assert.deepEqual(b.outcomes, []);
    });
  }

  it('the memory map of the firmware says the same after it was accepted', () => {
    const b = bench({ unaccepted });
    assert.equal(b.call('hw_tdx_accept', 0, 1), 0);
    assert.equal(b.page(1) & 7, HostState.mapped);
    assert.equal(b.call('hw_efi_unaccepted', 0, 1), 1);
  });

  it('is a TD exit for both kernels until it is accepted, and that only once', () => {
    const b = bench({ unaccepted });
    b.call('hw_write', 1, 2);
    assert.deepEqual(b.outcomes, ['td-exit']);
    assert.equal(b.call('hw_tdx_accept', 1, 2), 0);
    b.call('hw_write', 1, 2);
    assert.deepEqual(b.outcomes, ['td-exit'], 'it is accepted');
    assert.equal(b.call('hw_tdx_accept', 1, 2), 1, 'accepted already');
  });

  it('a host has none', () => {
    const b = bench({ guest: 'none', unaccepted });
    assert.deepEqual(
      pages.map((page) => b.call('hw_efi_unaccepted', 0, page)),
      [0, 0, 0],
    );
  });
});

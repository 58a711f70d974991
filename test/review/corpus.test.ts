// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describeWithShared } from '../support/shared';
import { changed, normalKexec, review, verdictsOf } from './support';

const fixed = ['guest-kexec td-exit absent', 'guest-kexec-converting td-exit absent'];

/** Real mails with later versions of the patch of seed 000, by the eight digits in their file names. */
const versions: readonly (readonly [digits: string, title: string])[] = [
  ['d240e42f', 'v11'],
  ['50ec3bf2', 'v11.1'],
  ['0d93f83e', 'v12'],
  ['e396db53', 'as merged'],
];

describeWithShared('the patch that made memory private again on kexec, on its way into the kernel', (shared) => {
  const folder = path.join(shared, 'corpus/kernel/mails');
  const read = (digits: string): string => {
    const name = readdirSync(folder).find((file) => file.includes(digits));
    assert.ok(name, `a mail with ${digits} in its name`);
    return readFileSync(path.join(folder, name), 'utf8');
  };

  for (const [digits, title] of versions) {
    it(`${title}: fixed, alone and while a driver converts`, async () => {
      assert.deepEqual(verdictsOf(await review(read(digits), normalKexec)), fixed);
    });
  }

  it('as merged, without taking the lock: the race is back', async () => {
    const result = await review(changed(read('e396db53'), '+\tdown_write(&mem_enc_lock);\n', ''), normalKexec);
    assert.deepEqual(verdictsOf(result), ['guest-kexec td-exit absent', 'guest-kexec-converting td-exit unchanged']);
  });

  it('as merged, with a lock that is only tried: the race is back', async () => {
    const result = await review(
      changed(read('e396db53'), '+\tdown_write(&mem_enc_lock);\n', '+\tdown_write_trylock(&mem_enc_lock);\n'),
      normalKexec,
    );
    assert.deepEqual(verdictsOf(result), ['guest-kexec td-exit absent', 'guest-kexec-converting td-exit unchanged']);
  });

  it('as merged, walking before the others are stopped is not what it does', async () => {
    const result = await review(changed(read('e396db53'), '= tdx_kexec_finish;', '= tdx_kexec_begin;'), normalKexec);
    assert.ok(!verdictsOf(result).includes('guest-kexec td-exit absent'));
  });
});

describeWithShared('the patch that does the same for SNP guests', (shared) => {
  it('as merged, leaves the page below the GHCB shared', async () => {
    const folder = path.join(shared, 'corpus/kernel/mails');
    const name = readdirSync(folder).find((file) => file.includes('2d7c2f84'));
    assert.ok(name);
    const text = readFileSync(path.join(folder, name), 'utf8');
    const snp = ['snp-kexec', 'snp-crash-kexec-io'];
    assert.deepEqual(verdictsOf(await review(text, snp)), ['snp-kexec vc-unvalidated unchanged']);
    const fixed = changed(text, 'ghcb <= addr + size', 'ghcb < addr + size');
    assert.deepEqual(verdictsOf(await review(fixed, snp)), ['snp-kexec vc-unvalidated absent']);
  });
});

describeWithShared('a mail of another kernel version', (shared) => {
  it('that has a structure with other fields takes none from the models', async () => {
    const folder = path.join(shared, 'corpus/kernel/mails');
    const name = readdirSync(folder).find((file) => file.includes('34ca87b5'));
    assert.ok(name);
    const result = await review(readFileSync(path.join(folder, name), 'utf8'));
    assert.deepEqual(verdictsOf(result), []);
  });
});

// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describeWithShared } from '../support/shared';
import { changed, review, verdictsOf } from './support';

describeWithShared('real patches of TDX hosts', (shared) => {
  /** A file of the corpus by a part of its name. */
  const read = (folder: string, part: string): string => {
    const directory = path.join(shared, 'corpus/kernel', folder);
    const name = readdirSync(directory).find((file) => file.includes(part));
    assert.ok(name, `a file with ${part} in its name`);
    return readFileSync(path.join(directory, name), 'utf8');
  };
  const ofHosts = (verdicts: readonly string[]): string[] => verdicts.filter((v) => v.startsWith('host-'));

  const flushes = 'tdx-linux_0029';
  it('v14, WBINVD on kexec: no stale lines any more; the erratum is for a later patch', async () => {
    assert.deepEqual(ofHosts(verdictsOf(await review(read('format-patch', flushes)))), [
      'host-kexec-erratum machine-check unchanged',
      'host-kexec-erratum memory-corruption absent',
      'host-kexec-no-erratum memory-corruption absent',
      'host-kexec-poisoned machine-check unchanged',
      'host-kexec-poisoned memory-corruption absent',
      'host-kexec-erratum-guests machine-check unchanged',
      'host-kexec-erratum-guests memory-corruption absent',
      'host-kexec-during-init machine-check unchanged',
      'host-kexec-during-init memory-corruption absent',
    ]);
  });

  const inits = ['host-tdx-init-error', 'tdx-init-lock', 'tdx-init-leftover'];
  it('v14, TDMRs are kept, and each error has a way of its own: nothing changes', async () => {
    for (const part of ['tdx-linux_0030', 'tdx-linux_0031']) {
      const result = await review(read('format-patch', part), inits);
      assert.deepEqual([verdictsOf(result), result.undecided], [[], []], part);
      assert.deepEqual(
        result.runs.map((r) => r.scenario),
        inits,
      );
    }
  });

  it('the same with an error that takes a shorter way, or does not come to the lock', async () => {
    const text = read('format-patch', 'tdx-linux_0031');
    const shorter = changed(
      text,
      '+\t\tgoto err_reset_pamts;\n+\n+\tpr_info',
      '+\t\tgoto err_free_pamts;\n+\n+\tpr_info',
    );
    assert.deepEqual(verdictsOf(await review(shorter, inits)), [
      'host-tdx-init-error machine-check new',
      'host-tdx-init-error memory-corruption new',
    ]);
    const locked = changed(text, '+\tgoto out_put_tdxmem;\n', '+\treturn ret;\n');
    assert.deepEqual(verdictsOf(await review(locked, inits)), [
      'tdx-init-lock lock-imbalance new',
      'tdx-init-leftover hang new',
    ]);
  });

  const marks = '983a5425';
  it('10df8607bf1a, caches are marked at each SEAMCALL: written back on kexec from here on', async () => {
    assert.deepEqual(ofHosts(verdictsOf(await review(read('mails', marks)))), [
      'host-kexec-no-erratum memory-corruption absent',
    ]);
  });

  it('the same with the mark behind the SEAMCALL: a CPU may be stopped in between', async () => {
    const text = read('mails', marks);
    const late = changed(
      changed(text, '+\tthis_cpu_write(cache_state_incoherent, true);\n+\n', '+\tu64 ret =3D func(fn, args);\n+\n'),
      '+\treturn func(fn, args);\n',
      '+\tthis_cpu_write(cache_state_incoherent, true);\n+\treturn ret;\n',
    );
    assert.deepEqual(verdictsOf(await review(late, ['host-kexec-no-erratum'])), [
      'host-kexec-no-erratum memory-corruption unchanged',
    ]);
  });

  it('a27b008a5d7e, functions get other names: nothing to say', async () => {
    assert.deepEqual(ofHosts(verdictsOf(await review(read('mails', 'a66f8aab')))), []);
  });
});

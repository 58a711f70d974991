// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describeWithShared, root } from '../support/shared';
import { changed, findingsOf, quiet, review, theReviewer, verdictsOf } from './support';

const fixed = 'guest-kexec-unaccepted td-exit absent';
const remains = 'guest-kexec-unaccepted td-exit unchanged';

describe('stories of unaccepted memory, on the models alone', () => {
  for (const [id, outcomes] of [
    ['guest-kexec-unaccepted', ['td-exit']],
    ['guest-crash-unaccepted', []],
    ['accept-race', []],
    ['accept-interrupt', []],
    ['accept-interrupt-snp', []],
    ['accept-unaligned', ['td-exit']],
  ] as const) {
    it(`${id}: ${outcomes.join() || 'nothing'}, and all that must sometimes happen does`, async () => {
      const run = await (await theReviewer()).simulate(id, quiet);
      assert.deepEqual(run.outcomes.before, outcomes);
      assert.deepEqual(run.vacuous, []);
      assert.equal(run.bounds.exhausted, true);
      assert.ok(run.bounds.states < 15_000, `${run.bounds.states} states`);
    });
  }

  it('a guest that accepts all at boot, and memory of the page allocator, are safe', async () => {
    const text = readFileSync(path.join(root, 'src/scenarios/guestKexecUnaccepted.c'), 'utf8');
    const reviewer = await theReviewer();
    for (const [name, from, to] of [
      ['eager', 'lazy_accept = choose(2);', 'lazy_accept = false;'],
      ['allocated', 'segment.mem = choose(2) ? PFN_PHYS(2) : PFN_PHYS(3);', 'segment.mem = PFN_PHYS(0);'],
      ['accepted by the firmware', '.unaccepted = { 2, 6 },', '.unaccepted = { },'],
    ] as const) {
      // Segments where user space puts them.
      const changes = changed(
        changed(text, 'if (choose(2)) {\n\t\t/* kexec_file', 'if (false) {\n\t\t/* kexec_file'),
        from,
        to,
      );
      const own = changed(
        name === 'allocated' ? changed(changes, '3 * PAGE_SIZE', '2 * PAGE_SIZE') : changes,
        'guest-kexec-unaccepted',
        'own',
      );
      reviewer.useFiles([{ kind: 'scenario', name: 'own.c', text: own }]);
      try {
        const run = await reviewer.simulate('own', quiet);
        assert.deepEqual([run.outcomes.before, run.vacuous], [[], []], name);
      } finally {
        reviewer.useFiles([]);
      }
    }
  });
});

describe('the sample kexec-segments.eml', () => {
  const sample = readFileSync(path.join(root, 'media/samples/kexec-segments.eml'), 'utf8');

  it('is the fix, decided where each segment is accepted', async () => {
    const result = await review(sample);
    assert.deepEqual(findingsOf(result), [`${fixed} @41`]);
    assert.equal(result.findings[0]?.confidence, 'woven');
    assert.match(
      result.findings[0]?.message ?? '',
      /CPU 0 touches page \d, which was never accepted; with SEPT_VE_DISABLE a private access to it is an unrecoverable TD exit/,
    );
  });

  for (const [name, from, to] of [
    ['the size of what is copied, not of where it goes', 'segment[i].memsz', 'segment[i].bufsz'],
    ['the last segment is left out', 'i < image->nr_segments', 'i + 1 < image->nr_segments'],
    [
      'only for crash kernels',
      '+\tkimage_accept_segments(image);',
      '+\tif (image->type == KEXEC_TYPE_CRASH)\n+\t\tkimage_accept_segments(image);',
    ],
  ] as const) {
    it(`${name}: nothing is fixed`, async () => {
      const text = changed(sample, from, to).replace('+233,8 @@', to.includes('\n') ? '+233,9 @@' : '+233,8 @@');
      assert.deepEqual(verdictsOf(await review(text)), [remains]);
    });
  }
});

describeWithShared('real patches of unaccepted memory', (shared) => {
  const mails = path.join(shared, 'corpus/kernel/mails');
  const mail = (part: string): string => {
    const name = readdirSync(mails).find((n) => n.includes(part));
    assert.ok(name, part);
    return readFileSync(path.join(mails, name), 'utf8');
  };

  it('the unit behind a range (v14 6/9): what it removes, and that kexec is another thing', async () => {
    assert.deepEqual(verdictsOf(await review(mail('2023-06-06_efi_da73cba3'))), [
      remains,
      'accept-race td-exit absent',
      'accept-interrupt td-exit absent',
    ]);
  });

  it('v1 of the fix for soft lockups lets interrupts in, and one that needs the same memory waits for ever', async () => {
    const result = await review(mail('2023-10-14_efi_d6e0de55'));
    assert.deepEqual(verdictsOf(result), [
      remains,
      'accept-interrupt hang new',
      'accept-interrupt-snp hang new',
      'accept-unaligned td-exit unchanged',
    ]);
    assert.match(result.findings[1]?.message ?? '', /^CPU 0 at .* and interrupt on CPU 0 at .* goes round for ever/);
  });

  it('the same with the lock alone given up, as v2 has it, is fine', async () => {
    const text = mail('2023-10-14_efi_d6e0de55');
    const unlock = '+\t\tspin_unlock_irqrestore(&unaccepted_memory_lock, flags);\n+\n \t\tarch_accept_memory';
    const lock = '+\t\tspin_lock_irqsave(&unaccepted_memory_lock, flags);\n \t\tbitmap_clear';
    const second = changed(
      changed(text, unlock, unlock.replace('_irqrestore(&unaccepted_memory_lock, flags)', '(&unaccepted_memory_lock)')),
      lock,
      lock.replace('_irqsave(&unaccepted_memory_lock, flags)', '(&unaccepted_memory_lock)'),
    );
    assert.deepEqual(verdictsOf(await review(second)), [remains, 'accept-unaligned td-exit unchanged']);
  });

  it('the end that is rounded up to a page (2026)', async () => {
    const result = await review(mail('2026-02-17_efi_142b6d78'));
    assert.deepEqual(verdictsOf(result), ['accept-unaligned td-exit absent']);
  });

  for (const [part, what] of [
    ['2023-11-03_efi_adcddaef', 'ranges that only touch no longer wait'],
    ['2024-04-11_efi_da79de6c', 'the watchdog is told'],
  ] as const) {
    it(`${what}: nothing that can be seen`, async () => {
      const result = await review(mail(part));
      assert.deepEqual([result.findings, result.undecided], [[], []]);
    });
  }

  it('a field that becomes a pointer in a type shown in part: nothing is claimed', async () => {
    const result = await review(mail('2025-11-25_efi_511266a7'));
    assert.deepEqual(result.findings, []);
    assert.ok(result.undecided.includes('accept-race'));
    assert.ok(
      result.notices.some(
        (n) => n.place?.line === 174 && n.message.includes('what bitmap of struct efi_unaccepted_memory is'),
      ),
    );
  });
});

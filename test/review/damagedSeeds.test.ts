// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describeWithShared } from '../support/shared';
import { changed, review, seed001, theReviewer, verdictsOf } from './support';

describeWithShared('seed 001, damaged on its way', (shared) => {
  const text = readFileSync(path.join(shared, seed001), 'utf8');
  /** The two that say most of the hunk in machine_kexec(). */
  const scenarios = ['host-kexec-erratum', 'host-kexec-jump'];
  let verdicts: string[] = [];
  before(async () => {
    verdicts = verdictsOf(await review(text, scenarios));
    assert.deepEqual(verdicts, ['host-kexec-erratum machine-check absent', 'host-kexec-jump memory-corruption new']);
  });
  const cases: readonly (readonly [name: string, edit: (text: string) => string])[] = [
    ['white space lost', (t) => t.replace(/[ \t]+/g, ' ')],
    ['a line of context lost', (t) => changed(t, '> void *control_page;\n', '')],
    [
      'a line of context that the model does not have',
      (t) => changed(t, '> void *control_page;\n', '> void *control_page;\n> void *page_list[PAGES_NR];\n'),
    ],
    ['a line of context with another name', (t) => changed(t, '> save_processor_state();', '> save_cpu_state();')],
    [
      'a header that names the function before',
      (t) =>
        changed(
          t,
          '@@ void machine_kexec(struct kimage *image)',
          '@@ void machine_kexec_cleanup(struct kimage *image)',
        ),
    ],
  ];
  for (const [name, edit] of cases) {
    it(name, async () => {
      assert.deepEqual(verdictsOf(await review(edit(text), scenarios)), verdicts);
      const { before, after } = await (await theReviewer()).simulated(edit(text));
      assert.match(
        after,
        /int save_ftrace_enabled;\s*(\/\*[^/]*\*\/\s*)?tdx_reset_memory\(\);\s*#ifdef CONFIG_KEXEC_JUMP/,
      );
      assert.ok(!/^\s*tdx_reset_memory\(\);/m.test(before));
    });
  }

  it('with nothing around the call that the model has: refused, at the line, and nothing is claimed', async () => {
    const lost = changed(
      changed(text, '> void *control_page;\n> int save_ftrace_enabled;\n', '> something_else();\n'),
      '> #ifdef CONFIG_KEXEC_JUMP\n> if (image->preserve_context)\n> save_processor_state();\n',
      '> another_thing();\n',
    );
    const result = await review(lost);
    assert.deepEqual(verdictsOf(result), []);
    assert.ok(result.undecided.includes('host-kexec-erratum'));
    const notice = result.notices.find((n) => n.message.includes('machine_kexec() cannot be told'));
    assert.ok((notice?.place?.line ?? 0) > 0);
  });
});

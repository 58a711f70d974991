// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { review, theReviewer } from './support';

/** A patch of one file with the given hunks. */
const patch = (...hunks: readonly string[]): string =>
  `Subject: [PATCH] x\n\n---\ndiff --git a/k.c b/k.c\n--- a/k.c\n+++ b/k.c\n${hunks.join('\n')}\n-- \n2.0\n`;

const inMachineKexec = (section: string): string =>
  patch(
    `@@ -10,6 +10,7 @@${section}\n \tint save_ftrace_enabled;\n \n #ifdef CONFIG_KEXEC_JUMP\n+\tmark_it();\n \tif (image->preserve_context)\n \t\tsave_processor_state();\n #endif`,
  );

describe('the function that a hunk shows a part of', () => {
  const simulatedAfter = async (text: string): Promise<string> => (await (await theReviewer()).simulated(text)).after;

  it('is the one that the header names', async () => {
    assert.match(
      await simulatedAfter(inMachineKexec(' void machine_kexec(struct kimage *image)')),
      /JUMP\n\tmark_it\(\);/,
    );
  });

  it('is not placed by lines that stand in many functions', async () => {
    const text = patch('@@ -1,4 +1,5 @@\n \tint ret;\n \n+\tmark_it();\n \tif (ret)\n \t\treturn ret;');
    assert.ok(!(await simulatedAfter(text)).includes('mark_it'));
    assert.ok((await review(text)).notices.some((n) => n.message.includes('in the middle of a function')));
  });

  it('is found by its lines where the header names another, or none', async () => {
    for (const section of ['', ' out:', ' static void some_function_before(int x)']) {
      const text = patch(
        `@@ -10,7 +10,8 @@${section}\n \t/* All CPUs run and interrupts are on: here one may wait. */\n \tif (kexec_in_progress) {\n \t\tx86_platform.guest.enc_kexec_stop_conversion(false);\n \t\tx86_platform.guest.enc_kexec_begin(false);\n+\t\tmark_it();\n \t}\n \n \tclear_IO_APIC();`,
      );
      assert.match(await simulatedAfter(text), /kexec_begin\(false\);\n\t\tmark_it\(\);/, section);
    }
  });

  it('a struct shown in part is no function', async () => {
    const text = patch('@@ -1,4 +1,5 @@ struct x {\n \tint a;\n \tint b;\n+\tint c;\n };');
    const { notices } = await review(text);
    assert.ok(notices.some((n) => n.message.includes('a type of which it shows a part')));
    assert.ok(!notices.some((n) => n.message.includes('in the middle of a function')));
  });
});

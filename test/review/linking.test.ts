// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../support/shared';
import { changed, review, verdictsOf } from './support';

const sample = readFileSync(path.join(root, 'media/samples/guest-kexec.eml'), 'utf8');
const race = ['guest-kexec td-exit absent', 'guest-kexec-converting td-exit unchanged'];
const noRace = ['guest-kexec td-exit absent', 'guest-kexec-converting td-exit absent'];

/** The sample with places changed, one after another. */
const edited = (...edits: readonly (readonly [from: string | RegExp, to: string])[]): string =>
  edits.reduce((text, [from, to]) => changed(text, from, to), sample);

interface Case {
  readonly name: string;
  readonly text: string;
  readonly verdicts: readonly string[];
  readonly assumptions?: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: 'a static key that is turned off: every CPU has the new branch when that is done',
    text: edited(
      ['+static bool may_convert = true;', '+static DEFINE_STATIC_KEY_TRUE(may_convert);'],
      ['+\tif (!may_convert) {', '+\tif (!static_branch_likely(&may_convert)) {'],
      ['+\tmay_convert = false;', '+\tstatic_branch_disable(&may_convert);'],
    ),
    verdicts: noRace,
  },
  {
    name: 'a static key that is turned on',
    text: edited(
      ['+static bool may_convert = true;', '+DEFINE_STATIC_KEY_FALSE(may_not_convert);'],
      ['+\tif (!may_convert) {', '+\tif (static_branch_unlikely(&may_not_convert)) {'],
      ['+\tmay_convert = false;', '+\tstatic_branch_enable(&may_not_convert);'],
    ),
    verdicts: noRace,
  },
  {
    name: 'a static key that is read the wrong way round: nothing is ever converted, so nothing is said to be fixed',
    text: edited(
      ['+static bool may_convert = true;', '+static DEFINE_STATIC_KEY_TRUE(may_convert);'],
      ['+\tif (!may_convert) {', '+\tif (static_branch_likely(&may_convert)) {'],
      ['+\tmay_convert = false;', '+\tstatic_branch_disable(&may_convert);'],
    ),
    verdicts: [],
  },
  {
    name: 'a macro that another hunk of the patch defines',
    text: edited(
      [
        '+static bool may_convert = true;',
        '+static bool may_convert = true;\n+#define no_more_conversions() do { may_convert = false; } while (0)',
      ],
      ['+\tmay_convert = false;', '+\tno_more_conversions();'],
      ['@@ -40,6 +40,10 @@', '@@ -40,6 +40,11 @@'],
    ),
    verdicts: race,
  },
  {
    name: 'a callee that nobody defines: assumed to change nothing, and said',
    text: edited(['+\tbarrier();', '+\tflush_everything();']),
    verdicts: race,
    assumptions: ['flush_everything() is not modelled: it changes nothing that is modelled'],
  },
  {
    name: 'callbacks in an initialiser that another structure is copied from',
    text: edited(
      [
        '+static bool may_convert = true;',
        '+static void tdx_kexec_stop_conversion(bool crash);\n+static void tdx_kexec_unshare_mem(void);\n+struct kexec_callbacks { void (*stop)(bool crash); void (*unshare)(void); };\n+static const struct kexec_callbacks tdx_callbacks = {\n+\t.stop = tdx_kexec_stop_conversion,\n+\t.unshare = tdx_kexec_unshare_mem,\n+};\n+static bool may_convert = true;',
      ],
      ['= tdx_kexec_stop_conversion;', '= tdx_callbacks.stop;'],
      ['= tdx_kexec_unshare_mem;', '= tdx_callbacks.unshare;'],
      ['@@ -40,6 +40,10 @@', '@@ -40,6 +40,17 @@'],
    ),
    verdicts: race,
  },
];

describe('what a patch brings is linked', () => {
  for (const { name, text, verdicts, assumptions } of cases) {
    it(name, async () => {
      const result = await review(text);
      assert.deepEqual(verdictsOf(result), verdicts);
      assert.deepEqual(result.findings[0]?.assumptions ?? [], assumptions ?? []);
    });
  }
});

// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../support/shared';
import { changed, normalKexec, review, verdictsOf } from './support';

const sample = readFileSync(path.join(root, 'media/samples/guest-kexec.eml'), 'utf8');
const race = ['guest-kexec td-exit absent', 'guest-kexec-converting td-exit unchanged'];
const noRace = ['guest-kexec td-exit absent', 'guest-kexec-converting td-exit absent'];

/** The sample with places changed, one after another. */
const edited = (...edits: readonly (readonly [from: string | RegExp, to: string])[]): string =>
  edits.reduce((text, [from, to]) => changed(text, from, to), sample);

/** The sample with lines in front of its first variable, and other ways to set the two callbacks of kexec. */
const registered = (lines: readonly string[], setStop: string, setUnshare: string): string =>
  edited(
    [
      '+static bool may_convert = true;',
      [
        'static void tdx_kexec_stop_conversion(bool crash);',
        'static void tdx_kexec_unshare_mem(void);',
        ...lines,
        'static bool may_convert = true;',
      ]
        .map((line) => `+${line}`)
        .join('\n'),
    ],
    [/x86_platform\.guest\.enc_kexec_stop_conversion = tdx_kexec_stop_conversion;/, setStop],
    [/x86_platform\.guest\.enc_kexec_unshare_mem {5}= tdx_kexec_unshare_mem;/, setUnshare],
    ['@@ -40,6 +40,10 @@', `@@ -40,6 +40,${12 + lines.length} @@`],
  );
const stopIs = (value: string): string => `x86_platform.guest.enc_kexec_stop_conversion = ${value};`;
const unshareIs = (value: string): string => `x86_platform.guest.enc_kexec_unshare_mem = ${value};`;
const pair = 'struct kexec_hooks { const char *name; void (*stop)(bool crash); void (*unshare)(void); };';

interface Case {
  readonly name: string;
  readonly text: string;
  readonly verdicts: readonly string[];
  readonly assumptions?: readonly string[];
}

/** The sample with lines in its first new function, before it does anything. */
const stopping = (...lines: readonly string[]): string =>
  edited(
    [
      '+\tunsigned long timeout = 10',
      [...lines.map((line) => `+\t${line}\n`), '+\tunsigned long timeout = 10'].join(''),
    ],
    ['+835,52 @@', `+835,${52 + lines.length} @@`],
  );

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
    text: registered(
      [
        pair,
        'static const struct kexec_hooks hooks = { .stop = tdx_kexec_stop_conversion, .unshare = tdx_kexec_unshare_mem };',
      ],
      stopIs('hooks.stop'),
      unshareIs('hooks.unshare'),
    ),
    verdicts: race,
  },
  {
    name: 'callbacks in an array of structures',
    text: registered(
      [
        pair,
        'static const struct kexec_hooks hooks[] = {',
        '\t{ "none" },',
        '\t{ "tdx", tdx_kexec_stop_conversion, &tdx_kexec_unshare_mem },',
        '};',
      ],
      'for (int i = 0; i < ARRAY_SIZE(hooks); i++) if (hooks[i].stop) x86_platform.guest.enc_kexec_stop_conversion = hooks[i].stop;',
      unshareIs('hooks[ARRAY_SIZE(hooks) - 1].unshare'),
    ),
    verdicts: race,
  },
  {
    name: 'callbacks in an array of pointers to functions, by index',
    text: registered(
      ['enum { NONE, TDX };', 'static void (*const stops[])(bool crash) = { [TDX] = tdx_kexec_stop_conversion };'],
      stopIs('stops[TDX]'),
      unshareIs('tdx_kexec_unshare_mem'),
    ),
    verdicts: race,
  },
  {
    name: 'callbacks behind a pointer to operations',
    text: registered(
      [
        pair,
        'static const struct kexec_hooks hooks = { .stop = tdx_kexec_stop_conversion, .unshare = tdx_kexec_unshare_mem };',
        'struct kexec_device { int id; const struct kexec_hooks *ops; };',
        'static struct kexec_device device = { .id = 1, .ops = &hooks };',
        'static void device_stop(bool crash) { device.ops->stop(crash); }',
        'static void device_unshare(void) { if (device.ops && device.ops->unshare) device.ops->unshare(); }',
      ],
      stopIs('device_stop'),
      unshareIs('device_unshare'),
    ),
    verdicts: race,
  },
  {
    name: 'callbacks that are given to a function',
    text: registered(
      [
        'static void register_hooks(void (*stop)(bool crash), void (*unshare)(void))',
        '{',
        `\t${stopIs('stop')}`,
        `\t${unshareIs('unshare')}`,
        '}',
      ],
      'register_hooks(tdx_kexec_stop_conversion, tdx_kexec_unshare_mem);',
      '',
    ),
    verdicts: race,
  },
  {
    name: 'callbacks in a notifier block',
    text: registered(
      [
        'static BLOCKING_NOTIFIER_HEAD(kexec_chain);',
        'static int tdx_kexec_event(struct notifier_block *nb, unsigned long action, void *data)',
        '{',
        '\tif (action == 1)',
        '\t\ttdx_kexec_stop_conversion(data != NULL);',
        '\telse',
        '\t\ttdx_kexec_unshare_mem();',
        '\treturn NOTIFY_OK;',
        '}',
        'static struct notifier_block tdx_kexec_nb = { .notifier_call = tdx_kexec_event };',
        'static void tell_stop(bool crash) { blocking_notifier_call_chain(&kexec_chain, 1, NULL); }',
        'static void tell_unshare(void) { blocking_notifier_call_chain(&kexec_chain, 2, NULL); }',
      ],
      `blocking_notifier_chain_register(&kexec_chain, &tdx_kexec_nb); ${stopIs('tell_stop')}`,
      unshareIs('tell_unshare'),
    ),
    verdicts: race,
  },
  {
    name: 'a notifier block that nobody registers: nothing runs',
    text: registered(
      [
        'static BLOCKING_NOTIFIER_HEAD(kexec_chain);',
        'static void tell_stop(bool crash) { blocking_notifier_call_chain(&kexec_chain, 1, NULL); }',
        'static void tell_unshare(void) { blocking_notifier_call_chain(&kexec_chain, 2, NULL); }',
      ],
      stopIs('tell_stop'),
      unshareIs('tell_unshare'),
    ),
    verdicts: ['guest-kexec td-exit unchanged', 'guest-kexec-converting td-exit unchanged'],
    assumptions: [
      'models/companions/tdxKexecConversion.c stands for what the mail does not show: conversion_allowed, conversions_in_progress, nr_shared, tdx_enc_status_change_prepare(), tdx_enc_status_change_finish(), tdx_check_accounting(), tdx_early_init()',
    ],
  },
];

describe('what a patch brings is linked', () => {
  for (const { name, text, verdicts, assumptions } of cases) {
    it(name, async () => {
      const result = await review(text, normalKexec);
      assert.deepEqual(verdictsOf(result), verdicts);
      assert.deepEqual(result.findings[0]?.assumptions ?? [], assumptions ?? []);
    });
  }
});

describe('a pointer of which nobody knows where it points', () => {
  const hook = 'struct hook { int off; struct hook *next; } *hook = find_hook();';
  const accesses: readonly (readonly [name: string, ...lines: readonly string[]])[] = [
    ['that is written through', hook, 'hook->off = 1;'],
    ['that is read through', hook, 'if (hook->off)', '\treturn;'],
    ['from one that is', hook, 'hook->next->off = 1;'],
    [
      'that was put into a variable',
      hook,
      'struct hook own = { 0, hook };',
      'struct hook *at = &own;',
      'at->next->off = 1;',
    ],
    ['that is a number', 'unsigned long where = find_hook();', '*(int *)(where + 8) = 1;'],
  ];
  for (const [name, ...lines] of accesses) {
    it(`${name} is no fault`, async () => {
      const { findings, notices } = await review(stopping(...lines));
      assert.deepEqual(
        findings.filter((f) => f.ruleId === 'page-fault').map((f) => f.message),
        [],
      );
      assert.ok(
        notices.some((n) => /whether page-fault happens rests on .*find_hook\(\) is not modelled/.test(n.message)),
      );
    });
  }

  for (const call of [
    '(*defined_nowhere)(1);',
    'void (*own)(int) = &defined_nowhere;\n\town(1);',
    'void (*own)(int) = (void *)defined_nowhere;\n\town(1);',
  ]) {
    it(`a call through a name that nobody defines is no fault: ${call.replace(/\s+/g, ' ')}`, async () => {
      const { findings, notices } = await review(stopping(...call.split('\n\t')), ['guest-kexec']);
      assert.deepEqual(
        findings.filter((f) => f.ruleId === 'page-fault').map((f) => f.message),
        [],
      );
      assert.ok(
        notices.some((n) =>
          /whether page-fault happens rests on .*defined_nowhere”? is (defined nowhere|not modelled)/.test(n.message),
        ),
        notices.map((n) => n.message).join('\n'),
      );
    });
  }

  it('takes nothing from a null pointer beside it', async () => {
    const lines = ['struct hook { int off; } *none = NULL;', 'if (find_hook())', '\tudelay(1);', 'none->off = 1;'];
    const found = verdictsOf(await review(stopping(...lines)));
    assert.ok(found.includes('guest-kexec page-fault new'), found.join());
  });
});

describe('a hunk of comments', () => {
  const end = sample.lastIndexOf('\n-- \n') + 1;
  const hunk = (...lines: readonly string[]): string => {
    const count = (mark: string): number => lines.filter((l) => l.startsWith(' ') || l.startsWith(mark)).length;
    return `${sample.slice(0, end)}--- a/kernel/kexec_core.c
+++ b/kernel/kexec_core.c
@@ -90,${count('-')} +90,${count('+')} @@ int kernel_kexec(void)
${lines.join('\n')}
${sample.slice(end)}`;
  };
  const about = async (text: string): Promise<string[]> =>
    (await review(text, ['guest-kexec'])).notices.map((n) => n.message).filter((m) => m.includes('kernel_kexec()'));

  it('that begins in the middle of one changes nothing of the function that it is said to be in', async () => {
    // Nothing in it tells where the comment ends.
    const lines = [
      '  *',
      '- * starts what was loaded',
      '+ * starts the image, and',
      '+ * what it needs',
      '  * (see below)',
    ];
    assert.deepEqual(await about(hunk(...lines)), []);
  });

  it('is one of code where it is none', async () => {
    const lines = [' \twhat_is = 1;', '-\t*where = 1;', '+\t*where = 2;', ' \twhat_else = 3;', ' \tthen();'];
    assert.equal((await about(hunk(...lines))).length > 0, true);
  });
});

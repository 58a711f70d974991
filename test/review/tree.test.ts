// SPDX-License-Identifier: MIT
/** Reviews with a kernel tree: what a patch changes and what it calls come from the files of the tree. */

import assert from 'node:assert/strict';
import { deepestInTree } from '../../src/c/lowerCall';
import { createReviewer } from '../../src/review/reviewer';
import { toSarif } from '../../src/review/sarif';
import { toText } from '../../src/review/text';
import type { Review, Reviewer } from '../../src/review/types';
import { bareCall, filesOf, smallTree, type TreeEdit, treeWith } from '../support/smallTree';
import { findingsOf, quiet, wasm } from './support';

const jump = 'arch/x86/kernel/machine_kexec_64.c';
const prepare = 'arch/x86/kernel/tdx_kexec.c';
const reset = 'arch/x86/virt/vmx/tdx/reset.c';
const fixes = ['host-kexec-erratum machine-check absent @4'];
const remains = ['host-kexec-erratum machine-check unchanged @4'];

describe('a review with a kernel tree', function () {
  this.timeout(60_000);
  const trees = new Map<string, Readonly<Record<string, string>>>();
  let reviewer: Reviewer;
  before(async () => {
    reviewer = await createReviewer(wasm(), (name) => filesOf(trees.get(name) ?? {}));
  });

  /** Reviews with the tree in which some places are changed. */
  async function reviewed(patch: string, ...edits: readonly TreeEdit[]): Promise<Review> {
    const name = `tree ${trees.size}`;
    trees.set(name, treeWith(...edits));
    return reviewer.review(
      patch,
      { scenarios: ['host-kexec-erratum'], budgetMs: 60_000, whatIfs: false, tree: name },
      quiet,
    );
  }
  const messages = (review: Review): string => review.notices.map((n) => n.message).join('\n');

  it('decides what alone says nothing', async () => {
    const alone = await reviewer.review(bareCall, { scenarios: [], budgetMs: 60_000, whatIfs: false }, quiet);
    assert.deepEqual([alone.applied, findingsOf(alone)], [false, []]);
    const review = await reviewed(bareCall);
    assert.deepEqual(findingsOf(review), fixes);
    assert.equal(review.findings[0]?.confidence, 'tree');
    assert.deepEqual(review.undecided, []);
  });

  const edits: readonly (readonly [name: string, edit: TreeEdit, expected: readonly string[]])[] = [
    ['a static function of the file', [reset, 'return true', 'return false'], remains],
    ['a macro of a header', ['include/linux/kexec.h', '->preserve_context != 0', '->preserve_context == 0'], remains],
    ['a constant of a header', ['include/linux/tdx_kexec.h', 'TDX_KEXEC_OFF,', 'TDX_KEXEC_OFF = 1,'], fixes],
    ['a constant that is compared', [reset, '.mode = TDX_KEXEC_ON', '.mode = TDX_KEXEC_OFF'], remains],
    ['a pointer to a function', [reset, '.reset = reset_regions,', ''], ['host-kexec-erratum page-fault new @4']],
    ['a function that the patch does not show', [prepare, 'if (helper(image))', 'if (!helper(image))'], remains],
  ];
  for (const [name, edit, expected] of edits) {
    it(`one line of the tree: ${name}`, async () => {
      const review = await reviewed(bareCall, edit);
      assert.deepEqual(findingsOf(review), expected);
    });
  }

  it('a macro that the patch changes changes the functions that use it', async () => {
    const edit = [jump, 'note_call();\n\n', 'if (RESET_FIRST)\n\t\ttdx_prepare_kexec(image);\n\n'] as const;
    const patch = `--- a/${jump}
+++ b/${jump}
@@ -3,3 +3,3 @@
 
-#define RESET_FIRST 0
+#define RESET_FIRST 1
 static int machine_kexec_calls;
`;
    const review = await reviewed(patch, edit, [jump, 'static int', '#define RESET_FIRST 0\nstatic int']);
    assert.deepEqual(findingsOf(review), ['host-kexec-erratum machine-check absent @6']);
    assert.equal(review.findings[0]?.confidence, 'tree');
  });

  it('a patch that is in already is taken back', async () => {
    const text = smallTree[jump] ?? '';
    const review = await reviewed(bareCall, [
      jump,
      text,
      text.replace('{\n\tnote_call', '{\n\ttdx_prepare_kexec(image);\n\n\tnote_call'),
    ]);
    assert.deepEqual(findingsOf(review), fixes);
    assert.match(messages(review), /has this patch of arch\/x86\/kernel\/machine_kexec_64\.c already/);
  });

  it('a hunk that does not fit is named, and the models are used', async () => {
    const patch = bareCall.replace(
      '@@ -15,0 +16,2 @@ static void note_call(void)',
      '@@ -15,1 +15,2 @@\n-\tno_such_line();',
    );
    const review = await reviewed(patch);
    assert.deepEqual(findingsOf(review), []);
    const notice = review.notices.find((n) => n.message.includes('does not fit the kernel tree'));
    assert.equal(notice?.place?.line, 3);
    assert.match(
      notice?.message ?? '',
      /arch\/x86\/kernel\/machine_kexec_64\.c does not fit .* this hunk does not fit/,
    );
  });

  it('each patch of a series stands on the one before it', async () => {
    const second = bareCall.replace(
      '@@ -15,0 +16,2 @@ static void note_call(void)\n+\ttdx_prepare_kexec(image);\n+\n',
      '',
    );
    const series = [
      `From 1111111111111111111111111111111111111111 Mon Sep 17 00:00:00 2001\nFrom: A <a@example.org>\nSubject: [PATCH 1/2] one\n\none\n---\n${bareCall}`,
      `From 2222222222222222222222222222222222222222 Mon Sep 17 00:00:00 2001\nFrom: A <a@example.org>\nSubject: [PATCH 2/2] two\n\ntwo\n---\n${second}@@ -14,5 +14,4 @@ static void note_call(void)\n void machine_kexec(struct kimage *image)\n {\n-\ttdx_prepare_kexec(image);\n \n \tnote_call();\n`,
    ].join('\n');
    const review = await reviewed(series);
    assert.deepEqual(
      review.findings.map((f) => `${f.ruleId} ${f.baselineState}`),
      ['machine-check absent', 'machine-check new'],
    );
    assert.ok(!messages(review).includes('does not fit'), messages(review));
  });

  it('a series that is in already is taken back, the last patch first', async () => {
    const mail = (part: number, patch: string): string =>
      `From 1111111111111111111111111111111111111111 Mon Sep 17 00:00:00 2001\nFrom: A <a@example.org>\nSubject: [PATCH ${part}/2] one\n\none\n---\n${patch}`;
    const second = `--- a/${jump}
+++ b/${jump}
@@ -14,5 +14,6 @@ static void note_call(void)
 void machine_kexec(struct kimage *image)
 {
 \ttdx_prepare_kexec(image);
+\tnote_call();
 
 \tnote_call();
`;
    const series = `${mail(1, bareCall)}\n${mail(2, second)}`;
    const forward = await reviewed(series);
    const isIn: TreeEdit = [jump, '{\n\tnote_call', '{\n\ttdx_prepare_kexec(image);\n\tnote_call();\n\n\tnote_call'];
    const back = await reviewed(series, isIn);
    assert.deepEqual(findingsOf(forward), [
      `host-kexec-erratum machine-check absent @${series.split('\n').indexOf('+\ttdx_prepare_kexec(image);') + 1}`,
    ]);
    assert.deepEqual(findingsOf(back), findingsOf(forward));
    assert.equal(back.notices.filter(({ message }) => message.includes('has this patch of')).length, 2);
    assert.ok(!messages(back).includes('does not fit'), messages(back));
  });

  it('says nothing of a variable that other code sets', async () => {
    const review = await reviewed(
      bareCall,
      [
        prepare,
        'static bool helper',
        'static bool wanted;\n\nstatic int __init parse(char *s)\n{\n\twanted = true;\n\treturn 0;\n}\n\nstatic bool helper',
      ],
      [prepare, 'if (helper(image))', 'if (wanted)'],
    );
    assert.deepEqual(findingsOf(review), []);
    assert.deepEqual(review.undecided, ['host-kexec-erratum']);
    assert.match(messages(review), /whether machine-check happens rests on .*“wanted” is set by code that is not run/);
  });

  it('takes the initial value of a variable that nobody sets', async () => {
    for (const [value, expected] of [
      ['true', fixes],
      ['false', remains],
    ] as const) {
      const review = await reviewed(
        bareCall,
        [prepare, 'static bool helper', `static bool wanted = ${value};\n\nstatic bool helper`],
        [prepare, 'if (helper(image))', 'if (wanted)'],
      );
      assert.deepEqual(findingsOf(review), expected);
    }
  });

  it('claims no fault of a pointer that other code sets', async () => {
    const review = await reviewed(
      bareCall,
      [
        prepare,
        'static bool helper',
        'static struct kimage *kept;\n\nvoid keep(struct kimage *image)\n{\n\tkept = image;\n}\n\nstatic bool helper',
      ],
      [prepare, 'if (helper(image))', 'if (kept->start)'],
    );
    assert.deepEqual(findingsOf(review), []);
    assert.deepEqual(review.undecided, ['host-kexec-erratum']);
    assert.match(
      messages(review),
      /after the patch what is not modelled runs at arch\/x86\/kernel\/tdx_kexec\.c:\d+: “if \(kept->start\)”/,
    );
  });

  it('claims no fault of a number that may be an address', async () => {
    const review = await reviewed(bareCall, [prepare, 'if (helper(image))', 'if (*(int *)some_asm(image))']);
    assert.deepEqual([findingsOf(review), review.undecided], [[], ['host-kexec-erratum']]);
    assert.match(messages(review), /whether page-fault happens rests on .*some_asm\(\) is not modelled/);
  });

  it('reads a field that the models do not have as any value', async () => {
    const flag = await reviewed(bareCall, [prepare, 'if (helper(image))', 'if (image->head)']);
    assert.deepEqual(findingsOf(flag), []);
    assert.match(messages(flag), /rests on .*“image->head” is set by code that is not run/);
    const pointer = await reviewed(bareCall, [prepare, 'if (helper(image))', 'if (*(int *)image->swap_page)']);
    assert.deepEqual([findingsOf(pointer), pointer.undecided], [[], ['host-kexec-erratum']]);
  });

  it('takes a call through a pointer that other code sets as one of a function that nobody defines', async () => {
    const review = await reviewed(
      bareCall,
      ['include/linux/kexec.h', '\tstruct page *swap_page;', '\tvoid (*notify)(int how);'],
      [prepare, 'if (helper(image))', 'image->notify(1);\n\tif (helper(image))'],
    );
    assert.deepEqual(findingsOf(review), fixes);
    assert.ok(
      review.findings[0]?.assumptions.includes(
        'image->notify() is set by code that is not run: what it calls changes nothing that is modelled',
      ),
    );
  });

  it('shows no memory of a variable that other code sets', async () => {
    const review = await reviewed(
      bareCall,
      [prepare, 'static bool helper', 'static int kept;\n\nvoid keep(void)\n{\n\tkept = 1;\n}\n\nstatic bool helper'],
      [prepare, 'if (helper(image))', 'kept = 2;\n\tif (helper(image))'],
    );
    assert.deepEqual(findingsOf(review), fixes);
    assert.ok(!JSON.stringify(review.findings[0]?.replay).includes('"kept"'));
  });

  it('follows calls to a stated depth and lists where it stops', async () => {
    const chain = (length: number): string =>
      Array.from(
        { length },
        (_, i) =>
          `static void step${i}(void)\n{\n\t${i === 0 ? 'tdmrs_reset_pamt_all(&tdx_tdmr_list)' : `step${i - 1}()`};\n}\n`,
      ).join('\n');
    // tdx_prepare_kexec() itself is one of them.
    for (const [length, expected] of [
      [deepestInTree - 1, fixes],
      [deepestInTree, remains],
    ] as const) {
      const review = await reviewed(
        bareCall,
        [prepare, 'static bool helper', `${chain(length)}\nstatic bool helper`],
        [prepare, 'tdx_reset_all(TDX_KEXEC_ON)', `step${length - 1}()`],
      );
      assert.deepEqual(findingsOf(review), expected);
      const cut = review.findings[0]?.assumptions.filter((a) => a.includes('is not followed')) ?? [];
      assert.equal(cut.length, expected === fixes ? 0 : 1);
    }
  });

  it('is not decided where two files mean different things by one name', async () => {
    const review = await reviewed(
      bareCall,
      [prepare, 'static bool helper', 'struct step {\n\tint done;\n};\n\nstatic bool helper'],
      [prepare, 'if (helper(image))', 'struct step s = { 1 };\n\n\tif (s.done)'],
      [reset, '/* Not the', 'struct step {\n\tlong long done;\n};\n\n/* Not the'],
    );
    assert.deepEqual([findingsOf(review), review.undecided], [[], ['host-kexec-erratum']]);
    assert.match(messages(review), /struct step is defined in .*tdx_kexec\.c and in .*reset\.c, each time differently/);
  });

  it('names files of the tree in the trace, in SARIF and in what was simulated', async () => {
    const review = await reviewed(bareCall, [jump, 'local_irq_disable();', 'local_irq_disable();\n\tnote_call();']);
    const text = toText('p', bareCall.split('\n'), review, false);
    assert.match(text, /machine_kexec_calls\+\+; {2}\(arch\/x86\/kernel\/machine_kexec_64\.c:8\)/);
    const sarif = JSON.stringify(toSarif([{ uri: 'p', review }], '0'));
    assert.match(sarif, /"artifactLocation":\{"uri":"arch\/x86\/kernel\/machine_kexec_64\.c"\}/);
    trees.set('shown', smallTree);
    const { before: old, after } = await reviewer.simulated(bareCall, 'shown');
    assert.match(
      after,
      /^\/\* arch\/x86\/kernel\/machine_kexec_64\.c of the kernel tree, after the patch \*\/\nvoid machine_kexec\(struct kimage \*image\)\n\{\n\ttdx_prepare_kexec\(image\);\n/,
    );
    assert.ok(old.includes('note_call();') && !old.includes('tdx_prepare_kexec'));
  });

  it('says of a function that nobody defines where it was not looked for, until all of the tree is indexed', async () => {
    const name = 'missing';
    trees.set(name, treeWith([prepare, 'if (helper(image))', 'if (some_asm(image) >= -22 && helper(image))']));
    const said = async (): Promise<string[]> => {
      const options = { scenarios: ['host-kexec-erratum'], budgetMs: 60_000, whatIfs: false, tree: name };
      const { findings } = await reviewer.review(bareCall, options, quiet);
      return findings.flatMap((f) => f.assumptions.filter((a) => a.includes('not looked into')));
    };
    const [first, ...more] = await said();
    assert.deepEqual(more, []);
    assert.match(
      first ?? '',
      /^some_asm\(\) may be in a folder .*: only arch\/x86\/include, include\/linux, include, mm, .* and those/,
    );
    assert.equal((await reviewer.indexTree(name, quiet))?.knowsMore, false);
    assert.deepEqual(await said(), []);
  });

  it('finds in the whole of the tree what the first review lacked, and says that there is more', async () => {
    const name = 'whole';
    const { [prepare]: moved, ...rest } = smallTree;
    trees.set(name, { ...rest, 'drivers/firmware/kexec/tdx_kexec.c': moved ?? '' });
    const options = { scenarios: ['host-kexec-erratum'], budgetMs: 60_000, whatIfs: false, tree: name };
    assert.equal(await reviewer.indexTree(name, quiet), null);
    const first = await reviewer.review(bareCall, options, quiet);
    assert.ok(!findingsOf(first).includes(fixes[0] ?? ''), findingsOf(first).join());
    assert.deepEqual(await reviewer.indexTree(name, quiet), { files: 7, names: 16, knowsMore: true });
    assert.deepEqual(findingsOf(await reviewer.review(bareCall, options, quiet)), fixes);
    // All is done, and nothing was missing.
    assert.equal(await reviewer.indexTree(name, quiet), null);
    const live = { ...rest, 'fs/new.c': moved ?? '' };
    trees.set('other', live);
    await reviewer.review(bareCall, { ...options, tree: 'other' }, { ...quiet });
    const stopped = await reviewer.indexTree('other', { ...quiet, cancelled: () => true });
    assert.equal(stopped, null);
    assert.equal((await reviewer.indexTree('other', quiet))?.knowsMore, true);
  });
});

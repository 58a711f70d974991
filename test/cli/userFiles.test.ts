// SPDX-License-Identifier: MIT
/** The user's own models and scenarios on the command line: the page of CONTRIBUTING.md, done step by step. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../support/shared';
import { bareCall, smallTree } from '../support/smallTree';

const command = path.join(root, 'dist/cli.js');
const page = readFileSync(path.join(root, 'CONTRIBUTING.md'), 'utf8');
/** The scenario that the page shows as a whole. */
const example = /```c\n(struct scenario [\s\S]*?)```/.exec(page)?.[1] ?? '';
const sample = path.join(root, 'media/samples/host-kexec.eml');
/** A review of it, of one scenario and without haste. */
const reviewSample = ['review', sample, '--scenario', 'host-kexec-erratum', '--budget-ms', '60000'];

describe('the user’s own files on the command line', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'kpr-own-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, text: string): void => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  const run = (
    words: readonly string[],
    cwd = '.',
    input = '',
  ): { status: number | null; out: string; err: string } => {
    const result = spawnSync(process.execPath, [command, ...words], {
      encoding: 'utf8',
      cwd: path.join(folder, cwd),
      input,
    });
    return { status: result.status, out: result.stdout, err: result.stderr };
  };
  const ids = (cwd = '.'): string[] =>
    (JSON.parse(run(['scenarios', '--format', 'json'], cwd).out) as { id: string }[]).map(({ id }) => id);

  it('the example of CONTRIBUTING.md is listed, runs alone, and runs on a patch', () => {
    write('.kernel-patch-review/scenarios/guestReadsBack.c', example);
    const listed = run(['scenarios']);
    assert.deepEqual([listed.status, listed.err], [0, '']);
    assert.match(listed.out, /^guest-reads-back {2,}a driver uses its buffer after it was made private again /m);

    const alone = run(['simulate', 'guest-reads-back']);
    assert.deepEqual([alone.status, alone.err], [0, '']);
    assert.match(alone.out, /^guest-reads-back \(tso\): nothing fatal is reachable\n/);
    assert.match(
      alone.out,
      /^assumed: the scenario is \.kernel-patch-review\/scenarios\/guestReadsBack\.c of this workspace$/m,
    );

    const review = run(['review', '-', '--scenario', 'guest-reads-back', '--format', 'sarif'], '.', withoutAcceptance);
    assert.deepEqual([review.status, review.err], [1, '']);
    const [result] = JSON.parse(review.out).runs[0].results;
    assert.deepEqual(
      [result.ruleId, result.baselineState, result.properties.scenario],
      ['td-exit', 'new', 'guest-reads-back'],
    );
    assert.match(review.out, /"uri": "\.kernel-patch-review\/scenarios\/guestReadsBack\.c"/);
  });

  it('a model goes before the bundled one', () => {
    assert.equal(run(reviewSample).status, 0);
    write('.kernel-patch-review/models/host.c', 'static inline void movdir64b(void *dst, const void *src)\n{\n}\n');
    const { status, out } = run(reviewSample);
    assert.equal(status, 1);
    assert.match(
      out.replace(/\s+/g, ' '),
      /assumed: \.kernel-patch-review\/models\/host\.c of this workspace defines movdir64b\(\)/,
    );
  });

  it('are those of the working directory, or of a folder above it in the same repository', () => {
    write('.kernel-patch-review/scenarios/x.c', example);
    mkdirSync(path.join(folder, 'a/b'), { recursive: true });
    const bundled = ids('a/b');
    assert.ok(!bundled.includes('guest-reads-back'), 'outside of a repository nothing above counts');
    mkdirSync(path.join(folder, '.git'));
    assert.deepEqual(ids('a/b'), [...bundled, 'guest-reads-back']);
    assert.match(
      run(['simulate', 'guest-reads-back'], 'a/b').out,
      /the scenario is \.\.\/\.\.\/\.kernel-patch-review\/scenarios\/x\.c/,
    );
    write('a/.kernel-patch-review/models/y.c', 'int y;\n');
    assert.deepEqual(ids('a/b'), bundled, 'the nearest one counts alone');
  });

  it('a file that is no good: its line on standard error, all else as ever, and status 2', () => {
    write('.kernel-patch-review/scenarios/bad.c', example.replace('hw_write(0)', 'hw_wirte(0)'));
    write('.kernel-patch-review/scenarios/good.c', example.replace('guest-reads-back', 'good'));
    const line = `${example.slice(0, example.indexOf('hw_write(0)')).split('\n').length}`;
    const sentence = `kernel-patch-review: .kernel-patch-review/scenarios/bad.c:${line}: error: hw_wirte() is no operation of the hardware; the file is left out\n`;
    const listed = run(['scenarios']);
    assert.deepEqual([listed.status, listed.err], [2, sentence]);
    assert.match(listed.out, /^good /m);
    assert.doesNotMatch(listed.out, /guest-reads-back/);
    const alone = run(['simulate', 'good']);
    assert.deepEqual([alone.status, alone.err], [2, sentence]);
    assert.match(alone.out, /nothing fatal is reachable/);
    const review = run(reviewSample);
    assert.deepEqual([review.status, review.err], [2, sentence]);
    assert.match(review.out, /fixed: The patch removes machine-check /);
    assert.doesNotMatch(review.out, /hw_wirte/);
    const { invocations } = JSON.parse(run([...reviewSample, sample, '--format', 'sarif']).out).runs[0];
    const said = (invocations[0].toolExecutionNotifications as { message: { text: string } }[]).filter(({ message }) =>
      message.text.includes('hw_wirte'),
    );
    assert.equal(said.length, 1, 'SARIF says it once, however many documents there are');
  });

  it('simulate --tree: one side of a patch in a kernel tree', () => {
    for (const [name, text] of Object.entries(smallTree)) write(`tree/${name}`, text);
    const words = ['simulate', 'host-kexec-erratum', '--patch', '-', '--tree', 'tree', '--side'];
    assert.match(run([...words, 'before'], '.', bareCall).out, /^host-kexec-erratum \(tso\): machine-check\n/);
    assert.match(
      run([...words, 'after'], '.', bareCall).out,
      /^host-kexec-erratum \(tso\): nothing fatal is reachable\n/,
    );
    const elsewhere = run([...words, 'after'], '.', bareCall.replaceAll('machine_kexec_64.c', 'nothing.c'));
    assert.match(elsewhere.out, /^note: the patch of arch\/x86\/kernel\/nothing\.c does not fit the kernel tree: /m);
    for (const [wrong, sentence] of [
      [['simulate', 'guest-kexec', '--tree', 'tree'], /--tree needs --patch/],
      [['simulate', 'guest-kexec', '--patch', '-', '--tree', 'none'], /--tree must be a folder/],
    ] as const) {
      const { status, err } = run(wrong, '.', bareCall);
      assert.equal(status, 2);
      assert.match(err, sentence);
    }
  });
});

/** Pages that become private again are not accepted. */
const withoutAcceptance = `--- a/arch/x86/coco/tdx/tdx.c
+++ b/arch/x86/coco/tdx/tdx.c
@@ -1,9 +1,7 @@
 static bool tdx_accept_memory(phys_addr_t start, phys_addr_t end)
 {
 	while (start < end) {
-		if (hw_tdx_accept(start >> PAGE_SHIFT))
-			return false;
 		start += PAGE_SIZE;
 	}
 	return true;
 }
`;

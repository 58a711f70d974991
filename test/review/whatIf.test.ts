// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Review } from '../../src/review/types';
import { describeWithShared } from '../support/shared';
import { changed, quiet, seed000, theReviewer } from './support';
import { editsHold } from './whatIfSupport';

/** Reviews a text with small edits of it. */
const review = async (text: string, scenarios: readonly string[]): Promise<Review> =>
  (await theReviewer()).review(text, { scenarios, budgetMs: 120_000 }, quiet);

/** Each edit that a review offers: `scenario outcome @line of the finding: what @line of the edit`. */
const offered = ({ findings }: Review): string[] =>
  findings.flatMap((f) =>
    (f.whatIfs ?? []).map(
      (w) =>
        `${f.scenario} ${f.ruleId} @${f.place.line}: ${w.text} @${w.place.line}${w.portable === 'yes' ? '' : ' on x86'}`,
    ),
  );

describeWithShared('small edits of the seeds, simulated', (shared) => {
  const protocol = readFileSync(path.join(shared, seed000), 'utf8');
  const memory = readFileSync(path.join(shared, 'seeds/004_6c0f7b0da3d61af5.txt'), 'utf8');
  const racing = ['guest-kexec-converting-4k'];

  it('a full barrier in place of one for the compiler, or in the store', async () => {
    const result = await review(protocol, racing);
    const found = 'guest-kexec-converting-4k accounting-mismatch @47';
    assert.deepEqual(offered(result), [
      `${found}: smp_mb() in place of “barrier();” @47 on x86`,
      `${found}: “smp_store_mb(conversion_allowed, false);” in place of “conversion_allowed = false;” @41 on x86`,
    ]);
    const [whatIf] = result.findings[0]?.whatIfs ?? [];
    assert.deepEqual(whatIf?.edits, [
      { place: { file: 'document', line: 47, column: 2, endLine: 47, endColumn: 13 }, text: ' smp_mb();' },
    ]);
    await editsHold(await theReviewer(), protocol, result, racing);
  });

  it('where nothing stands between store and load, a barrier is added', async () => {
    const text = changed(protocol, '+ barrier();\n', '');
    const scenarios = ['guest-kexec-converting-4k'];
    const result = await review(text, scenarios);
    assert.match(offered(result)[0] ?? '', /accounting-mismatch @\d+: smp_mb\(\) before “/);
    await editsHold(await theReviewer(), text, result, scenarios);
  });

  it('a way that has not taken the lock leaves without releasing it; that line decides', async () => {
    const scenarios = ['tdx-init-lock', 'tdx-init-leftover'];
    const result = await review(memory, scenarios);
    assert.deepEqual(offered(result), [
      'tdx-init-lock lock-imbalance @303: “return ret;” in place of “goto out;” @303',
    ]);
    const [found] = result.findings.filter(({ scenario }) => scenario === 'tdx-init-lock');
    assert.equal(
      found?.short,
      'lock-imbalance introduced: CPU 0 releases a lock that it has not taken. With “return ret;” in place of “goto out;” it does not happen.',
    );
    await editsHold(await theReviewer(), memory, result, scenarios);
  });

  it('a lock that is never released is released', async () => {
    const labels = changed(memory, '> out:\n> + /*\n> + * @tdx_memlist', '> +out_put:\n> + /*\n> + * @tdx_memlist');
    const text = changed(
      changed(labels, '> + put_online_mems();\n> return ret;\n', '> out:\n> return ret;\n'),
      '> + ret = build_tdx_memlist(&tdx_memlist);\n> + if (ret)\n> + goto out;',
      '> + ret = build_tdx_memlist(&tdx_memlist);\n> + if (ret)\n> + goto out_put;',
    );
    const scenarios = ['tdx-init-lock'];
    const result = await review(text, scenarios);
    assert.ok(
      offered(result).some((o) => o.includes('“put_online_mems();” before “out:')),
      offered(result).join('\n'),
    );
    await editsHold(await theReviewer(), text, result, scenarios);
  });
});

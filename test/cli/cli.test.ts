// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { outcomes } from '../../src/review/outcomes';
import { seed000, seed001 } from '../review/support';
import { describeWithShared, root } from '../support/shared';
import { bareCall, smallTree } from '../support/smallTree';

const command = path.join(root, 'dist/cli.js');

function run(words: readonly string[], input?: string): { status: number | null; out: string; err: string } {
  const result = spawnSync(process.execPath, [command, ...words], {
    encoding: 'utf8',
    cwd: root,
    maxBuffer: 1 << 28,
    ...(input === undefined ? {} : { input }),
  });
  return { status: result.status, out: result.stdout, err: result.stderr };
}

const sample = 'media/samples/host-kexec.eml';

describe('the command line', () => {
  before(() => assert.ok(existsSync(command), 'dist/cli.js is built'));

  it('review: status 0 for a patch that only fixes', () => {
    const { status, out } = run(['review', sample, '--scenario', 'host-kexec-erratum', '--format', 'text']);
    assert.equal(status, 0);
    assert.match(out, /^media\/samples\/host-kexec\.eml:71:3: fixed: The patch removes machine-check /m);
  });

  it('review: status 1 where something remains', () => {
    assert.equal(run(['review', 'media/samples/guest-kexec.eml', '--scenario', 'guest-kexec-converting']).status, 1);
  });

  it('review -: reads standard input', () => {
    const { status, out } = run(['review', '-', '--format', 'json'], 'no patch here\n');
    assert.equal(status, 0);
    assert.equal(JSON.parse(out)[0].patches, 0);
  });

  it('review --scenario: runs only that one', () => {
    const { out } = run(['review', 'media/samples/guest-kexec.eml', '--scenario', 'guest-kexec', '--format', 'sarif']);
    assert.deepEqual(
      JSON.parse(out).runs[0].results.map((r: { properties: { scenario: string } }) => r.properties.scenario),
      ['guest-kexec'],
    );
  });

  it('reply: the finding of a number, or a sentence and status 2 where there is none', () => {
    const words = ['reply', sample, '--scenario', 'host-kexec-erratum', '--finding'];
    const { status, out } = run([...words, '1']);
    assert.equal(status, 0);
    assert.match(out, /^To: Sample Author <author@example\.org>\nSubject: Re: \[PATCH 2\/2\] x86\/kexec: /);
    assert.match(out, /^> \+\ttdmrs_reset_pamt_all\(&tdx_tdmr_list\);\n\nThe patch removes machine-check /m);
    const wrong = run([...words, '7']);
    assert.equal(wrong.status, 2);
    assert.equal(wrong.out, '');
    assert.match(wrong.err, /^kernel-patch-review: there is no finding 7: there is only finding 1$/m);
  });

  it('review --compare: what is gone, new and still there of two files', () => {
    const words = ['review', sample, sample, '--compare', '--scenario', 'host-kexec-erratum'];
    const { status, out } = run(words);
    assert.equal(status, 0);
    assert.match(out, /0 gone, 0 new, 0 still there; 0 no longer fixed, 0 fixed only now, 1 fixed as before\n/);
    const alone = run(['review', sample, '--compare', '--scenario', 'host-kexec-erratum']);
    assert.equal(alone.status, 2);
    assert.match(alone.err, /--compare needs OLD and NEW: .*host-kexec\.eml does not have two versions of a series/);
  });

  it('review --jobs: prints the same', () => {
    const words = ['review', sample, 'media/samples/guest-kexec.eml', 'no-such-file'];
    const stories = ['--scenario', 'host-kexec-erratum', '--scenario', 'guest-kexec'];
    const options = [...stories, '--format', 'sarif', '--budget-ms', '600000'];
    const [alone, together] = [run([...words, ...options]), run([...words, ...options, '--jobs', '2'])];
    assert.equal(alone.out, together.out);
    assert.deepEqual([alone.status, together.status], [2, 2]);
    assert.match(together.err, /^kernel-patch-review: no-such-file: there is no such file$/m);
    assert.equal(JSON.parse(together.out).runs[0].results.length > 1, true);
  });

  it('review --tree: what the mail does not show comes from the folder', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'kpr-tree-'));
    try {
      for (const [name, text] of Object.entries(smallTree)) {
        mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
        writeFileSync(path.join(folder, name), text);
      }
      const words = ['review', '-', '--scenario', 'host-kexec-erratum', '--format', 'sarif', '--tree', folder];
      const { status, out } = run(words, bareCall);
      assert.equal(status, 0);
      const [result] = JSON.parse(out).runs[0].results;
      assert.deepEqual(
        [result.ruleId, result.baselineState, result.properties.confidence],
        ['machine-check', 'absent', 'tree'],
      );
      assert.match(out, /"uri": "arch\/x86\/kernel\/machine_kexec_64\.c"/);
      assert.ok(!out.includes(folder), 'files of the tree are named relative to it');
      writeFileSync(path.join(folder, '../kpr-secret.c'), 'int secret;\n');
      const away = bareCall.replaceAll('arch/x86/kernel/machine_kexec_64.c', '../kpr-secret.c');
      assert.match(run(words, away).out, /the tree has no \.\.\/kpr-secret\.c/);
    } finally {
      rmSync(folder, { recursive: true });
      rmSync(path.join(folder, '../kpr-secret.c'), { force: true });
    }
  });

  for (const [name, words, sentence] of [
    ['no command', [], /usage: kernel-patch-review COMMAND/],
    ['an unknown command', ['frobnicate'], /there is no command “frobnicate”/],
    ['review without a file', ['review'], /review needs at least one FILE/],
    ['a file that is not there', ['review', 'no/such/file.eml'], /no\/such\/file\.eml: there is no such file/],
    ['a tree that is no folder', ['review', sample, '--tree', 'package.json'], /--tree must be a folder/],
    ['a directory', ['review', 'src'], /src: it is a directory/],
    [
      'a format that does not exist',
      ['review', sample, '--format', 'xml'],
      /--format must be one of text, sarif, json, not “xml”/,
    ],
    ['an unknown option', ['review', sample, '--fast'], /Unknown option '--fast'/],
    [
      'a scenario that does not exist',
      ['review', sample, '--scenario', 'x'],
      /there is no scenario “x”; there are .*\bguest-kexec, /,
    ],
    [
      'a budget that is no number',
      ['review', sample, '--budget-ms', 'soon'],
      /--budget-ms must be a positive whole number/,
    ],
    ['simulate without a scenario', ['simulate'], /simulate needs exactly one SCENARIO/],
    ['an unknown scenario', ['simulate', 'x'], /there is no scenario “x”/],
  ] as const) {
    it(`${name}: status 2 and one sentence`, () => {
      const { status, err } = run(words);
      assert.equal(status, 2);
      assert.match(err, sentence);
    });
  }

  it('empty and binary files: status 2, and which file', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'kernel-patch-review-'));
    try {
      for (const [name, bytes, sentence] of [
        ['empty.patch', '', /empty\.patch: it is empty/],
        ['binary.patch', '\0\x01\x02'.repeat(100), /binary\.patch: it is binary, not text/],
      ] as const) {
        const file = path.join(folder, name);
        writeFileSync(file, bytes);
        const { status, err } = run(['review', file]);
        assert.equal(status, 2);
        assert.match(err, sentence);
        assert.equal(run(['parse', file]).status, 2);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('50 MB of text: read, said to hold no patch, in the end', () => {
    const { status, out } = run(['review', '-'], 'a line of a log, nothing else in it but words\n'.repeat(1_100_000));
    assert.equal(status, 0);
    assert.match(out, /There is no patch in this document/);
  }).timeout(120_000);

  it('review: status 3 where the budget ran out', () => {
    const { status, out } = run(['review', 'media/samples/guest-kexec.eml', '--budget-ms', '1']);
    assert.equal(status, 3);
    assert.match(out, /partial: not all was simulated/);
  });

  it('SARIF: the same bytes twice', () => {
    const words = [
      'review',
      'media/samples/guest-kexec.eml',
      '--format',
      'sarif',
      '--scenario',
      'guest-kexec-converting',
    ];
    assert.equal(run(words).out, run(words).out);
  });

  it('scenarios --format json: what can be run, with all that is known of it', () => {
    const rows = JSON.parse(run(['scenarios', '--format', 'json']).out) as Record<string, unknown>[];
    const folder = path.join(root, 'src/scenarios');
    // A file may have variants.
    const ids = readdirSync(folder).flatMap((f) =>
      [...readFileSync(path.join(folder, f), 'utf8').matchAll(/\.id = "([^"]*)"/g)].map((match) => match[1]),
    );
    assert.deepEqual(rows.map((r) => r.id).sort(), ids.sort());
    for (const row of rows)
      assert.deepEqual(Object.keys(row), ['id', 'title', 'machine', 'entryPoints', 'bounds', 'guards', 'sometimes']);
  });

  it('simulate --stats: one line of exact counts, the same for every run', () => {
    const stats = JSON.parse(run(['simulate', 'host-kexec-erratum', '--stats']).out) as Record<string, unknown>;
    assert.deepEqual(Object.keys(stats), [
      'states',
      'transitions',
      'depth',
      'seconds',
      'bytesPerState',
      'engine',
      'exhausted',
    ]);
    const again = JSON.parse(run(['simulate', 'host-kexec-erratum', '--stats']).out) as Record<string, unknown>;
    assert.deepEqual([stats.states, stats.transitions, stats.depth], [again.states, again.transitions, again.depth]);
  });

  it('simulate --patch --side: each side of a patch', () => {
    const side = (which: string): unknown[] =>
      JSON.parse(run(['simulate', 'host-kexec-erratum', '--patch', sample, '--side', which, '--format', 'json']).out)
        .outcomes;
    assert.equal(side('before').length, 1);
    assert.equal(side('after').length, 0);
  });
});

describeWithShared('the command line on the seeds', (shared) => {
  interface SarifResult {
    readonly ruleId: string;
    readonly kind: string;
    readonly level: string;
    readonly baselineState: string;
    readonly locations: readonly { readonly physicalLocation: { readonly region: { readonly startLine: number } } }[];
    readonly codeFlows: readonly {
      readonly threadFlows: readonly { readonly locations: readonly { readonly executionOrder: number }[] }[];
    }[];
    readonly properties: { readonly scenario: string };
  }
  const sarif = (
    file: string,
    more: readonly string[] = [],
  ): { status: number | null; results: SarifResult[]; rules: { id: string }[] } => {
    const { status, out } = run([
      'review',
      path.join(shared, file),
      '--format',
      'sarif',
      '--budget-ms',
      '100000',
      ...more,
    ]);
    const [only] = JSON.parse(out).runs;
    return { status, results: only.results, rules: only.tool.driver.rules };
  };
  const row = (r: SarifResult): string =>
    `${r.properties.scenario} ${r.ruleId} ${r.baselineState} ${r.kind} ${r.level} @${r.locations[0]?.physicalLocation.region.startLine}`;

  it('000: fixed alone, not while a driver converts, at barrier()', () => {
    const { status, results, rules } = sarif(seed000);
    assert.equal(status, 1);
    assert.deepEqual(results.map(row), [
      'guest-kexec td-exit absent pass none @104',
      'guest-kexec-touched td-exit absent pass none @115',
      'guest-kexec-converting td-exit unchanged fail error @47',
      'guest-kexec-converting-4k accounting-mismatch new fail warning @47',
      'guest-crash-kexec td-exit unchanged fail error @38',
      'guest-crash-kexec accounting-mismatch new fail warning @38',
      'guest-crash-kexec-4k td-exit absent pass none @89',
    ]);
    assert.deepEqual(
      rules.map((r) => r.id),
      Object.keys(outcomes),
    );
  });

  it('001: fixed, but not for guests, and at a price where the old kernel comes back', () => {
    const { status, results } = sarif(seed001);
    assert.equal(status, 1);
    assert.deepEqual(results.map(row), [
      'host-kexec-erratum machine-check absent pass none @260',
      'host-kexec-poisoned machine-check absent pass none @260',
      'host-kexec-erratum-guests machine-check unchanged fail error @132',
      'host-kexec-jump memory-corruption new fail error @260',
      'host-crash-kexec warn new fail warning @225',
      'host-kexec-during-init machine-check absent pass none @132',
    ]);
  });

  it('a code flow is one order of steps over several threads', () => {
    const { results } = sarif(seed000, ['--scenario', 'guest-kexec-converting']);
    const flow = results[0]?.codeFlows[0];
    const orders =
      flow?.threadFlows.flatMap((t) => t.locations.map((l) => l.executionOrder)).sort((a, b) => a - b) ?? [];
    assert.equal(flow?.threadFlows.length, 3);
    assert.deepEqual(
      orders,
      orders.map((_, i) => i + 1),
    );
  });
});

// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readDocument } from '../../src/patch/readDocument';
import { mentionsInProse } from '../../src/review/prose';
import { toSarif } from '../../src/review/sarif';
import { toText } from '../../src/review/text';
import type { Review } from '../../src/review/types';
import { describeWithShared } from '../support/shared';
import { review } from './support';

const known = new Set(['accept_memory', 'panic', 'die', 'memset', '__pa', 'wbinvd', 'tdx_init']);

/** What is named in a mail with this text, each with line and column. */
function named(text: string): string[] {
  const mail = `From: A <a@example.org>\nSubject: accept_memory() is slow\n\n${text}\n`;
  const [message] = readDocument(mail).messages;
  assert.ok(message);
  return mentionsInProse(mail.split('\n'), message, (name) => known.has(name)).map(
    ({ name, place }) => `${name} ${place.line}:${place.column}`,
  );
}

describe('functions named in prose', () => {
  const rows: readonly (readonly [what: string, text: string, expected: readonly string[]])[] = [
    ['with brackets', 'Why does accept_memory() wait?', ['accept_memory 4:10']],
    ['with arguments', 'A call of accept_memory(start, end) waits.', ['accept_memory 4:11']],
    ['without brackets, with an underscore', 'Why does accept_memory wait?', ['accept_memory 4:10']],
    ['a word of English is none', 'They panic and die.', []],
    ['a word of English with brackets is one', 'Then panic() is called.', ['panic 4:6']],
    ['an underscore in front alone does not make one', 'The section __pa is odd, wbinvd too.', []],
    [
      'each once, the first time',
      'accept_memory(), tdx_init(), accept_memory()',
      ['accept_memory 4:1', 'tdx_init 4:18'],
    ],
    [
      'not in a path, a field, a file or a longer word',
      'a/accept_memory.c ops->tdx_init() x.tdx_init() tdx_init.c my_tdx_init() pre-tdx_init',
      [],
    ],
    ['at the end of a sentence', 'This is about accept_memory.', ['accept_memory 4:15']],
    ['in what is quoted', '> Then accept_memory() waits.\nWhy?', ['accept_memory 4:8']],
    ['not what nobody models', 'See do_something_else() and memblock_what().', []],
  ];
  for (const [what, text, expected] of rows) it(what, () => assert.deepEqual(named(text), expected));
});

/** The findings in short. */
const short = (r: Review): string[] =>
  r.findings.map((f) => `${f.scenario} ${f.ruleId} ${f.baselineState} ${f.level} ${f.confidence} @${f.place.line}`);

describe('a mail without a patch', () => {
  it('that names nothing of the models is told so, and nothing runs', async () => {
    const result = await review('Subject: hello\nFrom: A <a@example.org>\n\nThe panic of last week was fun.\n');
    assert.deepEqual([result.findings, result.runs, result.partial], [[], [], false]);
  });

  it('is offered the stories that run most of what it names, on the models of its time', async () => {
    const mail =
      'From: A <a@example.org>\nSubject: kexec\nDate: Fri, 13 Dec 2024 17:49:30 +0800\n\nsanity_check_segment_list() does not call accept_memory().\n';
    const result = await review(mail);
    assert.deepEqual(short(result), ['guest-kexec-unaccepted td-exit unchanged note prose @5']);
    assert.match(
      result.findings[0]?.message ?? '',
      /^sanity_check_segment_list\(\) runs in guest-kexec-unaccepted .* as of Linux 6\.11, that comes to td-exit: CPU 0 touches page \d, which was never accepted/,
    );
    assert.equal(result.findings[0]?.replay.after?.fatal?.ruleId, 'td-exit');
    // From v6.15 on segments are accepted.
    const later = await review(mail.replace('2024', '2025'));
    assert.deepEqual(short(later), []);
    // The last is the story of SNP guests, which accept otherwise.
    assert.deepEqual(
      later.runs.map((r) => r.scenario),
      ['guest-kexec-unaccepted', 'guest-crash-unaccepted', 'accept-interrupt-snp'],
    );
  });

  it('is no problem: not for the exit status, not in SARIF, and it is not called a patch', async () => {
    const mail =
      'From: A <a@example.org>\nSubject: x\n\nWhat does sanity_check_segment_list() do about accept_memory()?\n';
    const result = await review(mail);
    assert.equal(result.findings.length, 1);
    const log = JSON.parse(JSON.stringify(toSarif([{ uri: 'a.eml', review: result }], '1')));
    const [found] = log.runs[0].results;
    assert.deepEqual(
      [found.kind, found.level, found.baselineState, found.properties.confidence],
      ['informational', 'none', 'unchanged', 'prose'],
    );
    const said = log.runs[0].invocations[0].toolExecutionNotifications.map(
      (n: { message: { text: string } }) => n.message.text,
    );
    assert.ok(
      said.some((text: string) => text.includes('models/kexecLoad.c')),
      String(said),
    );
    const text = toText('a.eml', mail.split('\n'), result, false);
    assert.match(text, /guest-kexec-unaccepted: on the models alone td-exit/);
    assert.doesNotMatch(text, /the patch (leaves|introduces)/);
  });
});

describeWithShared('seeds without a patch', (shared) => {
  const seed = (name: string): Promise<Review> => review(readFileSync(path.join(shared, 'seeds', name), 'utf8'));

  it('003: acceptance of kexec segments', async () => {
    const result = await seed('003_3dd049a2a0b5d1c3.txt');
    assert.deepEqual(short(result), ['guest-kexec-unaccepted td-exit unchanged note prose @84']);
    assert.deepEqual(
      result.runs.map((r) => [r.scenario, r.outcomes.after]),
      [
        ['guest-kexec-unaccepted', ['td-exit']],
        ['guest-crash-unaccepted', []],
        ['accept-race', []],
        ['accept-interrupt', []],
        ['accept-interrupt-snp', []],
      ],
    );
    assert.deepEqual(
      result.findings[0]?.related.map((r) => `${r.text} @${r.place.line}:${r.place.column}`),
      [
        '__free_pages_core() @86:9',
        'cond_accept_memory() @97:42',
        'try_to_accept_memory_one() @98:13',
        'accept_memory() @113:9',
      ],
    );
  });

  it('002: conversions under a paravisor, all of the mail on one line', async () => {
    const result = await seed('002_06dd96e6b67c80b9.txt');
    const found = short(result);
    for (const id of ['convert-zeropad-tdp', 'convert-zeropad-vtom'])
      assert.ok(found.includes(`${id} paravisor-kill unchanged note prose @1`), String(found));
    assert.ok(
      result.findings.every((f) => f.scenario.startsWith('convert-') && f.confidence === 'prose' && f.place.column > 1),
      String(found),
    );
  });
});

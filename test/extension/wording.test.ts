// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { moveLines } from '../../src/extension/moveLines';
import {
  byRank,
  diagnosticText,
  findReplay,
  lensTitle,
  replaysOf,
  runReplay,
  summaryWords,
  whyNoRun,
} from '../../src/extension/wording';
import { groupFindings } from '../../src/review/people';
import { line } from '../replay/fixture';
import { cleanRun, finding, review } from './fakeReviewer';

const fixed = finding({
  scenario: 'guest-kexec',
  baselineState: 'absent',
  place: line(97),
  short: 'shared memory is private again.',
});
const remains = finding();
const brought = finding({ scenario: 'host-crash-kexec', ruleId: 'warn', level: 'warning', baselineState: 'new' });

describe('the order of findings', () => {
  it('puts what is new before what remains, errors before warnings, fixes last', () => {
    const note = finding({ level: 'note', baselineState: 'new' });
    const error = finding({ baselineState: 'new' });
    assert.deepEqual(byRank([fixed, note, brought, remains, error]), [error, remains, brought, note, fixed]);
  });
});

describe('the words of diagnostics', () => {
  it('never let a fix look like a problem', () => {
    assert.equal(diagnosticText([fixed]), 'Fixed by this patch: shared memory is private again.');
    assert.equal(diagnosticText([{ ...fixed, short: 'The patch removes td-exit.' }]), 'The patch removes td-exit.');
    assert.equal(diagnosticText([{ ...fixed, short: 'Fixes td-exit: so it is.' }]), 'Fixes td-exit: so it is.');
    assert.equal(diagnosticText([remains]), remains.short);
  });

  it('tell the same outcome on one line once', () => {
    const other = finding({ scenario: 'guest-crash-kexec' });
    const elsewhere = finding({ place: line(50) });
    const unrelated = finding({ level: 'note', unrelated: true });
    const groups = groupFindings([remains, other, elsewhere, unrelated, fixed]);
    assert.deepEqual(groups, [[remains, other], [elsewhere], [unrelated], [fixed]]);
    assert.equal(diagnosticText([unrelated]), unrelated.short);
    assert.equal(
      diagnosticText([unrelated, { ...unrelated, scenario: 'guest-crash-kexec' }]),
      'td-exit in guest-kexec-converting and guest-crash-kexec, with the patch as without it; the patch changes nothing that the hardware sees there.',
    );
    assert.match(diagnosticText(groups[0] ?? []), /\(and in guest-crash-kexec\)$/);
    assert.match(diagnosticText([remains, other, elsewhere]), /\(and in 2 more scenarios\)$/);
  });
});

describe('the words of diagnostics, whatever they tell', () => {
  it('have at most 200 characters', () => {
    const text = fc.string({ minLength: 100, maxLength: 200 });
    const one = fc.record({
      short: text,
      scenario: fc.constantFrom('guest-kexec', 'a-scenario-with-a-long-name-that-somebody-made-up'),
      baselineState: fc.constantFrom('new', 'unchanged', 'absent'),
    });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 12 }), fc.boolean(), (group, isUnrelated) => {
        const findings = group.map((more) => finding(isUnrelated ? { ...more, unrelated: true } : more));
        const words = diagnosticText(findings);
        assert.ok(words.length > 0 && words.length <= 200, words);
      }),
    );
  });
});

describe('the words over a hunk', () => {
  const hunk = { line: 38, scenarios: ['guest-kexec', 'guest-kexec-converting'], states: 1992, findings: [0, 1] };

  it('say what was run and what came of it', () => {
    const title = lensTitle(review({ findings: [fixed, remains] }), hunk);
    assert.equal(title, '2 scenarios · td-exit remains, td-exit fixed · replay');
  });

  it('say so where nothing was found, and where nothing can be said', () => {
    const clean = { ...hunk, scenarios: ['guest-kexec'], states: 214, findings: [] };
    assert.equal(lensTitle(review(), clean), 'guest-kexec · 214 states · nothing found · replay');
    assert.equal(
      lensTitle(review({ runs: [cleanRun({ vacuous: ['converted'] })], partial: true }), clean),
      'guest-kexec · 214 states · no verdict · partial · replay',
    );
    assert.match(lensTitle(review({ runs: [cleanRun()], undecided: ['guest-kexec'] }), clean), /· no verdict ·/);
  });

  it('name the patch of a series that brings what remains here', () => {
    const told = review({
      findings: [
        { ...fixed, patch: '3/3' },
        { ...remains, patch: '1/3' },
      ],
    });
    const title = lensTitle(told, { ...hunk, patch: '3/3' });
    assert.equal(title, '2 scenarios · td-exit of patch 1/3, td-exit fixed · replay');
  });

  it('put what the patch has nothing to do with into one part', () => {
    const unrelated = [
      finding({ level: 'note', unrelated: true }),
      finding({ level: 'note', unrelated: true, ruleId: 'warn' }),
    ];
    const one = lensTitle(review({ findings: unrelated }), { ...hunk, findings: [0] });
    assert.equal(one, '2 scenarios · td-exit as without the patch · replay');
    const all = lensTitle(review({ findings: [...unrelated, fixed] }), { ...hunk, findings: [0, 1, 2] });
    assert.equal(all, '2 scenarios · td-exit fixed, 2 outcomes as without the patch · replay');
  });

  it('stay short', () => {
    const many = ['warn', 'panic', 'leak', 'hang', 'bug-on'] as const;
    const findings = many.map((ruleId) => finding({ ruleId }));
    const title = lensTitle(review({ findings }), { ...hunk, findings: [0, 1, 2, 3, 4] });
    assert.equal(title, '2 scenarios · warn remains, panic remains, 3 more · replay');
  });
});

describe('why there is no run to replay', () => {
  const hunk = { line: 38, scenarios: ['guest-kexec'], states: 214, findings: [] };
  const rows: readonly (readonly [string, Parameters<typeof review>[0], RegExp | null])[] = [
    ['there is one', { runs: [cleanRun()] }, null],
    ['what a mail without a patch names', { patches: 0, applied: false, runs: [cleanRun()] }, null],
    ['no patch', { patches: 0, applied: false }, /holds no patch/],
    ['no verdict', { undecided: ['guest-kexec'] }, /^No verdict on guest-kexec:/],
    ['no time', { applied: false, partial: true }, /^No verdict: the budget ran out/],
    ['no effect', { applied: false, hunks: [hunk] }, /runs in guest-kexec and has no effect/],
    ['nothing that runs', { applied: false }, /^None\.$/],
  ];
  for (const [what, more, sentence] of rows) {
    it(`is said: ${what}`, () => {
      const why = whyNoRun(review(more), 'None.');
      if (sentence === null) assert.equal(why, null);
      else assert.match(why ?? '', sentence);
    });
  }
});

describe('a review in a few words', () => {
  it('is never a silent nothing', () => {
    assert.equal(summaryWords(review({ patches: 0, applied: false })), 'No patch');
    assert.equal(
      summaryWords(review({ patches: 0, applied: false, runs: [cleanRun(), cleanRun()] })),
      'No patch; 2 scenarios named',
    );
    assert.equal(summaryWords(review({ applied: false })), 'Nothing applied');
    assert.equal(summaryWords(review({ runs: [cleanRun()], partial: true })), 'Nothing found, partial');
    assert.equal(summaryWords(review({ undecided: ['guest-kexec'] })), 'No verdict on 1 scenario');
    assert.equal(
      summaryWords(review({ runs: [cleanRun()], undecided: ['a', 'b'] })),
      'Nothing found, no verdict on 2 scenarios',
    );
    assert.equal(summaryWords(review({ findings: [remains, brought, fixed] })), '2 findings, 1 fixed');
    assert.equal(summaryWords(review({ findings: [fixed] })), '1 fixed');
    const unrelated = finding({ level: 'note', unrelated: true });
    assert.equal(summaryWords(review({ findings: [unrelated] })), '1 outcome as without the patch');
    assert.equal(summaryWords(review({ findings: [remains, unrelated] })), '1 finding, 1 outcome as without the patch');
  });
});

describe('the replays of a review', () => {
  const replays = replaysOf(
    review({ findings: [fixed, remains], runs: [cleanRun(), cleanRun({ scenario: 'host-kexec' })] }),
  );

  it('are those of the findings, worst first, then the runs that have none', () => {
    assert.deepEqual(
      replays.map(({ label, tone }) => [label, tone]),
      [
        ['td-exit remains, line 47 (guest-kexec-converting)', 'bad'],
        ['td-exit fixed, line 97 (guest-kexec)', 'good'],
        ['nothing found (host-kexec)', 'good'],
      ],
    );
  });

  it('begin with what a line of the patch decides, then with the story that runs most of it', () => {
    const open = finding({ scenario: 'guest-crash-kexec', open: true });
    const unrelated = finding({ scenario: 'snp-kexec', level: 'note', unrelated: true });
    const wide = finding({ scenario: 'guest-kexec-wide' });
    const hunks = [
      { line: 90, scenarios: ['guest-kexec-wide', 'guest-kexec-converting'], states: 1, findings: [] },
      { line: 99, scenarios: ['guest-kexec-wide'], states: 1, findings: [] },
    ];
    const provisional = finding({ scenario: 'tdx-memory', provisional: true });
    const findings = [open, provisional, fixed, unrelated, remains, wide, brought];
    const scenarios = replaysOf(review({ findings, hunks })).map(({ scenario }) => scenario);
    const expected = [wide, remains, brought, fixed, open, unrelated];
    assert.deepEqual(
      scenarios,
      expected.map(({ scenario }) => scenario),
    );
  });

  it('are found again after the document has changed', () => {
    const [first, second] = replays;
    assert.ok(first && second);
    assert.equal(findReplay(replays, first.id), first);
    assert.equal(findReplay(replays, 'guest-kexec|td-exit|absent|99'), second);
    assert.equal(findReplay(replays, 'guest-kexec|machine-check|new|12'), second);
    assert.equal(findReplay(replays, 'guest-crash-kexec'), null);
  });

  it('say what a run alone came to', () => {
    assert.match(runReplay(cleanRun()).verdict, /nothing found in 1,778 states/);
    assert.match(
      runReplay(cleanRun({ outcomes: { before: ['td-exit'], after: ['td-exit'] } })).verdict,
      /, without a patch: td-exit\.$/,
    );
    assert.match(runReplay(cleanRun({ vacuous: ['converted'] })).verdict, /^No verdict/);
  });
});

describe('lines under a change', () => {
  const change = (from: number, to: number, character: number, text: string) => ({
    range: { start: { line: from }, end: { line: to, character } },
    text,
  });
  it('move with what is inserted or deleted above them', () => {
    assert.deepEqual(moveLines([3, 10], change(4, 4, 0, 'a\nb\n')), [3, 12]);
    assert.deepEqual(moveLines([3, 10], change(9, 9, 0, 'a\n')), [3, 11]);
    assert.deepEqual(moveLines([3, 10], change(9, 9, 2, '\n')), [3, 10]);
    assert.deepEqual(moveLines([3, 10], change(4, 6, 0, '')), [3, 8]);
    assert.deepEqual(moveLines([3, 10], change(4, 4, 2, 'x')), [3, 10]);
  });
});

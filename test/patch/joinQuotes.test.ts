// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { alignQuote } from '../../src/patch/join/alignQuote';
import { readDocument, readDocuments } from '../../src/patch/readDocument';
import type { Message } from '../../src/patch/types';
import { mailbox, type TestMail } from '../support/mails';

const patch = `Why.

Signed-off-by: A <a@example.org>
---
diff --git a/mm/a.c b/mm/a.c
index 1111111111..2222222222 100644
--- a/mm/a.c
+++ b/mm/a.c
@@ -10,8 +10,10 @@ int first(void)
 {
 	int one = 1;
 
-	if (one)
+	if (one && two)
+		three();
 		return 0;
 
+	four();
 	return one;
 }
@@ -40,7 +42,9 @@ int second(void)
 {
 	int one = 1;
 
+	five();
 	if (one)
 		return 0;
 
+	six();
 	return one;
-- 
2.40.1
`;
const original: TestMail = { id: 'p', subject: '[PATCH v2 1/2] mm: a change', body: patch };

/** The rows of a message as `kind old new certainty text`, blanks in texts trimmed. */
function rows(message: Message | undefined): string[] {
  return (message?.files ?? []).flatMap(({ hunks }) =>
    hunks.flatMap(({ lines }) =>
      lines.map(
        ({ kind, old, new: fresh, certainty, text }) =>
          `${kind} ${old ?? '-'} ${fresh ?? '-'} ${certainty} ${text.trim()}`,
      ),
    ),
  );
}

function anchors(message: Message | undefined): string[] {
  return (message?.comments ?? []).map(({ line, anchor }) => {
    const { file, side, line: at, endLine, certainty } = anchor;
    return `${line}: ${file} ${side} ${at}${endLine === at ? '' : `..${endLine}`} ${certainty}`;
  });
}

/** The reply as it reads beside the patch: rows and anchors by lines of its own text. */
function beside(reply: Partial<TestMail> & { readonly body: string }): Message | undefined {
  return readDocuments([
    mailbox([original]),
    mailbox([{ id: 'r', to: 'p', subject: 'Re: [PATCH v2 1/2] mm: a change', ...reply }]),
  ])[1]?.messages[0];
}

const trimmed = `> +	if (one && two)
> +		three();

Which two?

> +	four();
> 	return one;
> }
`;
const rowsOfTrimmed = [
  'add - 13 exact if (one && two)',
  'add - 14 exact three();',
  'add - 17 exact four();',
  'context 16 18 exact return one;',
  'context 17 19 exact }',
];

describe('a quote and the patch it quotes', () => {
  it('are read together where headers, file names and lines were cut away', () => {
    const message = beside({ body: trimmed });
    assert.deepEqual(rows(message), rowsOfTrimmed);
    assert.deepEqual(anchors(message), ['11: mm/a.c new 14 exact']);
    assert.deepEqual(
      message?.files.map(({ oldPath, newPath, additions, deletions }) => [oldPath, newPath, additions, deletions]),
      [['mm/a.c', 'mm/a.c', 3, 0]],
    );
  });

  it('find each other in one mailbox as well, in whatever order', () => {
    const reply: TestMail = { id: 'r', to: 'q', references: ['p', 'q'], subject: 'Re: other words', body: trimmed };
    const { messages } = readDocument(
      mailbox([reply, { id: 'q', to: 'p', subject: 'Re: [PATCH v2 1/2] mm: a change' }, original]),
    );
    assert.deepEqual(rows(messages[0]), rowsOfTrimmed);
  });

  it('find each other by the subject where ids are missing, but not across versions', () => {
    const subject = 'Re: [PATCH v2 1/2] mm: a change';
    assert.deepEqual(rows(beside({ id: 'x', to: 'gone', subject, body: trimmed })), rowsOfTrimmed);
    assert.deepEqual(rows(beside({ id: 'x', to: 'gone', subject: 'Re: mm: a change', body: trimmed })), rowsOfTrimmed);
    const other = beside({ id: 'x', to: 'gone', subject: 'Re: [PATCH v3 1/2] mm: a change', body: trimmed });
    assert.ok(rows(other).every((row) => !row.includes('exact')));
  });

  it('find each other by the blob ids, else by the lines alone', () => {
    const subject = 'Re: something else';
    const index = '> index 1111111111..2222222222 100644\n';
    const header = '> diff --git a/mm/a.c b/mm/a.c\n';
    const short = '> @@ -10,8 +10,10 @@ int first(void)\n';
    const expected = rowsOfTrimmed.slice(2);
    const body = '> +	four();\n> 	return one;\n> }\n\nNo.\n';
    assert.deepEqual(rows(beside({ id: 'x', to: 'gone', subject, body: header + index + short + body })), expected);
    assert.deepEqual(rows(beside({ id: 'x', to: 'gone', subject, body: header + short + body })), expected);
  });

  it('are not joined where two patches fit alike', () => {
    const moved = {
      ...original,
      id: 'p2',
      subject: '[PATCH] other',
      body: patch.replaceAll('@@ -10,8 +10,10 @@', '@@ -30,8 +30,10 @@').replace('1111111111', '3333333333'),
    };
    const reply = { id: 'r', to: 'gone', subject: 'Re: x', body: `> --- a/mm/a.c\n> +++ b/mm/a.c\n${trimmed}` };
    const [, alone] = readDocument(mailbox([original, reply])).messages;
    assert.deepEqual(rows(alone), rowsOfTrimmed);
    const [, , torn] = readDocument(mailbox([original, moved, reply])).messages;
    assert.ok(rows(torn).every((row) => !row.includes('exact')));
  });

  it('agree on ranges where a line stands at several places and nothing tells which', () => {
    const message = beside({ body: '> 	int one = 1;\n\nWhy one?\n' });
    assert.deepEqual(rows(message), ['context 11 11 range int one = 1;']);
    assert.deepEqual(anchors(message), ['10: mm/a.c new 11..43 range']);
    // The order of what is quoted tells.
    const told = beside({ body: '> +	four();\n> 	int one = 1;\n\nWhy one?\n' });
    assert.deepEqual(anchors(told), ['11: mm/a.c new 43 exact']);
  });

  it('agree though white space, marks and line ends are lost', () => {
    const body = `On Monday, A wrote:
@@ -10,8 +10,10 @@ int first(void)
{
int one = 1;

-if (one)
+if (one &&
two)

Which two?
+ or three?

+three();
return 0;
`;
    const message = beside({ body });
    assert.deepEqual(
      rows(message),
      [
        'context 10 10 exact {',
        'context 11 11 exact int one = 1;',
        'context 12 12 exact',
        'del 13 - exact if (one)',
        'add - 13 exact if (one && two)',
        'add - 14 exact three();',
        'context 14 15 exact return 0;',
      ].map((row) => row.replace(/exact$/, 'exact ')),
    );
    assert.deepEqual(anchors(message), ['17: mm/a.c new 13 exact']);
  });

  it('leave alone what is not the patch: suggestions, and versions with other headers', () => {
    const suggestion = beside({
      body: `${trimmed}\nRather:\n\n> @@ -70,2 +70,3 @@ int third(void)\n>  int a;\n> +int b;\n>  int c;\n\n${'> @@ -10,8 +10,10 @@ int first(void)\n'}`,
    });
    assert.deepEqual(rows(suggestion).slice(-3), [
      'context 70 70 exact int a;',
      'add - 71 exact int b;',
      'context 71 72 exact int c;',
    ]);
    const version = patch
      .slice(patch.indexOf('diff'))
      .replace('@@ -10,8 +10,10', '@@ -20,8 +20,10')
      .replace('@@ -40,7 +42,9', '@@ -50,7 +52,9');
    const quoted = version.slice(0, version.indexOf('-- \n')).replace(/^/gm, '> ').replace(/> $/, '');
    assert.equal(rows(beside({ body: quoted }))[0], 'context 20 20 exact {');
  });

  it('say where the parts of a row stand that a mailer wrapped, with marks and without', () => {
    const long = '\tresult = some_function_with_a_long_name(first_argument, second_argument, third_argument);';
    const wide: TestMail = { ...original, body: patch.replace('+\t\tthree();', `+${long}`) };
    for (const mark of ['', '> ']) {
      const cut = `${long.slice(0, -'third_argument);'.length)}\n${mark}third_argument);`;
      const body = `> +\tif (one && two)\n> +${cut}\n> \t\treturn 0;\n> \n\nWhy?\n`;
      const text = mailbox([wide, { id: 'r', to: 'p', subject: 'Re: [PATCH v2 1/2] mm: a change', body }]);
      const lines = text.split('\n');
      const row = readDocument(text).messages[1]?.files[0]?.hunks[0]?.lines[1];
      assert.equal(row?.text, long);
      const [rest] = row?.wraps ?? [];
      assert.deepEqual([row?.new, row?.certainty, row?.wraps?.length], [14, 'exact', 1]);
      assert.equal(lines[rest!.line - 1]?.slice(rest!.column - 1), long.slice(rest!.offset));
      assert.equal(rest?.line, (row?.line ?? 0) + 1);
    }
  });

  it('keep rows that somebody changed: as the row left out there, or as none', () => {
    const message = beside({
      body: `> 	int one = 1;
>${' '}
> -	if (one)
> +	if (one && three)
> +	three();
> +	threeAndAHalf();
> 		return 0;
`,
    });
    assert.deepEqual(rows(message), [
      'context 11 11 exact int one = 1;',
      'context 12 12 exact ',
      'del 13 - exact if (one)',
      'add - 13 exact if (one && three)',
      'add - 14 exact three();',
      'add - - file threeAndAHalf();',
      'context 14 15 exact return 0;',
    ]);
  });

  it('do not know which row was changed where the rows around it may be others', () => {
    const rowsOfPatch = ['start', '+telling', 'gap', 'above', '+first', 'below', 'above', '+second', 'below', 'end'];
    const hunk = rowsOfPatch.map((name) => (name.startsWith('+') ? `+\t${name.slice(1)}();` : ` \t${name}();`));
    const body = `Why.\n---\n--- a/mm/a.c\n+++ b/mm/a.c\n@@ -1,7 +1,10 @@\n${hunk.join('\n')}\n`;
    const quote = '> @@ -1,7 +1,10 @@\n> +\ttelling();\n\nWhy?\n\n> \tabove();\n> +\tchanged();\n> \tbelow();\n';
    const { messages } = readDocument(
      mailbox([
        { ...original, body },
        { id: 'r', to: 'p', subject: 'Re: [PATCH v2 1/2] mm: a change', body: quote },
      ]),
    );
    assert.deepEqual(rows(messages[1]), [
      'add - 2 exact telling();',
      'context 3 4 range above();',
      'add - 5 range changed();',
      'context 4 6 range below();',
    ]);
    assert.equal(messages[1]?.files[0]?.hunks[0]?.lines[2]?.newMax, 8);
  });

  it('cost nothing in mailboxes that quote nothing', () => {
    const { messages } = readDocument(mailbox([original, { ...original, id: 'q', subject: '[PATCH v2 2/2] b' }]));
    const [one, other] = messages.map(({ files }) => files);
    assert.equal(one?.length, 1);
    assert.equal(other?.[0]?.hunks.length, 2);
  });
});

describe('alignment of a quote', () => {
  it('keeps the order, pairs equal lines only, and is unique where the naive search is', () => {
    const key = fc.integer({ min: 0, max: 5 });
    fc.assert(
      fc.property(fc.array(key, { maxLength: 7 }), fc.array(key, { maxLength: 7 }), (quote, lines) => {
        const weights = [0, 3, 5, 9, 20, 32];
        const quoted = quote.map((one, i) => ({ keys: [one], link: i % 3 === 0 ? 1 : 8 }));
        const found = alignQuote(quoted, { keys: Int32Array.from(lines), weights: Int32Array.from(weights) });
        const best = naive(
          quote,
          quoted.map(({ link }) => link),
          lines,
          weights,
        );
        quote.forEach((one, i) => {
          const row = found.chosen[i] ?? -1;
          if (row >= 0) assert.equal(lines[row], one);
          const all = best.map((choice) => choice[i] ?? -1);
          const sure = all.every((other) => other === all[0]) && (all[0] ?? -1) >= 0;
          assert.equal((found.first[i] ?? -1) >= 0 && found.first[i] === found.last[i], sure);
          if (sure) assert.equal(row, all[0]);
        });
        const rising = [...found.chosen].filter((row) => row >= 0);
        assert.deepEqual(
          rising,
          [...new Set(rising)].sort((a, b) => a - b),
        );
      }),
      { numRuns: 400 },
    );
  });

  it('of thousands of lines alike is sure only where nothing is left out', () => {
    const alike = (count: number): Int32Array => new Int32Array(count);
    const quoted = Array.from({ length: 1500 }, () => ({ keys: [0], link: 8 }));
    const whole = alignQuote(quoted, { keys: alike(1500), weights: Int32Array.of(20) });
    assert.deepEqual([whole.first[700], whole.last[700]], [700, 700]);
    const cut = alignQuote(quoted, { keys: alike(1600), weights: Int32Array.of(20) });
    assert.deepEqual([cut.first[700], cut.last[700]], [0, 1599]);
    const doubled = alignQuote(quoted, { keys: alike(1400), weights: Int32Array.of(20) });
    const rowsGiven = [...doubled.chosen].filter((row) => row >= 0);
    assert.equal(new Set(rowsGiven).size, rowsGiven.length);
  });
});

/** All best alignments, by trying every one. */
function naive(
  quote: readonly number[],
  links: readonly number[],
  lines: readonly number[],
  weights: readonly number[],
): number[][] {
  let best: number[][] = [];
  let most = -1;
  const extend = (choice: number[], score: number, from: number): void => {
    const i = choice.length;
    if (i === quote.length) {
      if (score > most) best = [];
      if (score >= most) best.push(choice);
      most = Math.max(most, score);
      return;
    }
    extend([...choice, -1], score, from);
    for (let row = from; row < lines.length; row++) {
      if (lines[row] !== quote[i]) continue;
      const linked = i > 0 && row > 0 && choice[i - 1] === row - 1 ? (links[i] ?? 0) : 0;
      extend([...choice, row], score + (weights[quote[i] ?? 0] ?? 0) + linked, row + 1);
    }
  };
  extend([], 0, 0);
  return best;
}

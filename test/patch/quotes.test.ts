// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { hunksOf, onlyMessage } from './rows';

const diff = [
  'diff --git a/kernel/a.c b/kernel/a.c',
  '--- a/kernel/a.c',
  '+++ b/kernel/a.c',
  '@@ -10,7 +10,8 @@ static int first(void)',
  ' {',
  ' \tint a;',
  ' ',
  '-\treturn 1;',
  '+\tint x = 2;',
  '+\treturn x;',
  ' }',
  ' ',
  ' int last;',
];
const top = ['Subject: Re: [PATCH] x', 'From: Rev Iewer <rev@example.org>', ''];
const said = 'On Monday, Jane Doe wrote:';

/** The whole reply as text, with the quote marks before the lines of the patch. */
function reply(lines: readonly string[]): string {
  return `${[...top, ...lines].join('\n')}\n`;
}

function quote(lines: readonly string[], mark: string): string[] {
  return lines.map((line) => mark + line);
}

/** Place and anchor of each comment in short. */
function commentsOf(text: string): unknown[] {
  return onlyMessage(text).comments.map(({ line, endLine, depth, anchor }) => [
    line,
    endLine,
    depth,
    anchor.side,
    anchor.line,
    anchor.endLine,
    anchor.certainty,
  ]);
}

function numbersOf(text: string): unknown[] {
  return hunksOf(onlyMessage(text)).flatMap(({ hunk }) =>
    hunk.lines.map((row) => [row.kind, row.old, row.new, row.certainty]),
  );
}

function rolesOf(text: string): string[] {
  return onlyMessage(text).lines.map(({ depth, role }) => `${depth} ${role}`);
}

describe('quote marks', () => {
  for (const mark of ['> ', '>', '> > ', '>> ', '>| ', '= > ', '| ', ': ', 'JD> ', ' > ']) {
    it(`"${mark}": rows and the answer between them`, () => {
      const text = reply([said, ...quote(diff.slice(0, 9), mark), '', 'Why two?', '', ...quote(diff.slice(9), mark)]);
      assert.deepEqual(
        hunksOf(onlyMessage(text)).map(({ path, rows }) => [path, rows]),
        [['kernel/a.c', diff.slice(4)]],
      );
      assert.deepEqual(commentsOf(text), [[15, 15, 0, 'new', 13, 13, 'exact']]);
    });
  }

  it('who wrote it is said in the language of a mail program', () => {
    for (const words of [
      'Am 02.01.2023 um 10:00 schrieb Jane Doe:',
      'Jane Doe <jane@example.org> schrieb am Mo., 2. Jan. 2023, 10:00:',
      'Le 02/01/2023 à 10:00, Jane Doe a écrit :',
      'El lun, 2 ene 2023 a las 10:00, Jane Doe (<jane@example.org>) escribió:',
      'Il giorno lun 2 gen 2023 alle ore 10:00 Jane Doe <jane@example.org> ha scritto:',
      'Em seg., 2 de jan. de 2023 às 10:00, Jane Doe <jane@example.org> escreveu:',
      'Op ma 2 jan. 2023 om 10:00 schreef Jane Doe <jane@example.org>:',
      'Den mån 2 jan. 2023 kl 10:00 skrev Jane Doe <jane@example.org>:',
      'pon., 2 sty 2023 o 10:00 Jane Doe <jane@example.org> napisał(a):',
      'пн, 2 янв. 2023 г. в 10:00, Jane Doe <jane@example.org>:',
      '02.01.2023 10:00, Jane Doe пишет:',
      'Jane Doe <jane@example.org> 于2023年1月2日周一 10:00写道：',
      '2023年1月2日(月) 10:00 Jane Doe <jane@example.org>:',
      'Quoting Jane Doe (2023-01-02 10:00:00)',
      "Excerpts from Jane Doe's message of January 2, 2023 10:00 am:",
    ]) {
      const roles = rolesOf(reply([words, ...quote(diff, '> '), '', 'Why two?']));
      assert.equal(roles[3], '0 attribution', words);
      assert.equal(roles.at(-1), '0 comment', words);
    }
  });

  it('words that end with a colon above a quote are an answer', () => {
    for (const words of ['This fails at 10:00:', 'I said the same as Jane (see below):', 'The lock (taken here):']) {
      const text = reply([said, ...quote(diff.slice(0, 9), '> '), '', words, '', ...quote(diff.slice(9), '> ')]);
      assert.deepEqual(commentsOf(text), [[15, 15, 0, 'new', 13, 13, 'exact']], words);
    }
  });

  it('bars and initials count only below a line that says who wrote, and where most lines have them', () => {
    const table = ['| a | b |', '| 1 | 2 |', '| 3 | 4 |'];
    const without = onlyMessage(reply([...table, ...diff]));
    const few = onlyMessage(reply([said, ...table, '', ...diff, '', 'Fine.', '', 'Really.', 'Yes.']));
    for (const message of [without, few])
      assert.ok(message.lines.every(({ depth, role }) => depth === 0 || role !== 'comment'));
    assert.ok(without.lines.every(({ depth }) => depth === 0));
  });

  it('an empty quoted line is quoted text, one around an answer is none', () => {
    const text = reply([said, '> Why.', '>', '> Because.', '', 'Right.', '', 'Is it?', '', '> Yes.']);
    assert.deepEqual(rolesOf(text).slice(3), [
      '0 attribution',
      '1 text',
      '1 text',
      '1 text',
      '0 blank',
      '0 comment',
      '0 comment',
      '0 comment',
      '0 blank',
      '1 text',
    ]);
  });

  it('text below what a commit message quotes is no answer, below a quoted patch it is one', () => {
    const message = ['It was said that', '> this cannot happen', 'and it does.', '', ...diff];
    assert.deepEqual(commentsOf(reply([said, ...quote(message, '> ')])), []);
    const own = ['Subject: [PATCH] x', ...top.slice(1), ...message, ''].join('\n');
    assert.deepEqual(commentsOf(own), []);
    const attributed = own.replace('It was said that', said);
    assert.deepEqual(commentsOf(attributed), []);
    assert.deepEqual(commentsOf(attributed.replace('[PATCH] x', 'x')), [[6, 6, 0, 'message', 5, 5, 'exact']]);
    const unmarked = onlyMessage(attributed.replace('> this', 'this'));
    assert.ok(unmarked.lines.every(({ depth, role }) => depth === 0 && role !== 'comment'));
    const twice = [...quote(diff.slice(0, 9), '> > '), '>', '> Why two?', '>', ...quote(diff.slice(9), '> > ')];
    assert.deepEqual(commentsOf(reply([said, ...twice])), [[15, 15, 1, 'new', 13, 13, 'exact']]);
  });

  it('a trailer is no answer, what stands around it is one', () => {
    for (const key of ['Reviewed-by', 'Reviewed-By']) {
      const given = `${key}: Rev Iewer <rev@example.org>`;
      const text = reply([said, ...quote(diff, '> '), '', 'Fine.', '', given, '', 'Really.']);
      assert.deepEqual(commentsOf(text), [
        [19, 19, 0, 'new', 17, 17, 'exact'],
        [23, 23, 0, 'new', 17, 17, 'exact'],
      ]);
      assert.deepEqual(onlyMessage(text).trailers, []);
    }
  });

  it('a hunk below the only name that was kept is of that file, also behind another hunk', () => {
    const [first, ...rows] = diff.slice(3);
    for (const name of ['+++ b/kernel/b.c', '--- a/kernel/b.c']) {
      for (const kept of [rows, rows.slice(0, 5)]) {
        const text = reply([
          said,
          ...quote([...diff.slice(0, 3), first ?? '', ...kept, name, ...diff.slice(3)], '> '),
          'Why?',
        ]);
        assert.deepEqual(
          hunksOf(onlyMessage(text)).map(({ path, rows: found }) => [path, found]),
          [
            ['kernel/a.c', kept],
            ['kernel/b.c', rows],
          ],
        );
        assert.equal(onlyMessage(text).comments[0]?.anchor.file, 'kernel/b.c');
      }
    }
  });

  it('removed lines alone are rows where the file is known and they read like code', () => {
    const rows = [...diff.slice(0, 3), '-\told(x);', '-\treturn x;'];
    const text = reply([said, ...quote(rows, '> '), '', 'Why?', '', '> - a point', '> - another', '', 'No.']);
    assert.deepEqual(
      hunksOf(onlyMessage(text)).map((hunk) => hunk.rows),
      [rows.slice(3)],
    );
    assert.deepEqual(commentsOf(text)[0], [11, 11, 0, 'old', null, null, 'file']);
  });

  it('what a mailing list adds below a mail is no answer', () => {
    const footer = ['_'.repeat(47), 'some mailing list', 'some@lists.example.org'];
    const text = reply([said, ...quote(diff, '> '), '', 'Fine.', '', ...footer]);
    assert.deepEqual(commentsOf(text), [[19, 19, 0, 'new', 17, 17, 'exact']]);
    assert.deepEqual(rolesOf(text).slice(-3), ['0 footer', '0 footer', '0 footer']);
  });
});

describe('rows that mailers changed', () => {
  const long = ' \tresult = some_function_with_a_long_name(first_argument, second_argument, ';

  it('the rest of a wrapped row has its role, and no number', () => {
    const rows = [...diff.slice(0, 6), long, 'third_argument);', ...diff.slice(7, 9), '', 'Why?', '', ...diff.slice(9)];
    const text = reply([said, ...rows.map((line) => (line === '' || line === 'Why?' ? line : `> ${line}`))]);
    const [found] = hunksOf(onlyMessage(text));
    assert.deepEqual([found?.hunk.lines.length, found?.hunk.missingOld, found?.hunk.missingNew], [9, 0, 0]);
    assert.deepEqual(rolesOf(text).slice(10, 12), ['1 context', '1 context']);
    const row = found?.hunk.lines[2];
    assert.equal(row?.text, `${long.slice(1)}third_argument);`);
    assert.deepEqual(row?.wraps, [{ offset: long.length - 1, line: 12, column: 3 }]);
    assert.deepEqual(commentsOf(text), [[16, 16, 0, 'new', 13, 13, 'exact']]);
  });

  it('also where it looks like a change, if the line before ends with a blank', () => {
    const rows = [...diff.slice(0, 6), long, '-third_argument);', ...diff.slice(7)];
    const [found] = hunksOf(onlyMessage(reply([said, ...quote(rows, '> ')])));
    assert.deepEqual([found?.hunk.lines.length, found?.hunk.missingOld, found?.hunk.missingNew], [9, 0, 0]);
  });

  it('a CR alone within the rest of a wrapped row is text, as it is within a row', () => {
    const rows = [...diff.slice(0, 6), long, 'third\rargument);', ...diff.slice(7)];
    const [found] = hunksOf(onlyMessage(`${rows.join('\n')}\n`));
    assert.deepEqual([found?.hunk.lines.length, found?.hunk.missingOld, found?.hunk.missingNew], [9, 0, 0]);
    assert.equal(found?.hunk.lines[2]?.text, `${long.slice(1)}third\rargument);`);
    assert.deepEqual(found?.hunk.lines[2]?.wraps?.length, 1);
  });

  it('the rest of a wrapped hunk header is none of its rows', () => {
    const header = '@@ -10,7 +10,8 @@ static int first_function_with_a_long_name(struct argument ';
    const rows = [...diff.slice(0, 3), header, '*first)', ...diff.slice(4)];
    const text = reply([said, ...quote(rows, '> ')]);
    assert.deepEqual(hunksOf(onlyMessage(text))[0]?.rows, diff.slice(4));
    assert.equal(rolesOf(text)[8], '1 hunk');
  });

  it('a row joined to the empty line above it keeps both numbers', () => {
    const rows = [...diff.slice(0, 6), '  -\treturn 1;', ...diff.slice(8)];
    const text = reply([said, ...quote(rows, '> ')]);
    const exact = (kind: string, old: number | null, fresh: number | null): unknown => [kind, old, fresh, 'exact'];
    assert.deepEqual(numbersOf(text), [
      exact('context', 10, 10),
      exact('context', 11, 11),
      exact('del', 13, null),
      exact('add', null, 13),
      exact('add', null, 14),
      exact('context', 14, 15),
      exact('context', 15, 16),
      exact('context', 16, 17),
    ]);
  });

  it('a header joined to the empty line above it starts its hunk', () => {
    const next = ['  @@ -40,3 +41,3 @@', ' {', '-\told();', '+\tnew();', ' }'];
    const text = reply([
      said,
      ...quote([...diff.slice(0, 3), '@@ -10,4 +10,4 @@', ' {', '-\ta();', '+\tb();', ' }', ...next], '> '),
    ]);
    assert.deepEqual(
      hunksOf(onlyMessage(text)).map(({ hunk, rows }) => [
        hunk.oldStart,
        rows.length,
        hunk.missingOld,
        hunk.missingNew,
      ]),
      [
        [10, 4, 0, 0],
        [40, 4, 0, 0],
      ],
    );
  });
});

describe('lines that a reviewer cut away', () => {
  const second = ['@@ -40,3 +41,3 @@', ' {', '-\told();', '+\tnew();', ' }'];

  it('at one place: rows behind it are counted from the end', () => {
    const rows = [...quote(diff.slice(0, 6), '> '), '', 'Why?', '', ...quote([...diff.slice(7), ...second], '> ')];
    assert.deepEqual(numbersOf(reply([said, ...rows])).slice(0, 4), [
      ['context', 10, 10, 'exact'],
      ['context', 11, 11, 'exact'],
      ['del', 13, null, 'exact'],
      ['add', null, 13, 'exact'],
    ]);
  });

  it('at one place, and perhaps at the end: rows behind it have a range', () => {
    const rows = [...quote(diff.slice(0, 6), '> '), '', 'Why?', '', ...quote(diff.slice(7), '> '), '', 'Fine.'];
    const found = hunksOf(onlyMessage(reply([said, ...rows])))[0]?.hunk.lines[2];
    assert.deepEqual([found?.old, found?.oldMax, found?.certainty], [12, 13, 'range']);
  });

  it('at two places: what stands between them has a range', () => {
    const rows = [
      ...quote(diff.slice(0, 5), '> '),
      '> [...]',
      ...quote(diff.slice(6, 8), '> '),
      '',
      'Why?',
      '',
      ...quote([...diff.slice(9), ...second], '> '),
    ];
    assert.deepEqual(commentsOf(reply([said, ...rows])), [[14, 14, 0, 'old', 12, 13, 'range']]);
  });

  for (const mark of [
    '[...]',
    '[ ... 12 lines skipped ... ]',
    '...',
    '<snip>',
    '[snip]',
    '<...>',
    '--- 8< ---',
    '[…]',
  ]) {
    it(`"${mark}" says so, quoted or not`, () => {
      for (const before of ['> ', '']) {
        const rows = [...quote(diff.slice(0, 6), '> '), before + mark, ...quote([...diff.slice(8), ...second], '> ')];
        const text = reply([said, ...rows]);
        assert.equal(rolesOf(text)[10]?.slice(2), 'snip', before + mark);
        assert.deepEqual(commentsOf(text), []);
        assert.deepEqual(numbersOf(text)[2], ['add', null, 13, 'exact']);
      }
    });
  }
});

describe('a text that lost its quote marks', () => {
  const page = (lines: readonly string[]): string =>
    [
      'Re: [PATCH] a patch',
      '',
      'From: Rev',
      'Date: Fri Jul 07 2023 - 00:02:06 EST',
      '',
      said,
      ...lines.map((line) => line.replace(/\s+/g, ' ').trim()),
      '',
    ].join('\n');

  it('answers are told by the counts and by how they read', () => {
    const text = page([...diff.slice(0, 9), '', 'Why two?', '- it costs a line', '', ...diff.slice(9)]);
    assert.deepEqual(commentsOf(text), [[17, 18, 0, 'new', 13, 13, 'exact']]);
    assert.equal(hunksOf(onlyMessage(text))[0]?.rows.length, 9);
    assert.ok(
      onlyMessage(text).lines.every(({ line, depth }) => line < 7 || depth === (line > 15 && line < 20 ? 0 : 1)),
    );
  });

  it('a suggestion belongs to the answer that introduces it', () => {
    const answer = ['', 'This can be written as', '', 'if (!x)', 'return -EINVAL;', '', 'and the label goes away.', ''];
    const text = page([...diff.slice(0, 9), ...answer, ...diff.slice(9)]);
    assert.deepEqual(commentsOf(text), [[17, 22, 0, 'new', 13, 13, 'exact']]);
  });

  it('in a document the counts decide', () => {
    const document = [
      '@@ -1,7 +1,7 @@',
      ' Overview',
      ' ',
      ' It was so for a long time.',
      ' ',
      '-It is so.',
      '+It is not so.',
      ' ',
      ' The end.',
    ];
    const header = ['--- a/Documentation/x.rst', '+++ b/Documentation/x.rst'];
    assert.deepEqual(commentsOf(page([...header, ...document])), []);
    const answered = [...document.slice(0, 7), '', 'Are you sure?', '', ...document.slice(7)];
    assert.deepEqual(commentsOf(page([...header, ...answered])), [[17, 17, 0, 'new', 5, 5, 'exact']]);
  });
});

// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readDocument } from '../../src/patch/readDocument';
import { hunksOf, numstatOf, onlyFile, onlyMessage, rowsOf } from './rows';

const diff = [
  'diff --git a/kernel/a.c b/kernel/a.c',
  'index 1111111..2222222 100644',
  '--- a/kernel/a.c',
  '+++ b/kernel/a.c',
  '@@ -10,3 +10,4 @@ static int first(void)',
  ' {',
  '-\treturn 1;',
  '+\tint x = 2;',
  '+\treturn x;',
  ' }',
];
const mail = [
  'From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001',
  'From: "Doe, Jane" <jane@example.org>',
  'Date: Tue, 2 Jan 2024 03:04:05 +0100',
  'Subject: [PATCH v3 2/5] kernel: return what was asked for',
  'Message-ID: <part-2@example.org>',
  'In-Reply-To: <cover@example.org>',
  'References: <older@example.org>',
  ' <cover@example.org>',
  '',
  'One was wrong.',
  '',
  'Signed-off-by: Jane Doe <jane@example.org>',
  '---',
  ' kernel/a.c | 3 ++-',
  ' 1 file changed, 2 insertions(+), 1 deletion(-)',
  '',
  ...diff,
  '-- ',
  '2.40.1',
  '',
];

function text(lines: readonly string[], end = '\n'): string {
  return lines.map((line) => line + end).join('');
}

function quote(lines: readonly string[], mark: string): string[] {
  return lines.map((line) => (mark + line).trimEnd());
}

describe('readDocument', () => {
  it('reads a mail as git format-patch writes it', () => {
    const message = onlyMessage(text(mail));
    assert.equal(message.container, 'mbox');
    assert.deepEqual(message.author, { name: 'Doe, Jane', email: 'jane@example.org' });
    assert.equal(message.subject, 'kernel: return what was asked for');
    assert.equal(message.rawSubject, '[PATCH v3 2/5] kernel: return what was asked for');
    assert.equal(message.date, 'Tue, 2 Jan 2024 03:04:05 +0100');
    assert.deepEqual(message.prefix, { rfc: false, resend: false, version: 3, part: 2, total: 5, tree: null });
    assert.equal(message.messageId, 'part-2@example.org');
    assert.equal(message.inReplyTo, 'cover@example.org');
    assert.deepEqual(message.references, ['older@example.org', 'cover@example.org']);
    assert.equal(message.body, 'One was wrong.\n\nSigned-off-by: Jane Doe <jane@example.org>\n');
    assert.equal(message.patchText, text(mail.slice(12)));
    assert.deepEqual(message.trailers, [{ key: 'Signed-off-by', value: 'Jane Doe <jane@example.org>', line: 12 }]);
    assert.deepEqual(message.comments, []);
    assert.equal(message.whitespace, 'kept');
    const roles = message.lines.map((line) => line.role);
    assert.deepEqual(roles.slice(16), [
      'file',
      'file',
      'file',
      'file',
      'hunk',
      'context',
      'del',
      'add',
      'add',
      'context',
      'signature',
      'signature',
      'blank',
    ]);
  });

  it('gives every row its numbers and its place', () => {
    const [found] = hunksOf(onlyMessage(text(mail)));
    assert.equal(found?.hunk.line, 21);
    assert.equal(found?.hunk.section, 'static int first(void)');
    assert.deepEqual(
      found?.hunk.lines.map((row) => [row.kind, row.line, row.column, row.textColumn, row.old, row.new, row.certainty]),
      [
        ['context', 22, 1, 2, 10, 10, 'exact'],
        ['del', 23, 1, 2, 11, null, 'exact'],
        ['add', 24, 1, 2, null, 11, 'exact'],
        ['add', 25, 1, 2, null, 12, 'exact'],
        ['context', 26, 1, 2, 12, 13, 'exact'],
      ],
    );
    assert.deepEqual(
      found?.hunk.lines.map((row) => row.text),
      ['{', '\treturn 1;', '\tint x = 2;', '\treturn x;', '}'],
    );
  });

  it('gives plain data: JSON and a clone hold the rows', () => {
    const document = readDocument(text(mail));
    const copy: unknown = JSON.parse(JSON.stringify(document));
    assert.deepEqual(structuredClone(document), copy);
    assert.match(JSON.stringify(copy), /return x;/);
  });

  for (const [name, end] of [
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ] as const) {
    it(`reads ${name} line ends`, () => {
      const message = onlyMessage(text(mail, end));
      assert.deepEqual(numstatOf([message]), ['2\t1\tkernel/a.c']);
      assert.equal(hunksOf(message)[0]?.hunk.lines[1]?.text, '\treturn 1;');
      assert.equal(hunksOf(message)[0]?.hunk.lines[1]?.line, 23);
    });
  }

  it('splits a mailbox by git’s rule', () => {
    const prose = ['From here on it is prose.', 'From the start: 10 of 12'];
    const { messages } = readDocument(text([...mail.slice(0, 9), ...prose, ...mail.slice(9), ...mail, ...mail]));
    assert.deepEqual(
      messages.map(({ line }) => line),
      [1, 32, 61],
    );
    assert.deepEqual(numstatOf(messages), ['2\t1\tkernel/a.c', '2\t1\tkernel/a.c', '2\t1\tkernel/a.c']);
    assert.equal(messages[2]?.files[0]?.hunks[0]?.lines[0]?.line, 82);
  });

  it('reads a mail without a separator', () => {
    const message = onlyMessage(text(mail.slice(1)));
    assert.equal(message.container, 'mail');
    assert.deepEqual(numstatOf([message]), ['2\t1\tkernel/a.c']);
  });

  it('lets in-body headers win', () => {
    const message = onlyMessage(
      text([...mail.slice(0, 9), 'From: Other Author <other@example.org>', 'Subject: another', '', ...mail.slice(9)]),
    );
    assert.deepEqual(message.author, { name: 'Other Author', email: 'other@example.org' });
    assert.equal(message.subject, 'another');
    assert.equal(message.body, 'One was wrong.\n\nSigned-off-by: Jane Doe <jane@example.org>\n');
  });

  it('reads several diffs after another', () => {
    const document = readDocument(
      text([
        ...diff,
        ...diff,
        'Index: b.c',
        '='.repeat(60),
        '--- b.c\t(revision 1)',
        '+++ b.c\t(revision 2)',
        '@@ -1 +1 @@',
        '-a',
        '+b',
      ]),
    );
    assert.equal(document.messages[0]?.container, 'diff');
    assert.deepEqual(numstatOf(document.messages), ['2\t1\tkernel/a.c', '2\t1\tkernel/a.c', '1\t1\tb.c']);
  });

  it('reads diffs that git did not make', () => {
    const plain = [
      '--- linux-6.1.orig/mm/x.c\t2024-01-02 03:04:05.000000000 +0100',
      '+++ linux-6.1/mm/x.c\t2024-01-02 03:05:05.000000000 +0100',
      '@@ -1,2 +1,2 @@',
      ' a',
      '-b',
      '+c',
    ];
    assert.deepEqual(onlyFile(text(plain)).newPath, 'mm/x.c');
    const quilt = [
      'Subject: a quilt patch',
      'From: Jane <jane@example.org>',
      '',
      'Why.',
      '',
      ...plain.map((line) => line.replace(/\t.*/, '')),
    ];
    assert.deepEqual(numstatOf([onlyMessage(text(quilt))]), ['1\t1\tmm/x.c']);
    const added = onlyFile(text(['--- /dev/null', '+++ b/new.c', '@@ -0,0 +1 @@', '+x']));
    assert.deepEqual([added.status, added.oldPath, added.newPath], ['added', null, 'new.c']);
  });

  it('reads git’s extended headers', () => {
    const lines = [
      'diff --git a/old name.c b/new name.c',
      'similarity index 90%',
      'rename from old name.c',
      'rename to new name.c',
      '--- a/old name.c\t',
      '+++ b/new name.c\t',
      '@@ -1 +1 @@',
      '-a',
      '+b',
      'diff --git a/run.sh b/run.sh',
      'old mode 100644',
      'new mode 100755',
      'diff --git a/x.c b/y.c',
      'similarity index 100%',
      'copy from x.c',
      'copy to y.c',
      'diff --git a/logo.png b/logo.png',
      'new file mode 100644',
      'index 0000000..1111111',
      'Binary files /dev/null and b/logo.png differ',
      'diff --git a/blob b/blob',
      'index 1111111..2222222 100644',
      'GIT binary patch',
      'literal 3',
      'Kcmb<=',
      '',
      'literal 0',
      'HcmV?d00001',
      '',
      'diff --git "a/d\\303\\251j\\303\\240.c" "b/d\\303\\251j\\303\\240.c"',
      'deleted file mode 100644',
      'index 1111111..0000000',
      '--- "a/d\\303\\251j\\303\\240.c"',
      '+++ /dev/null',
      '@@ -1 +0,0 @@',
      '-x',
      'diff --git a/empty b/empty',
      'new file mode 100644',
      'index 0000000..e69de29',
    ];
    const { files } = onlyMessage(text(lines));
    assert.deepEqual(
      files.map((file) => [file.status, file.oldPath, file.newPath, file.additions, file.deletions]),
      [
        ['renamed', 'old name.c', 'new name.c', 1, 1],
        ['mode', 'run.sh', 'run.sh', 0, 0],
        ['copied', 'x.c', 'y.c', 0, 0],
        ['binary', null, 'logo.png', 0, 0],
        ['binary', 'blob', 'blob', 0, 0],
        ['deleted', 'déjà.c', null, 0, 1],
        ['added', null, 'empty', 0, 0],
      ],
    );
  });

  it('keeps rows that look like headers or signatures while counts are open', () => {
    const lines = [
      '--- a/x.sql',
      '+++ b/x.sql',
      '@@ -1,4 +1,4 @@',
      ' select',
      '--- a comment',
      '-- ',
      '+++ b',
      '+-- ',
      ' end',
      '-- ',
      '2.40.1',
    ];
    assert.deepEqual(rowsOf(onlyFile(text(lines)).hunks[0]!), [
      ' select',
      '--- a comment',
      '-- ',
      '+++ b',
      '+-- ',
      ' end',
    ]);
  });

  it('reads a missing newline at the end of a file', () => {
    const lines = [
      '--- a/x',
      '+++ b/x',
      '@@ -1 +1 @@',
      '-a',
      '\\ No newline at end of file',
      '+b',
      '\\ No newline at end of file',
      '',
      'more text',
    ];
    const hunk = onlyFile(text(lines)).hunks[0]!;
    assert.deepEqual(rowsOf(hunk), ['-a', '\\ No newline at end of file', '+b', '\\ No newline at end of file']);
    assert.deepEqual([hunk.missingOld, hunk.missingNew], [0, 0]);
  });

  for (const mark of ['> ', '> > ', '>> ', '>', '>>> ']) {
    it(`reads a diff quoted with "${mark}" and the answer within it`, () => {
      const depth = mark.replace(/ /g, '').length;
      const lines = [
        'From: Rev Iewer <rev@example.org>',
        'Subject: Re: [PATCH] x',
        'Date: Tue, 2 Jan 2024 03:04:05 +0100',
        '',
        'On Monday, Jane Doe wrote:',
        ...quote(diff.slice(0, 8), mark),
        '',
        'Why two?',
        '',
        'Really.',
        '',
        ...quote(diff.slice(8), mark),
        ...quote(['-- ', '2.40.1'], mark),
        '',
        'Thanks,',
        'Rev',
      ];
      const message = onlyMessage(text(lines));
      const [found] = hunksOf(message);
      assert.deepEqual(found?.rows, [' {', '-\treturn 1;', '+\tint x = 2;', '+\treturn x;', ' }']);
      assert.deepEqual([found?.hunk.missingOld, found?.hunk.missingNew], [0, 0]);
      assert.equal(found?.hunk.lines[1]?.column, mark.length + 1);
      assert.deepEqual(message.comments, [
        {
          line: 15,
          endLine: 17,
          depth: 0,
          anchor: { file: 'kernel/a.c', side: 'new', line: 11, endLine: 11, certainty: 'exact' },
        },
      ]);
      assert.equal(message.patchText, '');
      assert.equal(message.lines.find((line) => line.role === 'signature')?.depth, depth);
      assert.equal(message.lines.find((line) => line.line === 5)?.role, 'attribution');
    });
  }

  it('anchors an answer below a removed line to the old file, and one below the header to the file', () => {
    const lines = [
      'Subject: Re: x',
      'From: a <a@b>',
      '',
      'On Monday, Jane wrote:',
      ...quote(diff.slice(0, 4), '> '),
      'What file?',
      ...quote(diff.slice(4, 7), '> '),
      'Keep it.',
      ...quote(diff.slice(7), '> '),
    ];
    assert.deepEqual(
      onlyMessage(text(lines)).comments.map(({ line, anchor }) => [line, anchor.side, anchor.file, anchor.line]),
      [
        [9, 'file', 'kernel/a.c', null],
        [13, 'old', 'kernel/a.c', 11],
      ],
    );
  });

  it('does not take the signature into a hunk that lost a line', () => {
    for (const lost of [22, 23, 24, 25]) {
      for (const mark of ['', '> ']) {
        const lines = mail.filter((_, i) => i !== lost);
        const body = mark === '' ? lines : [...lines.slice(0, 9), ...quote(lines.slice(9), mark)];
        const message = onlyMessage(text(body));
        const [found] = hunksOf(message);
        assert.equal(found?.rows.length, 4, `without line ${lost + 1}, quoted with "${mark}"`);
        assert.ok((found?.hunk.missingOld ?? 0) + (found?.hunk.missingNew ?? 0) > 0);
      }
    }
  });

  it('does not take an example in a commit message for a patch', () => {
    const example = ['@@', 'expression e;', '@@', '- old(e);', '+ new(e);', '+ newer(e);'];
    const message = onlyMessage(text([...mail.slice(0, 10), ...example, ...mail.slice(10)]));
    assert.deepEqual(numstatOf([message]), ['2\t1\tkernel/a.c']);
  });

  it('reads a patch in quoted-printable and in base64, with places in the encoded text', () => {
    const body = text([...mail.slice(9, 16), ...diff, '-- ', '2.40.1']).replace('int x = 2;', 'char *x = "é=";');
    const head = mail.slice(0, 8);
    const quotedPrintable = body
      .replace(/[=é]/g, (c) => [...Buffer.from(c)].map((byte) => `=${byte.toString(16).toUpperCase()}`).join(''))
      .replace('*x', '*=\nx')
      .replace(/ \n/, '=20\n');
    const asQuoted = onlyMessage(
      `${text([...head, 'Content-Type: text/plain; charset=UTF-8', 'Content-Transfer-Encoding: quoted-printable', ''])}${quotedPrintable}`,
    );
    const row = hunksOf(asQuoted)[0]?.hunk.lines[2];
    assert.equal(row?.text, '\tchar *x = "é=";');
    assert.deepEqual([row?.line, row?.column], [26, 1]);
    assert.deepEqual([hunksOf(asQuoted)[0]?.hunk.lines[3]?.line, asQuoted.trailers[0]?.line], [28, 14]);
    const lines = Buffer.from(body)
      .toString('base64')
      .replace(/(.{72})/g, '$1\n');
    const asBase64 = onlyMessage(
      `${text([...head, 'Content-Type: text/plain; charset=UTF-8', 'Content-Transfer-Encoding: base64', ''])}${lines}\n`,
    );
    assert.deepEqual(rowsOf(hunksOf(asBase64)[0]!.hunk), rowsOf(hunksOf(asQuoted)[0]!.hunk));
    for (const { line, column } of hunksOf(asBase64)[0]!.hunk.lines) {
      assert.ok(line > 11 && column >= 1 && column <= 72);
    }
  });

  it('reads the text parts of a multipart mail', () => {
    const lines = [
      ...mail.slice(0, 8),
      'Content-Type: multipart/mixed; boundary="=_b"',
      '',
      '--=_b',
      'Content-Type: text/plain',
      '',
      'See below.',
      '',
      '--=_b',
      'Content-Type: text/html',
      '',
      '<p>See below.</p>',
      '--=_b',
      'Content-Type: text/x-patch; name="x.patch"',
      '',
      ...diff,
      '',
      '--=_b--',
    ];
    const message = onlyMessage(text(lines));
    assert.deepEqual(numstatOf([message]), ['2\t1\tkernel/a.c']);
    assert.equal(hunksOf(message)[0]?.hunk.line, lines.indexOf(diff[4]!) + 1);
  });

  it('reads a combined diff as the change of its first parent, and says so', () => {
    const lines = [
      'diff --cc x.c',
      'index 1,2..3',
      '--- a/x.c',
      '+++ b/x.c',
      '@@@ -7,3 -1,2 +11,4 @@@ int f(void)',
      '  a',
      ' +b',
      '+ c',
      ' -d',
      '--e',
      '++f',
    ];
    const { notices, messages } = readDocument(text(lines));
    assert.match(notices[0]?.message ?? '', /^Line 1: .*combined diff.*first of its parents/);
    assert.deepEqual(numstatOf(messages), ['2\t1\tx.c']);
    const [hunk] = messages[0]?.files[0]?.hunks ?? [];
    assert.deepEqual(
      [hunk?.oldStart, hunk?.oldCount, hunk?.newStart, hunk?.newCount, hunk?.section],
      [7, 3, 11, 4, 'int f(void)'],
    );
    assert.deepEqual(
      hunk?.lines.map((row) => [row.kind, row.line, row.textColumn, row.text, row.old, row.new, row.certainty]),
      [
        ['context', 6, 3, 'a', 7, 11, 'exact'],
        ['context', 7, 3, 'b', 8, 12, 'exact'],
        ['add', 8, 3, 'c', null, 13, 'exact'],
        ['del', 10, 3, 'e', 9, null, 'exact'],
        ['add', 11, 3, 'f', null, 14, 'exact'],
      ],
    );
    assert.deepEqual(
      messages[0]?.lines.map((line) => line.role),
      ['file', 'file', 'file', 'file', 'hunk', 'context', 'context', 'add', 'del', 'del', 'add'],
    );
  });

  it('reads a combined diff in a quote, with answers in it and other diffs around it', () => {
    const merge = ['diff --cc x.c', '--- a/x.c', '+++ b/x.c', '@@@ -1,2 -1,1 +1,2 @@@', '  a;', '- b;', '++c;'];
    const quoted = quote([...diff, ...merge, ...diff], '> ');
    const at = quoted.indexOf('> - b;');
    const message = onlyMessage(
      text(['Subject: Re: x', '', 'On Monday, A wrote:', ...quoted.slice(0, at), 'Why?', ...quoted.slice(at)]),
    );
    assert.deepEqual(numstatOf([message]), ['2\t1\tkernel/a.c', '1\t1\tx.c', '2\t1\tkernel/a.c']);
    assert.deepEqual(
      message.comments.map(({ anchor }) => [anchor.file, anchor.side, anchor.line]),
      [['x.c', 'new', 1]],
    );
    assert.ok(
      message.files.every(({ hunks }) => hunks.every(({ missingOld, missingNew }) => missingOld + missingNew === 0)),
    );
  });

  it('recognises a context diff, and does not read it', () => {
    const context = [
      '*** a/x.c\t2024-01-02 03:04:05.000000000 +0100',
      '--- b/x.c\t2024-01-02 03:05:05.000000000 +0100',
      '***************',
      '*** 1,3 ****',
      '  int a;',
      '! int b;',
      '- int c;',
      '--- 1,5 ----',
      '  int a;',
      '! int d;',
      '+ int e;',
      '+ int f;',
      '+ int g;',
    ];
    const { messages, notices } = readDocument(text([...context, ...diff, ...context]));
    assert.deepEqual(numstatOf(messages), ['2\t1\tkernel/a.c']);
    assert.deepEqual(
      notices.map(({ line, message }) => [line, /: this is a context diff, which is not read/.test(message)]),
      [
        [1, true],
        [1 + context.length + diff.length, true],
      ],
    );
    const alone = readDocument(text(context));
    assert.deepEqual(numstatOf(alone.messages), []);
    assert.deepEqual(
      alone.messages[0]?.lines.map(({ role }) => role),
      ['file', 'file', ...Array<string>(11).fill('text')],
    );
  });

  for (const [form, lines] of [
    ['a diff without context', ['2,3c2', '< int b;', '< int c;', '---', '> int d;', '5a5', '> int e;']],
    ['a diff in the form of an ed script', ['5a', 'int e;', '+ int f;', '.', '2,3c', 'int d;', '.', '1d']],
  ] as const) {
    it(`recognises ${form}, and does not read it`, () => {
      const { messages, notices } = readDocument(text(['Subject: x', '', 'Try this:', ...lines]));
      assert.deepEqual(numstatOf(messages), []);
      assert.match(notices[0]?.message ?? '', new RegExp(`^Line 4: this is ${form}, which is not read`));
      assert.deepEqual(messages[0]?.comments, []);
      assert.ok(messages[0]?.lines.slice(3).every(({ role, depth }) => role === 'text' && depth === 0));
    });
  }

  it('takes what stands behind a CR alone for the rest of its row, as git does, where lines end with LF', () => {
    const lines = [
      '--- a/x',
      '+++ b/x',
      '@@ -1,3 +1,3 @@',
      ' a\r+b\r-c',
      '-d',
      '+e',
      ' f',
      '@@ -9 +9 @@',
      '-g\rh',
      '+i\r+j',
      'text',
    ];
    const message = onlyMessage(text(lines));
    assert.deepEqual(numstatOf([message]), ['2\t2\tx']);
    assert.deepEqual(
      message.files[0]?.hunks.map((hunk) => [
        hunk.missingOld,
        hunk.missingNew,
        hunk.lines.map(({ line, text }) => [line, text]),
      ]),
      [
        [
          0,
          0,
          [
            [4, 'a\r+b\r-c'],
            [7, 'd'],
            [8, 'e'],
            [9, 'f'],
          ],
        ],
        [
          0,
          0,
          [
            [11, 'g\rh'],
            [13, 'i\r+j'],
          ],
        ],
      ],
    );
    assert.deepEqual(
      message.lines.slice(3).map(({ role }) => role),
      ['context', 'context', 'context', 'del', 'add', 'context', 'hunk', 'del', 'del', 'add', 'add', 'text'],
    );
  });
});

// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readDocument } from '../../src/patch/readDocument';

const hunk = ['diff --git a/foo.c b/foo.c', '--- a/foo.c', '+++ b/foo.c', '@@ -1,8 +1,8 @@', ' a', '-b', '+c', ' d'];

describe('input that is no patch', () => {
  it('says that a document is empty', () => {
    for (const text of ['', '\n', '  \r\n\t\n']) {
      assert.deepEqual(readDocument(text), { messages: [], notices: [{ line: 1, message: 'The document is empty.' }] });
    }
  });

  it('says that a document is binary, and where', () => {
    const { messages, notices } = readDocument(
      `\u007fELF\u0002\u0001\n\u0001\0\0\0\0\0\0\0\0\0\u0003\0>\0\u0001\0\0\0`,
    );
    assert.deepEqual(messages, []);
    assert.deepEqual(notices, [
      { line: 2, message: 'This looks like binary data (NUL at line 2); nothing was read as a patch.' },
    ]);
  });

  it('reads a mail that holds a stray NUL', () => {
    const { messages } = readDocument(`${hunk.join('\n')}\n x\0y\n${'more text\n'.repeat(20)}`);
    assert.equal(messages[0]?.files.length, 1);
  });

  it('says that there is no patch', () => {
    const { messages, notices } = readDocument('Subject: hello\nFrom: a <a@b>\n\nNo patch here.\n');
    assert.equal(messages[0]?.subject, 'hello');
    assert.match(notices[0]?.message ?? '', /no patch/);
  });

  it('says where a patch is cut', () => {
    const { notices } = readDocument(hunk.join('\n'));
    assert.deepEqual(notices, [
      { line: 8, message: 'Line 8: the last hunk of foo.c ends 5 lines early; the document is cut there.', cut: 5 },
    ]);
  });

  it('says that a hunk has more or fewer lines than its header says', () => {
    const next = ['@@ -20 +20 @@', '-x', '+y'];
    assert.match(readDocument([...hunk, ...next].join('\n')).notices[0]?.message ?? '', /^Line 4: .* 5 lines shorter/);
    const over = hunk.map((line) => line.replace('1,8 +1,8', '1,3 +1,2'));
    assert.match(readDocument([...over, ...next].join('\n')).notices[0]?.message ?? '', /^Line 4: .* 1 line longer/);
  });

  it('text that an empty line sets apart behind the patch is no row of it, whatever it starts with', () => {
    const patch = ['diff --git a/foo.c b/foo.c', '--- a/foo.c', '+++ b/foo.c', '@@ -1,2 +1,2 @@', ' a', '-b', '+c'];
    const texts = [
      ['- first', '- second'],
      ['-------------- next part --------------', 'Name: not here'],
      ['---------- Forwarded message ---------', 'From: Jane'],
      ['-- Jane'],
      ['-Jane'],
      ['+1'],
      [' far'],
    ];
    for (const text of texts) {
      for (const mark of ['', '> ']) {
        for (const behind of [[], mark === '' ? patch.map((line) => line.replaceAll('foo', 'bar')) : []]) {
          const top = mark === '' ? [] : ['On Monday, Jane wrote:'];
          const { messages } = readDocument(
            [...top, ...[...patch, '', ...text, ...behind].map((line) => (mark + line).trimEnd()), ''].join('\n'),
          );
          for (const file of messages[0]?.files ?? [])
            assert.deepEqual([file.additions, file.deletions, file.hunks[0]?.lines.length], [1, 1, 3], text.join());
        }
      }
    }
  });

  it('a line of dashes with words directly behind a patch is none either', () => {
    const patch = ['--- a/foo.c', '+++ b/foo.c', '@@ -1 +1 @@', '-b', '+c', '-----BEGIN PGP SIGNATURE-----', '', 'x'];
    assert.equal(readDocument(patch.join('\n')).messages[0]?.files[0]?.deletions, 1);
  });

  it('cut anywhere, it is read up to there', () => {
    const text = [...hunk, ' e', ' f', ' g', ' h', ' i', ''].join('\n');
    for (let length = 0; length <= text.length; length++) {
      const { messages } = readDocument(text.slice(0, length));
      const rows = messages
        .flatMap(({ files }) => files)
        .flatMap(({ hunks }) => hunks)
        .flatMap(({ lines }) => lines);
      assert.ok(rows.length <= 9);
    }
  });
});

describe('time', function () {
  this.timeout(60_000);

  const unit = 'x'.repeat(10);
  const shapes: [string, (size: number) => string][] = [
    ['prose', (size) => 'Some words that say nothing.\n'.repeat(size / 30)],
    ['one line', (size) => 'x'.repeat(size)],
    ['one line with quote marks', (size) => 'a > b '.repeat(size / 6)],
    ['quote marks only', (size) => `${'>'.repeat(1000)} x\n`.repeat(size / 1000)],
    ['CR line ends', (size) => 'a\r'.repeat(size / 2)],
    ['hunks that promise too much', (size) => `@@ -1,99999 +1,99999 @@\n${unit}\n`.repeat(size / 35)],
    [
      'hunks at changing depths',
      (size) => '> @@ -1,9999 +1,9999 @@\n>> @@ -1,9999 +1,9999 @@\n>>> x\n'.repeat(size / 56),
    ],
    ['one hunk of stray lines', (size) => `@@ -1,9999999 +1,9999999 @@\n${'stray line\n\n'.repeat(size / 12)}`],
    ['changed lines and prose in turn', (size) => '+ foo();\n\nprose\n\n'.repeat(size / 17)],
    ['name lines', (size) => '--- a\n+++ b\n'.repeat(size / 12)],
    ['one long name line', (size) => `diff --git ${'a/x '.repeat(size / 4)}`],
    ['separators', (size) => 'From x Thu Jan  1 00:00:00 1970\n'.repeat(size / 32)],
    ['folded header', (size) => `Subject: x\nFrom: y\n${' z\n'.repeat(size / 3)}`],
    ['brackets in the subject', (size) => `Subject: ${'[]'.repeat(size / 2)}\nFrom: x\n\ny\n`],
    ['blanks in the sender', (size) => `Subject: x\nFrom: ${' '.repeat(size)}x\n\ny\n`],
    [
      'unclosed parts',
      (size) => `From: x\nContent-Type: multipart/mixed; boundary=b\n\n${'--b\n\nx\n'.repeat(size / 7)}`,
    ],
    [
      'nested parts',
      (size) =>
        Array.from({ length: size / 60 }, (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n`).join(
          '',
        ),
    ],
    [
      'answers on one line',
      (size) =>
        `On x, y wrote: > diff --git a/x.c b/x.c ${'> @@ -1,9 +1,9 @@ > a; Why so? > +b( > c '.repeat(size / 40)}`,
    ],
    [
      'an answered hunk that lost its marks',
      (size) =>
        `On x, y wrote:\n--- a/x.c\n+++ b/x.c\n@@ -1,999999 +1,999999 @@\n${'Why is that so?\n\nfoo();\n\n'.repeat(size / 26)}`,
    ],
    ['attributions with bars', (size) => 'x wrote:\n| a\n| b\n| c\n'.repeat(size / 21)],
    ['wrapped rows', (size) => `> @@ -1,99999 +1,99999 @@\n${`> +${'x'.repeat(70)} \n> -yyy\n`.repeat(size / 82)}`],
    [
      'joined headers',
      (size) => `> --- a/x\n> +++ b/x\n${'> @@ -1,9 +1,9 @@\n>    +x\n>    @@ -1 +1 @@\n'.repeat(size / 45)}`,
    ],
    ['removed lines and answers', (size) => `> --- a/x\n> +++ b/x\n${'> -foo();\n\nwhy\n\n'.repeat(size / 16)}`],
    ['snips', (size) => `@@ -1,9999 +1,9999 @@\n${'[ . . . . . . . . . . . . . . . . . . .\n'.repeat(size / 40)}`],
  ];
  for (const [name, make] of shapes) {
    it(`is linear in: ${name}`, () => {
      seconds(make(2 ** 17));
      const small = Math.max(seconds(make(2 ** 19)), 0.01);
      const large = seconds(make(2 ** 22));
      // Eight times the text: 8 when linear, 64 when quadratic; other work on the machine lies between.
      assert.ok(large < 30 * small, `${small.toFixed(3)} s, then ${large.toFixed(3)} s for eight times the text`);
    });
  }

  it('reads 50 MB', () => {
    assert.ok(seconds('Some words that say nothing, fifty megabytes of them\n'.repeat(1e6)) < 20);
  });
});

function seconds(text: string): number {
  const start = process.cpuUsage();
  for (const message of readDocument(text).messages) {
    assert.ok(message.comments.length >= 0 && message.trailers.length >= 0 && message.lines.length >= 0);
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

// SPDX-License-Identifier: MIT
/** Documents that somebody might make to keep a reader busy. Each takes a factor: twice the factor is twice the size. */

const repeat = (text: string, n: number): string => text.repeat(Math.round(n));
const mail = (header: string, body: string): string =>
  `From: a <a@example.org>\nSubject: x\nDate: x\n${header}\n${body}`;
const separator = 'From a@example.org Tue Jan  2 03:04:05 2024\n';
const code = (n: number, mark: string): string =>
  Array.from({ length: n }, (_, i) => `${mark}\tx = f(${i});\n`).join('');
const answered = (patch: string, quote: string): string =>
  `${separator}Subject: [PATCH] x\nMessage-Id: <p@b>\n\nWhy.\n---\n${patch}\n` +
  `${separator}Subject: Re: [PATCH] x\nMessage-Id: <r@b>\nIn-Reply-To: <p@b>\n\n${quote}\nWhy?\n`;

export const shapes: Readonly<Record<string, (factor: number) => string>> = {
  'a patch': (n) =>
    Array.from(
      { length: 3000 * n },
      (_, i) => `diff --git a/${i} b/${i}\n--- a/${i}\n+++ b/${i}\n@@ -1,2 +1,3 @@\n a\n+b\n c\n`,
    ).join(''),
  'thousands of quote marks on each line': (n) => mail('', repeat(`${repeat('>', 5000)} +x\n`, 60 * n)),
  'quote marks with blanks, deeper and deeper': (n) =>
    mail('', Array.from({ length: Math.round(1000 * Math.sqrt(n)) }, (_, i) => `${repeat('> ', i)}x`).join('\n')),
  'one line': (n) => repeat('x', 1e6 * n),
  'one line of blanks': (n) => `x${repeat(' ', 1e6 * n)}x`,
  'one line with quoted runs': (n) => repeat('some words > > some more words > answer ', 25000 * n),
  'one line of quote marks': (n) => repeat('> ', 500000 * n),
  'one line of a diff': (n) => `diff --git a/x b/x --- a/x +++ b/x ${repeat('@@ -1,3 +1,4 @@ a +b c ', 30000 * n)}`,
  'empty lines': (n) => `x\n${repeat('\n', 1e6 * n)}x`,
  'lines of blanks': (n) => `x\n${repeat('    \n', 200000 * n)}x`,
  'CR only': (n) => repeat('x\r', 300000 * n),
  'CR CR LF': (n) => repeat('x\r\r\n', 200000 * n),
  'lines that start with From': (n) => repeat('From here on we are slow\n', 50000 * n),
  separators: (n) => repeat(separator, 20000 * n),
  'separators with a header': (n) => repeat(`${separator}Subject: x\n\nText.\n`, 10000 * n),
  'text, then separators': (n) => `Text.\n${repeat(`${separator}Subject: x\n\n`, 10000 * n)}`,
  'one From line': (n) => `From ${repeat('x ', 500000 * n)}`,
  'a header of continuation lines': (n) => mail(`To: a,\n${repeat(' b,\n', 100000 * n)}`, 'Text.\n'),
  'a header of many fields': (n) => mail(repeat('X-A: b\n', 100000 * n), 'Text.\n'),
  'a header of many subjects': (n) => mail(repeat('Subject: [PATCH 1/2] b\n', 40000 * n), 'Text.\n'),
  'a subject of brackets': (n) => `From: a\nSubject: ${repeat('[', 200000 * n)}\nDate: x\n\nText.\n`,
  references: (n) => mail(`References: ${repeat('<a@b.c> ', 50000 * n)}\n`, 'Text.\n'),
  'encoded words': (n) => mail(`Cc: ${repeat('=?utf-8?q?a?= ', 50000 * n)}\n`, 'Text.\n'),
  'parts that are never closed': (n) =>
    mail('Content-Type: multipart/mixed; boundary=b\n', repeat('--b\nContent-Type: text/plain\n\nText.\n', 10000 * n)),
  'parts in parts': (n) =>
    mail(
      'Content-Type: multipart/mixed; boundary=b\n',
      Array.from(
        { length: 5000 * n },
        (_, i) => `--b${i || ''}\nContent-Type: multipart/mixed; boundary=b${i + 1}\n\n`,
      ).join(''),
    ),
  'the same boundary in every part': (n) =>
    mail(
      'Content-Type: multipart/mixed; boundary=b\n',
      repeat('--b\nContent-Type: multipart/mixed; boundary=b\n\n', 10000 * n),
    ),
  'messages in messages': (n) =>
    mail(
      'Content-Type: multipart/mixed; boundary=b\n',
      `--b\n${repeat('Content-Type: message/rfc822\n\n', 20000 * n)}`,
    ),
  'base64 on one line': (n) => mail('Content-Transfer-Encoding: base64\n', repeat('QUJDREVG', 60000 * n)),
  'quoted-printable on one line': (n) =>
    mail('Content-Transfer-Encoding: quoted-printable\n', repeat('a=C3=A4', 60000 * n)),
  'soft line ends': (n) => mail('Content-Transfer-Encoding: quoted-printable\n', repeat('a=\n', 150000 * n)),
  'flowed lines': (n) =>
    mail('Content-Type: text/plain; format=flowed; delsp=yes\n', repeat('some words \n', 60000 * n)),
  'iso-2022-jp': (n) =>
    mail(
      'Content-Type: text/plain; charset=iso-2022-jp\nContent-Transfer-Encoding: base64\n',
      repeat('GyRCJCIbKEI=\n', 20000 * n),
    ),
  'names that never end': (n) =>
    `diff --git a/${repeat('x ', 250000 * n)}\n--- a/${repeat('y', 300000 * n)}\n+++ b/${repeat('y', 300000 * n)}\n`,
  'quoted names': (n) =>
    repeat(`diff --git "a/${repeat('\\303\\244', 300)}" "b/${repeat('\\303\\244', 300)}"\n`, 200 * n),
  'headers alone': (n) => repeat('diff --git a/x b/x\n', 40000 * n),
  'name pairs alone': (n) => repeat('--- a/x\n+++ b/x\n', 40000 * n),
  'lines of ---': (n) => repeat('--- a/x\n', 80000 * n),
  'Index: lines': (n) => repeat('Index: x\n', 80000 * n),
  'hunk headers alone': (n) => `--- a/x\n+++ b/x\n${repeat('@@ -1,3 +1,4 @@\n', 40000 * n)}`,
  'hunk headers that promise too much': (n) =>
    `--- a/x\n+++ b/x\n${repeat('@@ -1,999999999 +1,999999999 @@\n a\n+b\n', 20000 * n)}`,
  'one hunk that is never full': (n) => `--- a/x\n+++ b/x\n@@ -1,999999999 +1,999999999 @@\n${code(30000 * n, '+')}`,
  'hunks with text in them': (n) =>
    `--- a/x\n+++ b/x\n${repeat('@@ -1,3 +1,4 @@\n a\nWhat is this?\n+b\n\n', 20000 * n)}`,
  'one hunk with text in it, never full': (n) =>
    `--- a/x\n+++ b/x\n@@ -1,9999999 +1,9999999 @@\n${repeat(' a\nWhat is this?\n+b\n\n', 20000 * n)}`,
  'quoted hunks that stop': (n) => mail('', repeat('> @@ -1,9 +1,9 @@\n>  a\n\nWhy?\n\n', 20000 * n)),
  'one quoted hunk with answers in it': (n) =>
    mail('', `> --- a/x\n> +++ b/x\n> @@ -1,999999 +1,999999 @@\n${repeat('>  a\n> +b\n\nWhy?\n\n', 20000 * n)}`),
  'added lines without a header': (n) => code(40000 * n, '+'),
  'deleted lines without a header': (n) => code(40000 * n, '-'),
  'quoted lines without a header': (n) => mail('', `On Monday, Jane wrote:\n${code(40000 * n, '> +')}`),
  'fragments and text': (n) => mail('', repeat('> +\tx = y;\n> +\tz();\n\nWhy?\n\n', 20000 * n)),
  attributions: (n) => mail('', repeat('On Monday, Jane wrote:\n', 40000 * n)),
  'attributions and quotes': (n) => mail('', repeat('On Monday, Jane wrote:\n> x\n\nyes\n\n', 20000 * n)),
  'lines cut out': (n) => mail('', repeat('> [ ... ]\n<snip>\n', 40000 * n)),
  signatures: (n) => mail('', repeat('-- \n2.40.1\n', 40000 * n)),
  'diffstat lines': (n) => mail('', repeat(' x/y.c | 12 ++--\n', 40000 * n)),
  'diffstat without an end': (n) => mail('', `${repeat(' x y z w\n', 60000 * n)}|`),
  trailers: (n) => mail('', repeat('Signed-off-by: a <a@b.c>\n', 30000 * n)),
  'binary data': (n) => `diff --git a/x b/x\nGIT binary patch\nliteral 1\n${repeat('zcmZQzzzzzzzzzz\n', 40000 * n)}`,
  'collapsed white space': (n) =>
    `Re: x\n\nFrom: a\nDate: x\n\n> --- a/x\n> +++ b/x\n${repeat('> @@ -1,5 +1,6 @@\n> a\n> +b\n>\n> c\n', 15000 * n)}`,
  'quotes of many patches': (n) =>
    Array.from(
      { length: 1000 * n },
      (_, i) =>
        `${separator}Subject: ${i % 2 ? 'Re: ' : ''}[PATCH] x\nMessage-Id: <${i}@b>\nIn-Reply-To: <${i - 1}@b>\n\n${code(3, i % 2 ? '> +' : '+')}` +
        `${i % 2 ? '> ' : ''}diff --git a/x b/x\n${i % 2 ? '> ' : ''}--- a/x\n${i % 2 ? '> ' : ''}+++ b/x\n${i % 2 ? '> ' : ''}@@ -1,2 +1,3 @@\n${i % 2 ? '> ' : ''} a\n${i % 2 ? '> ' : ''}+b\nWhy?\n\n`,
    ).join(''),
  'renames, and an answer to them': (n) =>
    answered(
      `${Array.from(
        { length: 4000 * n },
        (_, i) => `diff --git a/a${i} b/b${i}\nsimilarity index 100%\nrename from a${i}\nrename to b${i}\n`,
      ).join('')}diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n a\n+x = some_function();\n`,
      '> +x = some_function();\n',
    ),
  'an answer in which half of the rows were changed': (n) => {
    const rows = Math.round(600 * n);
    const head = `--- a/x\n+++ b/x\n@@ -1 +1,${2 * rows + 1} @@\n a\n`;
    const quote = `${head}${code(rows, '+new')}${code(rows, '+')}`;
    return answered(`${head}${code(rows, '+old')}${code(rows, '+')}`, quote.replace(/^(?=.)/gm, '> '));
  },
};

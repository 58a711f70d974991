// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readDocument } from '../../src/patch/readDocument';
import { hunksOf, onlyMessage } from './rows';

interface MadeHunk {
  oldStart: number;
  newStart: number;
  /** Mark and code; the code never starts or ends with a blank. */
  rows: string[];
}

/** Code that survives what an archive does to white space, so that rows can be compared afterwards. */
const code = fc.oneof(
  { weight: 6, arbitrary: fc.stringMatching(/^[a-z_]{1,8}(?: [a-z=+*(){};,-]{1,6}){0,4}$/) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '}',
      '/*',
      '*/',
      '* text of a comment',
      '',
      '#endif',
      'return;',
      '-1;',
      '+ 2;',
      '> x',
      '@@',
      '--- x',
    ),
  },
);
const row = fc.tuple(fc.constantFrom('+', '-', ' '), code).map(([mark, text]) => mark + text);
const hunk: fc.Arbitrary<MadeHunk> = fc.record({
  oldStart: fc.integer({ min: 1, max: 9000 }),
  newStart: fc.integer({ min: 1, max: 9000 }),
  rows: fc
    .tuple(
      fc.array(code, { maxLength: 3 }),
      fc.array(row, { minLength: 1, maxLength: 12 }),
      fc.array(code, { maxLength: 3 }),
    )
    .map(([before, changes, after]) => [
      ...before.map((text) => ` ${text}`),
      ...changes,
      ...after.map((text) => ` ${text}`),
    ]),
});
const patch = fc.array(
  fc.tuple(fc.stringMatching(/^[a-z]{1,8}\/[a-z]{1,8}\.[ch]$/), fc.array(hunk, { minLength: 1, maxLength: 3 })),
  {
    minLength: 1,
    maxLength: 3,
  },
);
type Patch = [string, MadeHunk[]][];

function write(made: Patch): string[] {
  return made.flatMap(([name, hunks]) => [
    `diff --git a/${name} b/${name}`,
    `--- a/${name}`,
    `+++ b/${name}`,
    ...hunks.flatMap(writeHunk),
  ]);
}

function writeHunk({ oldStart, newStart, rows }: MadeHunk): string[] {
  const old = rows.filter((line) => line[0] !== '+').length;
  const fresh = rows.filter((line) => line[0] !== '-').length;
  return [`@@ -${oldStart},${old} +${newStart},${fresh} @@`, ...rows];
}

/** Whether a quoted line of a made patch is a row; headers have names behind their marks. */
function isRowOf(line: string): boolean {
  return /^> [-+ ]/.test(line) && !/^> (?:---|\+\+\+) [ab]\//.test(line);
}

/** What an archive leaves of a line. */
function collapse(line: string): string {
  return line.replace(/\s+/g, ' ').trim();
}

function quoted(lines: readonly string[], mark: string): string[] {
  return [
    'Subject: Re: a patch',
    'From: a <a@example.org>',
    '',
    'On Monday, Jane wrote:',
    ...lines.map((line) => mark + line),
  ];
}

function expected(made: Patch): unknown[] {
  return made.flatMap(([name, hunks]) => hunks.map(({ rows }) => [name, rows]));
}

function found(text: string): unknown[] {
  return hunksOf(onlyMessage(text)).map(({ path, rows }) => [path, rows]);
}

/** Whether collapsing leaves a hunk with one meaning only: context that looks like a change has lost what told them apart. */
function isUnambiguous(made: Patch): boolean {
  return made.every(([, hunks]) => hunks.every(({ rows }) => rows.every((line) => !/^ (?:[-+@\\]|diff )/.test(line))));
}

describe('any diff', () => {
  const check = (property: (made: Patch) => void): void => {
    fc.assert(fc.property(patch, property), { numRuns: 300 });
  };

  it('is read as it was made', () => {
    check((made) => assert.deepEqual(found(write(made).join('\n')), expected(made)));
  });

  it('is read as it was made when quoted', () => {
    for (const mark of ['> ', '> > ', '>> ']) {
      check((made) => assert.deepEqual(found(quoted(write(made), mark).join('\n')), expected(made)));
    }
  });

  it('is read with CRLF, and with blanks at line ends lost', () => {
    check((made) => {
      assert.deepEqual(found(write(made).join('\r\n')), expected(made));
      const trimmed = write(made).map((line) => line.trimEnd());
      assert.deepEqual(found(`${trimmed.join('\n')}\n`), expected(made).map(trimRows));
    });
  });

  it('is read when its white space is collapsed, as long as that leaves it one meaning', () => {
    check((made) => {
      fc.pre(isUnambiguous(made));
      const page = [
        'Re: [PATCH] a patch',
        '',
        'From: Jane',
        'Date: Fri Jul 07 2023 - 00:02:06 EST',
        '',
        'On Monday, Jane wrote:',
        ...write(made).map((line) => collapse(`> ${collapse(line)}`)),
      ];
      assert.deepEqual(found(`${page.join('\n')}\n`), expected(made).map(trimRows));
    });
  });

  it('keeps its rows when somebody answers between them', () => {
    fc.assert(
      fc.property(patch, fc.nat(), (made, at) => {
        const lines = quoted(write(made), '> ');
        const rows = lines.flatMap((line, i) => (/^> [-+ ]/.test(line) && !/^> (?:---|\+\+\+) /.test(line) ? [i] : []));
        const place = (rows[at % rows.length] ?? 0) + 1;
        const text = [...lines.slice(0, place), '', 'Why is that?', '', ...lines.slice(place)].join('\n');
        assert.deepEqual(found(text), expected(made));
        assert.deepEqual(
          onlyMessage(text).comments.map(({ line }) => line),
          [place + 2],
        );
      }),
      { numRuns: 300 },
    );
  });

  it('says exact of no number that is not, when lines are cut and answered', () => {
    fc.assert(
      fc.property(patch, fc.nat(), fc.integer({ min: 0, max: 4 }), fc.boolean(), (made, at, cut, isCollapsed) => {
        fc.pre(!isCollapsed || isUnambiguous(made));
        const whole = quoted(write(made), '> ');
        const rows = whole.flatMap((line, i) => (isRowOf(line) ? [i] : []));
        const place = (rows[at % rows.length] ?? 0) + 1;
        let behind = place;
        while (behind < place + cut && isRowOf(whole[behind] ?? '')) behind++;
        const parts = [whole.slice(0, place), ['', 'Why is that?', ''], whole.slice(behind)];
        const lines = isCollapsed ? parts.map((part) => part.map(collapse)) : parts;
        const truth = new Map(
          hunksOf(onlyMessage(whole.join('\n'))).flatMap(({ hunk: read }) =>
            read.lines.map((line) => [line.line, line]),
          ),
        );
        for (const { hunk: read } of hunksOf(onlyMessage(lines.flat().join('\n')))) {
          for (const line of read.lines) {
            const original = truth.get(line.line > place ? line.line - 3 + behind - place : line.line);
            if (line.certainty !== 'exact') continue;
            assert.deepEqual([line.kind, line.old, line.new], [original?.kind, original?.old, original?.new]);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('has the same text at every place of the document that it names', () => {
    check((made) => {
      const lines = quoted(write(made), '> ');
      for (const { hunk: read } of hunksOf(onlyMessage(lines.join('\n')))) {
        for (const line of read.lines) assert.equal(lines[line.line - 1]?.slice(line.textColumn - 1), line.text);
      }
    });
  });
});

describe('any text', () => {
  const pieces = fc.constantFrom(
    '> ',
    '>',
    '@@ -1,3 +1,4 @@',
    '@@ -1 +1 @@ x',
    'diff --git a/x b/x',
    '--- a/x',
    '+++ b/x',
    '+int x;',
    '-int x;',
    ' int x;',
    '',
    '-- ',
    '2.40.1',
    '\n',
    '\n',
    '\n',
    '\r\n',
    'From a Mon Sep 17 00:00:00 2001',
    'Subject: x',
    'Content-Transfer-Encoding: base64',
    'Content-Type: multipart/mixed; boundary=b',
    '--b',
    '--b--',
    '=3D',
    '=?utf-8?q?=C3?=',
    '[...]',
    'On x y wrote:',
    'QUJD',
    '\0',
    '\u2028',
    'Index: x',
    'rename from a',
    'GIT binary patch',
  );

  it('is read without an error, and nothing stands outside it', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 60 }), (parts) => {
        const text = parts.join('');
        const lines = text.split(/\r\n|\r|\n/);
        for (const message of readDocument(text).messages) {
          for (const { line, column, endColumn } of message.lines) {
            assert.ok(column >= 1 && endColumn >= column && endColumn <= (lines[line - 1]?.length ?? -1) + 1);
          }
          for (const { hunk: read } of hunksOf(message)) {
            for (const { line, column, textColumn } of read.lines) {
              assert.ok(column >= 1 && textColumn <= (lines[line - 1]?.length ?? -1) + 1);
            }
          }
          assert.ok(message.comments.every(({ line, endLine }) => line <= endLine && endLine <= lines.length));
          assert.ok(message.trailers.every(({ line }) => line <= lines.length));
          assert.ok(message.body.length >= 0 && message.patchText.length >= 0);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

function trimRows(entry: unknown): unknown {
  const [name, rows] = entry as [string, string[]];
  return [name, rows.map((line) => line.slice(0, 1) + line.slice(1).trimEnd())];
}

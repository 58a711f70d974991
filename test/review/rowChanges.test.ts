// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readDocument } from '../../src/patch/readDocument';
import type { HunkLine, PatchFile } from '../../src/patch/types';
import { applyEdits } from '../../src/review/whatIf/applyEdits';
import { isAsMeant, type RowChange, renderChanges } from '../../src/review/whatIf/rowChanges';

/** How a mail shows a patch. */
interface Form {
  readonly name: string;
  readonly quote: string;
  readonly eol: string;
}
const forms: readonly Form[] = [
  { name: 'plain', quote: '', eol: '\n' },
  { name: 'quoted', quote: '> ', eol: '\n' },
  { name: 'quoted twice', quote: '> > ', eol: '\n' },
  { name: 'with CRLF', quote: '', eol: '\r\n' },
];

/** Rows of hunks as `+text`, `-text` and ` text`; a document with them in one file. */
function mailOf(hunks: readonly (readonly string[])[], { quote, eol }: Form): string {
  let old = 1;
  let now = 1;
  const lines = hunks.flatMap((rows) => {
    const [before, after] = ['+', '-'].map((mark) => rows.filter((row) => !row.startsWith(mark)).length) as [
      number,
      number,
    ];
    const head = `@@ -${old},${before} +${now},${after} @@ int f(void)`;
    old += before + 20;
    now += after + 20;
    return [head, ...rows];
  });
  const patch = ['diff --git a/x.c b/x.c', '--- a/x.c', '+++ b/x.c', ...lines].map((line) => quote + line);
  return ['From: A <a@example.org>', 'Subject: [PATCH] x', '', ...patch, ''].join(eol);
}

const filesOf = (text: string): readonly PatchFile[] => readDocument(text).messages.flatMap(({ files }) => files);

const sideOf = (rows: readonly HunkLine[], without: string): string[] =>
  rows.filter(({ kind }) => kind !== without).map(({ text }) => text);

/** What the changes make of the rows of a hunk, told naively: the lines of the file behind the patch. */
function meant(rows: readonly HunkLine[], changes: readonly RowChange[]): string[] {
  const out: string[] = [];
  for (const row of rows) {
    const own = changes.filter((change) => change.row === row);
    const texts = (where: string): string[] =>
      own.flatMap((change) => (change.kind === 'insert' && change.where === where ? change.texts : []));
    out.push(...texts('before'));
    const kinds = own.map(({ kind }) => kind);
    const replaced = own.find((change) => change.kind === 'replace');
    if (replaced?.kind === 'replace') out.push(replaced.text);
    else if (row.kind === 'del' ? kinds.includes('keep') : !kinds.includes('drop')) out.push(row.text);
    out.push(...texts('behind'));
  }
  return out;
}

const rowText = fc.constantFrom('\tint a;', '\ta = b + 1;', '\tif (a)', '\t\treturn 0;', '{', '}', '\tf(a, b);');
const row = fc.tuple(fc.constantFrom('+', '-', ' ', ' '), rowText).map(([mark, text]) => mark + text);
const hunk = fc
  .array(row, { minLength: 3, maxLength: 12 })
  .filter((rows) => rows.some((one) => !one.startsWith(' ')))
  .map((rows) => [' \tint first;', ...rows, ' \tint last;']);

/** What may be done to a row, or nothing. */
function changeOf(one: HunkLine, choice: number): RowChange[] {
  const texts = ['\tg();', '\th();'].slice(0, 1 + (choice % 2));
  switch (choice % 6) {
    case 0:
      return one.kind === 'del' ? [{ kind: 'keep', row: one }] : [{ kind: 'drop', row: one }];
    case 1:
      return one.kind === 'del' ? [] : [{ kind: 'replace', row: one, text: '\tother();' }];
    case 2:
      return [{ kind: 'insert', row: one, where: 'before', texts }];
    case 3:
      return [{ kind: 'insert', row: one, where: 'behind', texts }];
    default:
      return [];
  }
}

describe('a change of some rows, as edits of the mail', () => {
  for (const form of forms) {
    it(`gives a patch that has it and counts right: ${form.name}`, () => {
      fc.assert(
        fc.property(
          fc.array(hunk, { minLength: 1, maxLength: 3 }),
          fc.array(fc.nat(), { minLength: 45 }),
          (hunks, picks) => {
            const text = mailOf(hunks, form);
            const files = filesOf(text);
            const rows = files.flatMap((file) => file.hunks.flatMap(({ lines }) => lines));
            assert.equal(rows.length, hunks.flat().length);
            const changes = rows.flatMap((one, i) => changeOf(one, picks[i] ?? 5));
            const rendered = renderChanges(text, files, changes);
            assert.ok(rendered.ok);
            const edited = filesOf(applyEdits(text, rendered.edits));
            assert.ok(isAsMeant(files, changes, edited));
            for (const [f, file] of files.entries()) {
              let shift = 0;
              for (const [h, old] of file.hunks.entries()) {
                const now = edited[f]?.hunks[h];
                assert.ok(now);
                assert.deepEqual([now.missingOld, now.missingNew, now.oldStart], [0, 0, old.oldStart]);
                assert.equal(now.newStart, (old.newStart ?? 0) + shift);
                assert.deepEqual(sideOf(now.lines, 'add'), sideOf(old.lines, 'add'), 'the file before is the same');
                assert.deepEqual(sideOf(now.lines, 'del'), meant(old.lines, changes));
                shift += (now.newCount ?? 0) - (old.newCount ?? 0);
              }
            }
          },
        ),
      );
    });
  }

  it('is refused where the mail has several rows on a line', () => {
    const text = mailOf([[' a();', '+b();', ' c();']], { name: '', quote: '', eol: '\n' });
    const files = filesOf(text);
    const [first, second] = files[0]?.hunks[0]?.lines ?? [];
    assert.ok(first && second);
    const joined = [{ ...second, line: first.line }];
    const [file] = files;
    assert.ok(file);
    const [whole] = file.hunks;
    assert.ok(whole);
    const odd = [{ ...file, hunks: [{ ...whole, lines: [first, ...joined] }] }];
    const [moved] = joined;
    assert.ok(moved);
    assert.equal(renderChanges(text, odd, [{ kind: 'drop', row: moved }]).ok, false);
  });

  it('joins a line that a mailer wrapped', () => {
    const long = `\tcall_of_a_function(with_an_argument, and_another_one, and_one_more_of_them,`;
    const text = mailOf([[' \tint first;', `+${long}`, ' \tint last;']], { name: '', quote: '', eol: '\n' }).replace(
      ', and_one_more_of_them,',
      ',\nand_one_more_of_them,',
    );
    const files = filesOf(text);
    const wrapped = files[0]?.hunks[0]?.lines.find(({ kind }) => kind === 'add');
    assert.ok(wrapped?.wraps, 'read as wrapped');
    const changes: RowChange[] = [{ kind: 'replace', row: wrapped, text: '\tshort();' }];
    const rendered = renderChanges(text, files, changes);
    assert.ok(rendered.ok);
    const edited = applyEdits(text, rendered.edits);
    assert.ok(edited.includes('\n+\tshort();\n \tint last;'));
    assert.ok(isAsMeant(files, changes, filesOf(edited)));
  });
});

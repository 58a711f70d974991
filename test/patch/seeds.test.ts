// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readDocument } from '../../src/patch/readDocument';
import type { Message } from '../../src/patch/types';
import { describeWithShared } from '../support/shared';
import { hunksOf } from './rows';

interface ExpectedRow {
  line: number;
  kind: 'add' | 'del' | 'ctx' | 'outside';
  old?: number;
  new?: number;
  exact: boolean;
  new_range?: [number, number];
}
interface ExpectedHunk {
  file: string;
  header_line: number;
  old: [number, number];
  new: [number, number];
  missing_old: number;
  missing_new: number;
  rows: ExpectedRow[];
}
interface Expected {
  subject: string | null;
  from: { name: string } | null;
  date: string;
  version: number;
  patch_number: [number, number];
  hunks: ExpectedHunk[];
}

describeWithShared('the seeds', (shared) => {
  const seeds = path.join(shared, 'seeds');
  const read = (name: string): { message: Message; text: string; expected: Expected } => {
    const text = readFileSync(path.join(seeds, `${name}.txt`), 'utf8');
    const { messages } = readDocument(text);
    assert.equal(messages.length, 1);
    return {
      message: messages[0]!,
      text,
      expected: JSON.parse(readFileSync(path.join(seeds, `${name}.expect.json`), 'utf8')),
    };
  };

  for (const name of ['001_94338a07856e1a5a', '004_6c0f7b0da3d61af5']) {
    describe(name, () => {
      const { message, text, expected } = read(name);
      const found = hunksOf(message);

      it('has the header of the archive page', () => {
        assert.equal(message.container, 'archive');
        assert.equal(message.whitespace, 'collapsed');
        assert.equal(message.rawSubject, expected.subject);
        assert.deepEqual(message.author, { name: expected.from?.name, email: null });
        assert.equal(message.date, expected.date);
        assert.equal(message.prefix.version, expected.version);
        assert.deepEqual([message.prefix.part, message.prefix.total], expected.patch_number);
      });

      it('has every hunk', () => {
        assert.deepEqual(
          found.map(({ path: file, hunk }) => [
            file,
            hunk.line,
            hunk.oldStart,
            hunk.oldCount,
            hunk.newStart,
            hunk.newCount,
            hunk.missingOld,
            hunk.missingNew,
          ]),
          expected.hunks.map((hunk) => [
            hunk.file,
            hunk.header_line,
            ...hunk.old,
            ...hunk.new,
            hunk.missing_old,
            hunk.missing_new,
          ]),
        );
      });

      expected.hunks.forEach((hunk, i) => {
        it(`has every row of the hunk on line ${hunk.header_line}`, () => {
          const rows = hunk.rows.filter((row) => row.kind !== 'outside');
          assert.deepEqual(
            found[i]?.hunk.lines.map((row) => ({
              line: row.line,
              kind: row.kind,
              old: row.old,
              new: row.new,
              exact: row.certainty === 'exact',
            })),
            rows.map((row) => ({
              line: row.line,
              kind: row.kind === 'ctx' ? 'context' : row.kind,
              old: row.old ?? null,
              new: row.new ?? null,
              exact: row.exact,
            })),
          );
          rows.forEach((row, j) => {
            if (row.new_range) assert.equal(found[i]?.hunk.lines[j]?.newMax, row.new_range[1]);
          });
          for (const row of hunk.rows.filter((other) => other.kind === 'outside')) {
            assert.ok(!found.some((other) => other.hunk.lines.some((line) => line.line === row.line)));
          }
        });
      });

      it('gives each row the place of its text', () => {
        const lines = text.split('\n');
        for (const { hunk } of found) {
          for (const row of hunk.lines) {
            assert.equal(lines[row.line - 1]?.slice(row.textColumn - 1), row.text);
            assert.equal(row.textColumn - row.column, row.kind === 'context' ? 0 : 1);
          }
        }
      });
    });
  }

  it('001: anchors the comment to the line that it answers, and leaves the signature out of the patch', () => {
    const { message } = read('001_94338a07856e1a5a');
    assert.deepEqual(message.comments, [
      {
        line: 162,
        endLine: 177,
        depth: 0,
        anchor: { file: 'arch/x86/virt/vmx/tdx/tdx.c', side: 'new', line: 1124, endLine: 1124, certainty: 'exact' },
      },
    ]);
    assert.deepEqual(
      message.trailers.map(({ key, line }) => ({ key, line })),
      [{ key: 'Signed-off-by', line: 69 }],
    );
    const roles = message.lines.filter((line) => line.line >= 266).map((line) => line.role);
    assert.deepEqual(roles.slice(0, 2), ['signature', 'signature']);
    assert.equal(message.patchText, '');
  });

  it('004: anchors every comment, with a range where lines were cut', () => {
    const { message } = read('004_6c0f7b0da3d61af5');
    const file = 'arch/x86/virt/vmx/tdx/tdx.c';
    const anchors = message.comments.map(({ line, endLine, anchor }) => [
      line,
      endLine,
      anchor.file,
      anchor.side,
      anchor.line,
      anchor.endLine,
    ]);
    assert.deepEqual(anchors, [
      [22, 28, null, 'message', 20, 20],
      [35, 37, null, 'message', 33, 33],
      [44, 47, null, 'message', 42, 42],
      [55, 55, null, 'message', 53, 53],
      [151, 161, file, 'new', 110, 110],
      [178, 187, file, 'new', 122, 123],
      [251, 254, file, 'new', 310, 310],
      [263, 264, file, 'new', 316, 317],
      [310, 312, file, 'new', 370, 370],
      [321, 333, file, 'new', 376, 378],
      [358, 360, file, 'new', 403, 403],
    ]);
  });

  describe('000_2f682b0d6d40931e', () => {
    const { message } = read('000_2f682b0d6d40931e');

    it('has the header of the archive page', () => {
      assert.deepEqual(message.author, { name: 'Kalra, Ashish', email: null });
      assert.deepEqual(message.prefix, { rfc: false, resend: false, version: 6, part: 10, total: 16, tree: null });
      assert.equal(message.subject, 'x86/tdx: Convert shared memory back to private on kexec');
      assert.equal(message.whitespace, 'collapsed');
      assert.deepEqual(
        message.trailers.map(({ line }) => line),
        [32, 33],
      );
    });

    it('takes the file from the diffstat and the rows as a fragment', () => {
      assert.deepEqual(
        message.files.map(({ newPath }) => newPath),
        ['arch/x86/coco/tdx/tdx.c'],
      );
      assert.deepEqual(
        message.files.map(({ hunks }) => hunks.length),
        [1],
      );
      const hunk = message.files[0]!.hunks[0]!;
      assert.deepEqual(
        [hunk.line, hunk.oldStart, hunk.oldCount, hunk.newStart, hunk.newCount],
        [38, null, null, null, null],
      );
      assert.deepEqual(
        hunk.lines.map(({ line }) => line),
        Array.from({ length: 85 }, (_, i) => 38 + i),
      );
      assert.ok(
        hunk.lines.every(
          (row) => row.kind === 'add' && row.certainty === 'file' && row.new === null && row.column === 1,
        ),
      );
    });

    it('takes what follows the last row for the reply', () => {
      assert.deepEqual(message.comments, [
        {
          line: 123,
          endLine: 127,
          depth: 0,
          anchor: { file: 'arch/x86/coco/tdx/tdx.c', side: 'new', line: null, endLine: null, certainty: 'file' },
        },
      ]);
      const roles = new Map(message.lines.map((line) => [line.line, line.role]));
      assert.deepEqual(
        [roles.get(9), roles.get(37), roles.get(38), roles.get(129)],
        ['attribution', 'snip', 'add', 'signature'],
      );
    });
  });

  it('002: cuts the line before quote marks', () => {
    const { message } = read('002_06dd96e6b67c80b9');
    assert.equal(message.files.length, 0);
    assert.equal(message.container, 'text');
    assert.equal(message.whitespace, 'collapsed');
    assert.deepEqual([...new Set(message.lines.map((line) => line.depth))].sort(), [0, 1, 2, 3, 4]);
    assert.ok(message.lines.every((line) => line.line === 1));
    assert.equal(message.lines[0]?.role, 'attribution');
  });

  it('003: reads the header of an openwall page', () => {
    const { message } = read('003_3dd049a2a0b5d1c3');
    assert.equal(message.messageId, '20241213094930.748-1-yan.y.zhao@intel.com');
    assert.deepEqual(message.author, { name: 'Yan Zhao', email: 'yan.y.zhao@...el.com' });
    assert.equal(message.date, 'Fri, 13 Dec 2024 17:49:30 +0800');
    assert.deepEqual(message.prefix, { rfc: false, resend: false, version: 2, part: 0, total: 1, tree: null });
    assert.equal(message.subject, "Accept unaccepted kexec segments' destination addresses");
    const roles = new Map(message.lines.map((line) => [line.line, line.role]));
    assert.deepEqual(
      [1, 2, 14, 15, 131, 132, 133].map((line) => roles.get(line)),
      ['header', 'header', 'header', 'text', 'signature', 'signature', 'footer'],
    );
  });
});

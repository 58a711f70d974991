// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readDocuments } from '../../src/patch/readDocument';
import { rangeDiff } from '../../src/patch/series/rangeDiff';
import { rangeDiffText } from '../../src/patch/series/rangeDiffText';
import { type RangePatch, rangePatch } from '../../src/patch/series/rangePatch';
import { describeWithGit } from '../support/git';
import { describeWithShared } from '../support/shared';

/** The range-diff of two mailboxes as text. */
function textOf(before: string, after: string): string {
  const [one = [], other = []] = readDocuments([before, after]).map(({ messages }) => patchesOf(messages));
  return rangeDiffText(one, other, rangeDiff(one, other));
}

function patchesOf(messages: ReturnType<typeof readDocuments>[number]['messages']): RangePatch[] {
  return messages.filter(({ prefix }) => prefix.part !== 0).map(rangePatch);
}

/** Without the ids of commits, which are git's and not in mails. */
function withoutIds(text: string): string {
  return text.replace(
    /^( *(?:\d+|-): ) (?:[0-9a-f]{7}|-{7}) ([=!<>]) ( *(?:\d+|-): ) (?:[0-9a-f]{7}|-{7}) /gm,
    '$1 $2 $3 ',
  );
}

describeWithShared('range-diff of two mailed versions, compared with git range-diff', (shared) => {
  const folder = path.join(shared, 'corpus', 'git-range-diff');
  const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
  for (const variant of [
    'topic',
    'unmodified',
    'reordered',
    'removed',
    'added',
    'rebased',
    'changed',
    'changed-message',
    'renamed-file',
    'mode-only-change',
  ]) {
    it(variant, () => {
      const expected = withoutIds(read(`topic-vs-${variant}.range-diff`));
      assert.equal(textOf(read('series-topic.mbox'), read(`series-${variant}.mbox`)), expected);
    });
  }
});

/** Numbers from 0 to 1, the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed * 2654435761 + 12345;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

type Tree = ReadonlyMap<string, readonly string[]>;

/** A commit as what it does to the lines it finds by their text; `null` deletes the line. */
interface Change {
  readonly message: string;
  readonly edits: readonly { readonly file: string; readonly at: string; readonly lines: readonly string[] | null }[];
}

function applyChange(tree: Tree, { edits }: Change): Tree {
  const next = new Map([...tree].map(([name, lines]) => [name, [...lines]]));
  for (const { file, at, lines } of edits) {
    const content = next.get(file) ?? [];
    const line = content.indexOf(at);
    if (line >= 0) content.splice(line, 1, ...(lines ?? []));
    next.set(file, content);
  }
  return next;
}

/** The commits of a branch for `git fast-import`, on top of `base`. */
function stream(branch: string, base: string, start: Tree, changes: readonly Change[]): string {
  const parts: string[] = [];
  let tree = start;
  for (const [i, change] of [{ message: base, edits: [] }, ...changes].entries()) {
    tree = applyChange(tree, change);
    const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
    parts.push(
      `commit refs/heads/${i === 0 ? base : branch}\nmark :${branch.length * 1000 + i}\ncommitter A <a@example.org> ${1700000000 + i} +0000\n${data(change.message)}`,
      i === 0 ? '' : `from :${branch.length * 1000 + i - 1}\n`,
      'deleteall\n',
      ...[...tree].map(([name, lines]) => `M 100644 inline ${name}\n${data(`${lines.join('\n')}\n`)}`),
    );
  }
  return parts.join('');
}

describeWithGit('range-diff of random series, compared with git range-diff', () => {
  for (let seed = 1; seed <= 12; seed++) {
    it(`series ${seed}`, () => {
      const random = randomOf(seed);
      const pick = (count: number): number => Math.floor(random() * count);
      const start: Tree = new Map(
        ['mm/a.c', 'mm/b.c', 'kernel/c.c'].map((name) => [
          name,
          Array.from({ length: 60 }, (_, i) =>
            i % 12 === 0
              ? `int f${i}_${name.slice(-3, -2)}(void)`
              : i % 12 === 1
                ? '{'
                : i % 12 === 11
                  ? '}'
                  : `\tcall${i}(${name.slice(-3, -2)}, ${pick(99)});`,
          ),
        ]),
      );
      const names = [...start.keys()];
      const edit = (tag: string): Change['edits'][number] => {
        const file = names[pick(names.length)] ?? '';
        const body = (start.get(file) ?? []).filter((line) => line.startsWith('\t'));
        const at = body[pick(body.length)] ?? '';
        const added = Array.from({ length: 1 + pick(4) }, (_, i) => `\tnew_${tag}_${i}(${pick(9)});`);
        return { file, at, lines: random() < 0.2 ? null : random() < 0.5 ? added : [at, ...added] };
      };
      const before: Change[] = Array.from({ length: 5 }, (_, i) => ({
        message: `mm: change ${i} of many\n\nIt is needed for ${pick(100)} reasons.\nThe other is this.\n\nSigned-off-by: A <a@example.org>`,
        edits: Array.from({ length: 1 + pick(3) }, (_, k) => edit(`${i}${k}`)),
      }));
      const after = before.flatMap((change, i): Change[] => {
        const fate = random();
        if (fate < 0.15) return [];
        if (fate < 0.3) return [{ ...change, message: change.message.replace('The other', 'Another') }];
        if (fate < 0.55) return [{ ...change, edits: [...change.edits.slice(0, -1), edit(`${i}x`)] }];
        if (fate < 0.65) return [change, { message: `kernel: added ${i}`, edits: [edit(`${i}y`)] }];
        return [change];
      });
      const folder = mkdtempSync(path.join(tmpdir(), 'kpr-range-'));
      const git = (words: readonly string[], input = ''): string => {
        const { status, stdout, stderr } = spawnSync('git', words, { cwd: folder, encoding: 'utf8', input });
        assert.equal(status, 0, stderr);
        return stdout;
      };
      try {
        git(['init', '-q']);
        git(
          ['fast-import', '--quiet', '--force'],
          stream('x', 'base1', start, before) + stream('yy', 'base2', start, after),
        );
        const mails = (range: string): string => git(['format-patch', '--stdout', range]);
        const expected = git(['range-diff', '--no-color', 'base1..x', 'base2..yy']);
        assert.equal(textOf(mails('base1..x'), mails('base2..yy')), withoutIds(expected));
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});

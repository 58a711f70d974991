// SPDX-License-Identifier: MIT
/** Random pairs of file sets, as edits, renames, copies and changes of mode make them, with names and texts that hurt. */

import fc from 'fast-check';
import type { GitFile, Tree } from './gitRepository';

export interface TreePair {
  readonly before: Tree;
  readonly after: Tree;
}

const oddName = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[a-z_.-]{1,8}\.[ch]$/) },
  {
    weight: 3,
    arbitrary: fc
      .array(
        fc.constantFrom('a', 'b', ' ', '\t', '"', '\\', 'é', '日', '😀', '\n', '\u0001', '-', '~', ' b', '.orig', '=>'),
        { minLength: 1, maxLength: 6 },
      )
      .map((parts) => parts.join('')),
  },
);
const folder = fc.constantFrom('', 'd/', 'a/', 'b/', 'drivers/net/', 'with blank/', 'ü/', 'linux-6/', 'x b/');

const line = fc.oneof(
  { weight: 8, arbitrary: fc.stringMatching(/^\t?[a-z]{0,4}(?: [a-z=;(){}]{1,5}){0,3}$/) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      ' ',
      '}',
      '-- ',
      '--',
      '- a/x',
      '-- a/x',
      '++ b/x',
      '+',
      '@@ -1,2 +1,2 @@',
      '-1 +1 @@',
      'diff --git a/x b/x',
      'From a b',
      '\\ No newline at end of file',
      '> x',
      'é日',
      '2.40.1',
      '[...]',
      'a\rb',
      '\r+c',
      'd\r',
      'e\r\r- f',
    ),
  },
);

/** Texts that differ little from each other, so that git finds renames and copies. */
const text = fc
  .tuple(fc.array(line, { maxLength: 40 }), fc.boolean(), fc.boolean())
  .map(
    ([lines, crlf, open]) =>
      lines.join(crlf ? '\r\n' : '\n') + (open || lines.length === 0 ? '' : crlf ? '\r\n' : '\n'),
  );
const binary = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.concat([Buffer.from([0]), bytes]));
const content = fc.oneof(
  { weight: 9, arbitrary: text.map((made) => Buffer.from(made)) },
  { weight: 1, arbitrary: binary },
);
const mode = fc.constantFrom<GitFile['mode']>('100644', '100644', '100644', '100755');

const edit = fc.record({ at: fc.nat(), remove: fc.nat({ max: 4 }), insert: fc.array(line, { maxLength: 4 }) });

type Change =
  | { readonly kind: 'keep' | 'edit' | 'delete' | 'mode' | 'link' | 'fill' | 'empty' }
  | { readonly kind: 'rename' | 'copy'; readonly to: string };

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.constantFrom<Change>(
    { kind: 'keep' },
    { kind: 'edit' },
    { kind: 'edit' },
    { kind: 'edit' },
    { kind: 'delete' },
    { kind: 'mode' },
    { kind: 'link' },
    { kind: 'fill' },
    { kind: 'empty' },
  ),
  fc.tuple(fc.constantFrom<'rename' | 'copy'>('rename', 'copy'), oddName).map(([kind, to]) => ({ kind, to })),
);

const file = fc.record({
  folder,
  name: oddName,
  mode,
  content,
  change,
  edits: fc.array(edit, { maxLength: 3 }),
  other: content,
});

/** A text file and edited copies of it: what the parents of a merge and the merge have. */
export function mergedTexts(parents: number): fc.Arbitrary<{ parents: Buffer[]; result: Buffer }> {
  const edits = fc.array(edit, { maxLength: 3 });
  return fc
    .tuple(text, fc.array(edits, { minLength: parents, maxLength: parents }), edits)
    .map(([base, branches, last]) => {
      const made = branches.map((branch) => applyEdits(Buffer.from(base), branch));
      return { parents: made, result: applyEdits(made.at(-1) ?? Buffer.alloc(0), last) };
    });
}

/** @param files at most so many files */
export function treePairs(files: number): fc.Arbitrary<TreePair> {
  return fc.array(file, { minLength: 1, maxLength: files }).map((made) => {
    const before = new Map<string, GitFile>();
    const after = new Map<string, GitFile>();
    made.forEach((one, i) => {
      // A number in the name keeps two files apart, and a file from being another's folder.
      const name = `${one.folder}${one.name}${i}${one.edits.length === 1 ? one.name : ''}`;
      const old: GitFile = { mode: one.mode, content: one.content };
      const edited: GitFile = { ...old, content: applyEdits(one.content, one.edits) };
      if (one.change.kind !== 'fill') before.set(name, old);
      switch (one.change.kind) {
        case 'keep':
          after.set(name, old);
          break;
        case 'edit':
          after.set(name, edited);
          break;
        case 'fill':
          after.set(name, { mode: one.mode, content: one.edits.length === 0 ? Buffer.alloc(0) : one.other });
          break;
        case 'empty':
          after.set(name, { ...old, content: Buffer.alloc(0) });
          break;
        case 'mode':
          after.set(name, { ...edited, mode: one.mode === '100644' ? '100755' : '100644' });
          break;
        case 'link':
          after.set(name, { mode: '120000', content: Buffer.from(one.name) });
          break;
        case 'copy':
          after.set(name, edited);
          after.set(`${one.folder}new${i}${one.change.to}`, old);
          break;
        case 'rename':
          after.set(`${i % 2 === 0 ? one.folder : 'to/'}new${i}${one.change.to}`, edited);
          break;
        case 'delete':
          break;
      }
    });
    return { before, after };
  });
}

function applyEdits(
  bytes: Buffer,
  edits: readonly { at: number; remove: number; insert: readonly string[] }[],
): Buffer {
  if (bytes.includes(0)) return edits.length === 0 ? bytes : Buffer.concat([bytes, Buffer.from('x')]);
  const end = bytes.includes('\r\n') ? '\r\n' : '\n';
  const lines = bytes.toString('utf8').split(end);
  for (const { at, remove, insert } of edits) lines.splice(at % (lines.length + 1), remove, ...insert);
  return Buffer.from(lines.join(end));
}

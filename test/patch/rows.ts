// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readDocument } from '../../src/patch/readDocument';
import type { Hunk, Message, PatchFile } from '../../src/patch/types';

/** The only message of a document. */
export function onlyMessage(text: string): Message {
  const { messages } = readDocument(text);
  assert.equal(messages.length, 1);
  return messages[0]!;
}

/** The only file of a document with one message. */
export function onlyFile(text: string): PatchFile {
  const { files } = onlyMessage(text);
  assert.equal(files.length, 1);
  return files[0]!;
}

/** Rows in short: mark and text. */
export function rowsOf(hunk: Hunk): string[] {
  const marks = { add: '+', del: '-', context: ' ', 'no-newline': '\\' };
  return hunk.lines.map((row) => marks[row.kind] + row.text);
}

/** All rows of a message by hunk, with the file each hunk belongs to. */
export function hunksOf(message: Message): { path: string | null; hunk: Hunk; rows: string[] }[] {
  return message.files.flatMap((file) =>
    file.hunks.map((hunk) => ({ path: file.newPath ?? file.oldPath, hunk, rows: rowsOf(hunk) })),
  );
}

/** `additions\tdeletions\tpath` of every file, as `git apply --numstat` prints it. */
export function numstatOf(messages: readonly Message[]): string[] {
  return messages
    .flatMap((message) => message.files)
    .map((file) => `${file.additions}\t${file.deletions}\t${file.newPath ?? file.oldPath}`);
}

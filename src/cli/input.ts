// SPDX-License-Identifier: MIT
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { decodeBytes } from '../mail/rawBytes';
import { createReviewer } from '../review/reviewer';
import type { Hooks, Reviewer } from '../review/types';
import { treeOfFolder } from './treeOfFolder';
import { userFilesOf } from './workspace';

/** A file of the call. */
export interface Input {
  /** As it was named in the call; `-` is shown as “standard input”. */
  readonly name: string;
  /** How SARIF and JSON name it: the path as it was given, encoded; `stdin`. */
  readonly uri: string;
  readonly text: string;
  /** Whether the text holds bytes that are no UTF-8, for the charset of a mail to tell what they are (`rawBytes.ts`). */
  readonly hasRawBytes: boolean;
}

/** Reads a file, or standard input for `-`. Throws an Error that names the file and why it cannot be read. */
export async function readInput(name: string): Promise<Input> {
  try {
    const bytes = name === '-' ? await standardInput() : await readFile(name);
    return {
      name: name === '-' ? 'standard input' : name,
      uri: name === '-' ? 'stdin' : encodeURI(name).replace(/[?#[\]]/g, encodeURIComponent),
      ...decodeBytes(bytes),
    };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const why = { ENOENT: 'there is no such file', EISDIR: 'it is a directory', EACCES: 'it may not be read' }[code];
    throw new Error(`${name}: ${why ?? (error instanceof Error ? error.message : String(error))}`);
  }
}

/** Reads a file that has to be text. Throws an Error that names the file and says why it cannot be reviewed. */
export async function readReviewable(name: string): Promise<Input> {
  const input = await readInput(name);
  if (input.text.trim() === '') throw new Error(`${input.name}: it is empty`);
  if (input.text.slice(0, 100_000).includes('\0')) throw new Error(`${input.name}: it is binary, not text`);
  return input;
}

async function standardInput(): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of process.stdin) parts.push(part as Uint8Array);
  return Buffer.concat(parts);
}

/** The C parser's wasm files, which lie beside the bundle. Throws an Error where they do not. */
export async function readParserWasm(): Promise<{
  readonly runtimeWasm: Uint8Array;
  readonly grammarWasm: Uint8Array;
}> {
  const [runtimeWasm, grammarWasm] = await Promise.all(
    ['web-tree-sitter.wasm', 'tree-sitter-c.wasm'].map((file) => readFile(path.join(__dirname, file))),
  );
  if (!runtimeWasm || !grammarWasm) throw new Error('the parser is missing beside the command');
  return { runtimeWasm, grammarWasm };
}

/** The reviewer with the user's own files for the working directory. Throws an Error where the parser's files are missing. */
export async function createCommandReviewer(): Promise<Reviewer> {
  const reviewer = await createReviewer(await readParserWasm(), treeOfFolder);
  reviewer.useFiles(await userFilesOf(process.cwd()));
  return reviewer;
}

/**
 * The reviewer, with the user's own files for the working directory; what is to be said of these is printed.
 * `leftOut` says whether one of them could not be used: then the exit status is 2, as for any input that cannot be read.
 * Throws an Error where the parser's files are missing.
 */
export async function loadReviewer(): Promise<{ readonly reviewer: Reviewer; readonly leftOut: boolean }> {
  const reviewer = await createCommandReviewer();
  const notices = reviewer.fileNotices();
  for (const { place, level, message } of notices)
    process.stderr.write(`kernel-patch-review: ${place?.file}:${place?.line}: ${level}: ${message}\n`);
  return { reviewer, leftOut: notices.some(({ level }) => level === 'error') };
}

/** Progress on a terminal only; the work is not cancelled from here. */
export function terminalHooks(): Hooks {
  const shows = process.stderr.isTTY === true;
  return {
    progress: ({ message, fraction }) => {
      if (shows) process.stderr.write(`\r\u001b[K${Math.round(fraction * 100)} % ${message}`);
    },
    cancelled: () => false,
    pause: async () => {},
  };
}

/** Takes the progress line away. */
export function endProgress(): void {
  if (process.stderr.isTTY === true) process.stderr.write('\r\u001b[K');
}

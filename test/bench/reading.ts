// SPDX-License-Identifier: MIT
/** One part of the benchmark of reading: see reading.mjs. Prints figures; fails where counts are not git's. */
import { spawnSync } from 'node:child_process';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { listMailbox } from '../../src/mail/listMailbox';
import { readDocument } from '../../src/patch/readDocument';
import { readMailbox } from '../../src/patch/readMailbox';
import { rereadDocument, startReading } from '../../src/patch/rereadDocument';
import type { Message } from '../../src/patch/types';
import { shapes } from './shapes';

const [part = '', file = ''] = process.argv.slice(2);

interface Totals {
  mails: number;
  files: number;
  additions: number;
  deletions: number;
}

/** CPU seconds, user and system, of all threads; the collector's too. */
async function cpuOf<T>(work: () => T | Promise<T>): Promise<{ seconds: number; result: T }> {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (user + system) / 1e6, result };
}

/** CPU seconds of one `git apply --numstat`, from five in a row: a shell tells them in hundredths only. */
function cpuOfGit(): number {
  const script = 'for i in 1 2 3 4 5; do git apply --numstat "$1" >/dev/null || exit 1; done; times';
  const { status, stdout } = spawnSync('sh', ['-c', script, 'sh', file], { encoding: 'utf8' });
  if (status !== 0) throw new Error('git apply --numstat failed');
  const children = stdout.trim().split('\n')[1] ?? '';
  const parts = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(([, m, s]) => Number(m) * 60 + Number(s));
  return parts.reduce((sum, value) => sum + value, 0) / 5;
}

function totalsOfGit(): Omit<Totals, 'mails'> {
  const { stdout } = spawnSync('git', ['apply', '--numstat', file], { encoding: 'utf8', maxBuffer: 1 << 30 });
  const totals = { files: 0, additions: 0, deletions: 0 };
  for (const line of stdout.split('\n')) {
    const [additions, deletions, name] = line.split('\t');
    if (name === undefined) continue;
    totals.files++;
    totals.additions += Number(additions) || 0;
    totals.deletions += Number(deletions) || 0;
  }
  return totals;
}

function count(totals: Totals, message: Message): void {
  totals.mails++;
  for (const { additions, deletions } of message.files) {
    totals.files++;
    totals.additions += additions;
    totals.deletions += deletions;
  }
}

const nothing = (): Totals => ({ mails: 0, files: 0, additions: 0, deletions: 0 });
const ms = (seconds: number): string => `${(seconds * 1000).toFixed(2)} ms`;
const peak = (): string => `${Math.round(process.resourceUsage().maxRSS / 1000)} MB at most`;
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

async function mailbox(): Promise<void> {
  const size = statSync(file).size;
  const expected = totalsOfGit();
  /** From the file: chunks, decoded, message by message; nothing is kept. */
  const fromFile = async (): Promise<Totals> => {
    const totals = nothing();
    for await (const { message } of readMailbox(createReadStream(file, { highWaterMark: 1 << 20 })))
      count(totals, message);
    return totals;
  };
  /** From a text, as an editor has it; all is kept. */
  const fromText = (text: string): Totals => {
    const totals = nothing();
    for (const message of readDocument(text).messages) count(totals, message);
    return totals;
  };
  const ways: [string, () => Totals | Promise<Totals>][] = [['from the file', fromFile]];
  for (const way of ['file', 'text']) {
    const text = way === 'text' ? readFileSync(file, 'utf8') : '';
    if (way === 'text') ways.splice(0, 1, ['from a text', () => fromText(text)]);
    for (const [name, read] of ways) {
      const ratios: number[] = [];
      for (let round = 0; round < 6; round++) {
        globalThis.gc?.();
        const git = cpuOfGit();
        const { seconds, result } = await cpuOf(read);
        const { mails, ...found } = result;
        if (JSON.stringify(found) !== JSON.stringify(expected)) {
          console.log('not as git counts', found, expected);
          process.exitCode = 1;
        }
        if (round > 0) ratios.push(git / seconds);
        console.log(
          `${name.padEnd(14)} ${round === 0 ? 'cold' : 'warm'}  ${mails} mails, ${found.files} files, +${found.additions} -${found.deletions}` +
            `  ${(size / 1e6 / seconds).toFixed(0)} MB/s CPU, git ${(size / 1e6 / git).toFixed(0)}: ${(git / seconds).toFixed(2)} x git; ${peak()}`,
        );
      }
      console.log(`${name.padEnd(14)} median of the warm ones: ${median(ratios).toFixed(2)} x git apply --numstat`);
    }
  }
}

/** The first patches of the mailbox as one document of a megabyte. */
function oneMegabyte(): string {
  const text = readFileSync(file, 'utf8');
  const diffs = text
    .slice(0, 3_000_000)
    .split(/^(?=From [0-9a-f]{40} )/m)
    .map((mail) => mail.slice(mail.search(/^(?:diff --git|--- )/m)));
  let patch = '';
  for (const diff of diffs) if (patch.length < 1_000_000) patch += diff;
  return patch;
}

async function patch(): Promise<void> {
  const text = oneMegabyte();
  const times: number[] = [];
  for (let round = 0; round < 200; round++) {
    const { seconds } = await cpuOf(() => readDocument(`${text}${round}`).messages.map((m) => m.files.length));
    const start = performance.now();
    const { messages } = readDocument(`${text} ${round}`);
    const time = (performance.now() - start) / 1000;
    times.push(time);
    if (round === 0) console.log(`cold           ${ms(seconds)} CPU for ${(text.length / 1e6).toFixed(2)} MB`);
    if (messages.length !== 1) throw new Error('one document is one message');
  }
  const warm = times.slice(100);
  console.log(`warm           ${ms(median(warm))} median, ${ms(Math.min(...warm))} at least`);
  const document = readDocument(text);
  const start = performance.now();
  let rows = 0;
  for (const { hunks } of document.messages.flatMap((message) => message.files))
    for (const { lines } of hunks) rows += lines.length;
  console.log(`rows of all    ${ms((performance.now() - start) / 1000)} for ${rows} rows`);
}

async function list(): Promise<void> {
  const start = performance.now();
  const { seconds, result } = await cpuOf(() => listMailbox(createReadStream(file, { highWaterMark: 1 << 20 })));
  const time = (performance.now() - start) / 1000;
  console.log(
    `${result.length} mails of ${(statSync(file).size / 1e6).toFixed(0)} MB in ${time.toFixed(2)} s, ${seconds.toFixed(2)} s CPU; ${peak()}`,
  );
  const script = 'd=$(mktemp -d) && git mailsplit -d8 -o"$d" "$1"; rm -rf "$d"';
  const { stdout } = spawnSync('sh', ['-c', script, 'sh', file], { encoding: 'utf8' });
  console.log(`git mailsplit: ${stdout.trim()} mails`);
  if (Number(stdout) !== result.length) process.exitCode = 1;
}

/** Changes a row at `share` of the text: a letter in it, a row more, a row less. */
const edits: readonly [string, (row: string) => string][] = [
  ['a letter in a row', (row) => `${row}x`],
  ['a row more', (row) => `${row}\n+\tint x;`],
  ['a row less', () => ''],
];

function editsOf(name: string, start: string): void {
  for (const [kind, edit] of edits) {
    let text = start;
    let reading = startReading(text);
    const times: number[] = [];
    for (let round = 0; round < 120; round++) {
      const offset = text.indexOf('\n+\t', Math.floor((text.length * ((round * 37) % 100)) / 100)) + 1;
      if (offset === 0) continue;
      const row = text.slice(offset, text.indexOf('\n', offset));
      const inserted = edit(row);
      const removed = row.length + (inserted === '' ? 1 : 0);
      const next = text.slice(0, offset) + inserted + text.slice(offset + removed);
      // An editor hands out its text in one piece.
      next.charCodeAt(next.length - 1);
      const before = performance.now();
      const again = rereadDocument(reading, next, { offset, removed, inserted });
      times.push(performance.now() - before);
      reading = again;
      text = next;
    }
    if (JSON.stringify(totalsOf(reading.document.messages)) !== JSON.stringify(totalsOf(readDocument(text).messages))) {
      console.log('not as reading everything gives');
      process.exitCode = 1;
    }
    const warm = times.slice(40);
    console.log(
      `${name.padEnd(28)} ${kind.padEnd(18)} ${ms(Math.min(...warm) / 1000)} at least, ${ms(median(warm) / 1000)} median`,
    );
  }
}

function totalsOf(messages: readonly Message[]): Totals {
  const totals = nothing();
  for (const message of messages) count(totals, message);
  return totals;
}

function editsPart(): void {
  const text = readFileSync(file, 'utf8');
  const patch = oneMegabyte();
  editsOf(`a patch of ${(patch.length / 1e6).toFixed(2)} MB`, patch);
  for (const size of [1e6, 4e6, 20e6]) {
    const mailbox = text.slice(0, text.indexOf('\nFrom ', size) + 1 || text.length);
    editsOf(`${readDocument(mailbox).messages.length} mails, ${(mailbox.length / 1e6).toFixed(1)} MB`, mailbox);
  }
}

/** Reads everything that there is to ask for. */
function readAll(text: string): number {
  let count = 0;
  for (const message of readDocument(text).messages) {
    count += message.comments.length + message.lines.length + message.trailers.length + message.body.length;
    count += message.patchText.length + message.subject.length + message.references.length;
    for (const { hunks } of message.files) for (const { lines } of hunks) count += lines.length;
  }
  return count;
}

function shapesPart(): void {
  const timeOf = (text: string): number => {
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 3; round++) {
      const start = performance.now();
      readAll(text);
      best = Math.min(best, performance.now() - start);
      if (best > 2000) break;
    }
    return best;
  };
  console.log('time of n, 2n and 4n, and time(4n) / time(2n): 2 is linear');
  for (const [name, make] of Object.entries(shapes)) {
    const times = [1, 2, 4].map((times) => {
      const text = make(times);
      return { size: text.length, time: timeOf(text) };
    });
    const [, second, third] = times;
    const ratio = (third?.time ?? 0) / (second?.time ?? 1);
    console.log(
      `${ratio.toFixed(2).padStart(6)}  ${name.padEnd(44)} ${times.map(({ time }) => `${time.toFixed(1)} ms`).join(', ')} for ${((third?.size ?? 0) / 1e6).toFixed(1)} MB`,
    );
  }
}

const all: Record<string, () => void | Promise<void>> = { mailbox, patch, edits: editsPart, list, shapes: shapesPart };
Promise.resolve(all[part]?.()).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

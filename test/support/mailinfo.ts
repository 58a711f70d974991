// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What git takes from a mail; bodies and patches as bytes, since git leaves those of a patch as they are. */
export interface MailInfo {
  readonly status: number | null;
  readonly author: string;
  readonly email: string;
  readonly subject: string;
  readonly date: string;
  readonly message: Buffer;
  readonly patch: Buffer;
}

/** `git mailinfo -u` on one mail. */
export function mailinfo(mail: Buffer | string): MailInfo {
  const folder = mkdtempSync(path.join(tmpdir(), 'kpr-mailinfo-'));
  try {
    const message = path.join(folder, 'message');
    const patch = path.join(folder, 'patch');
    const { status, stdout } = spawnSync('git', ['mailinfo', '-u', message, patch], { input: mail, encoding: 'utf8' });
    const info = new Map<string, string>();
    for (const line of stdout.split('\n')) {
      const match = /^(\w+): ?(.*)$/.exec(line);
      if (match !== null) info.set(match[1] ?? '', match[2] ?? '');
    }
    return {
      status,
      author: info.get('Author') ?? '',
      email: info.get('Email') ?? '',
      subject: info.get('Subject') ?? '',
      // An in-body date keeps its line end, which mailinfo turns into a blank.
      date: (info.get('Date') ?? '').trim(),
      message: readFileSync(message),
      patch: readFileSync(patch),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `git mailsplit` on a mailbox or a mail: the mails, with LF line ends. */
export function mailsplit(mailbox: Buffer | string, ...options: readonly string[]): Buffer[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'kpr-mailsplit-'));
  try {
    const file = path.join(folder, 'mailbox');
    const out = mkdtempSync(path.join(folder, 'out-'));
    writeFileSync(file, mailbox);
    spawnSync('git', ['mailsplit', '-b', ...options, `-o${out}`, file]);
    return readdirSync(out)
      .sort()
      .map((name) => readFileSync(path.join(out, name)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

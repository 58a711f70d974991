// SPDX-License-Identifier: MIT
/** A throw-away repository that makes diffs of any two sets of files. */

import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface GitFile {
  readonly mode: '100644' | '100755' | '120000';
  readonly content: Buffer;
}

/** Files by name. */
export type Tree = ReadonlyMap<string, GitFile>;

export class GitRepository {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'kpr-git-'));
  #commits = 0;

  constructor() {
    this.run(['init', '-q']);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  /** Runs git here, with nobody's configuration. Throws where it fails. */
  run(args: readonly string[], input: string | Buffer = ''): Buffer {
    const git = this.#spawn(args, input);
    if (git.status !== 0) throw new Error(`git ${args.join(' ')}: ${git.stderr}`);
    return git.stdout;
  }

  /** As `run`, but gives null where git fails. */
  tryRun(args: readonly string[], input: string | Buffer = ''): Buffer | null {
    const git = this.#spawn(args, input);
    return git.status === 0 ? git.stdout : null;
  }

  #spawn(args: readonly string[], input: string | Buffer): SpawnSyncReturns<Buffer> {
    const env = { ...process.env, HOME: this.folder, GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' };
    return spawnSync('git', args, { cwd: this.folder, input, env, maxBuffer: 1 << 28 });
  }

  /** Stores trees, and gives the name of a commit for each, which has the given parents. */
  store(trees: readonly Tree[], parents: readonly string[] = []): string[] {
    const names = trees.map(() => `refs/heads/t${this.#commits++}`);
    const streams = trees.flatMap((tree, i) => stream(tree, names[i]!, parents));
    this.run(['fast-import', '--quiet', '--force'], Buffer.concat(streams));
    return names;
  }
}

function stream(tree: Tree, name: string, parents: readonly string[]): Buffer[] {
  const from = parents.map((parent, i) => `${i === 0 ? 'from' : 'merge'} ${parent}^0\n`).join('');
  const parts: Buffer[] = [
    Buffer.from(`commit ${name}\ncommitter A <a@example.org> 0 +0000\ndata 0\n${from}deleteall\n`),
  ];
  for (const [file, { mode, content }] of tree) {
    const quoted = file.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n');
    parts.push(Buffer.from(`M ${mode} inline "${quoted}"\ndata ${content.length}\n`), content, Buffer.from('\n'));
  }
  return parts;
}

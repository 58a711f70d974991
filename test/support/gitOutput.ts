// SPDX-License-Identifier: MIT
/** What git prints about a patch, as data to compare with. */

import type { Message, PatchFile } from '../../src/patch/types';

/** What `git apply --summary` says of a file; files that it does not list are modified. */
export interface Summary {
  readonly status: 'added' | 'deleted' | 'renamed' | 'copied' | 'mode';
  readonly oldPath: string | null;
  readonly newPath: string | null;
}

/** The lines of `git apply --numstat -z`: additions, deletions and name, with `-` for the counts of a binary file. */
export function numstatLines(output: string): string[] {
  return output.split('\0').filter((entry) => entry.split('\t').length >= 3);
}

/** Our files as `git apply --numstat -z` prints them. */
export function numstatLinesOf(messages: readonly Message[]): string[] {
  return messages
    .flatMap((message) => message.files)
    .map((file) => {
      const counts = file.status === 'binary' ? '-\t-' : `${file.additions}\t${file.deletions}`;
      return `${counts}\t${file.newPath ?? file.oldPath}`;
    });
}

/** The lines of `git apply --summary`; rewrites are left out, for they change neither name nor status. */
export function readSummary(output: string): Summary[] {
  return output.split('\n').flatMap((line): Summary[] => {
    const [, verb, rest = ''] =
      /^ (create|delete|rename|copy|mode change)(?: mode \d+)? (.*)$/.exec(line.replace(/ \(\d+%\)$/, '')) ?? [];
    switch (verb) {
      case 'create':
        return [{ status: 'added', oldPath: null, newPath: rest }];
      case 'delete':
        return [{ status: 'deleted', oldPath: rest, newPath: null }];
      case 'rename':
        return [{ status: 'renamed', ...bothNames(rest) }];
      case 'copy':
        return [{ status: 'copied', ...bothNames(rest) }];
      case 'mode change': {
        const name = rest.replace(/^\d+ => \d+ /, '');
        return [{ status: 'mode', oldPath: name, newPath: name }];
      }
      default:
        return [];
    }
  });
}

/** What our reading says where git's summary has a line. */
export function summaryOf(messages: readonly Message[]): Summary[] {
  return messages
    .flatMap((message) => message.files)
    .flatMap(({ status, oldPath, newPath }: PatchFile): Summary[] => {
      if (status === 'binary') {
        if (oldPath === null) return [{ status: 'added', oldPath, newPath }];
        return newPath === null ? [{ status: 'deleted', oldPath, newPath }] : [];
      }
      return status === 'modified' ? [] : [{ status, oldPath, newPath }];
    });
}

/** `a/{b => c}/d` or `a => b`. */
function bothNames(text: string): { oldPath: string; newPath: string } {
  const braces = /^(.*)\{(.*) => (.*)\}(.*)$/.exec(text);
  if (braces !== null) {
    const [, head = '', old = '', fresh = '', tail = ''] = braces;
    return { oldPath: `${head}${old}${tail}`, newPath: `${head}${fresh}${tail}` };
  }
  const [oldPath = '', newPath = ''] = text.split(' => ');
  return { oldPath, newPath };
}

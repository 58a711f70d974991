// SPDX-License-Identifier: MIT
/** A patch as `git range-diff` compares it: author, message and changes as lines of one text, without line numbers. */

import type { LazyMessage } from '../lazyMessage';
import { headerLines } from '../scan/records';
import type { PatchFile } from '../types';

export interface RangePatch {
  readonly subject: string;
  readonly lines: readonly string[];
  /** Where the changes begin in `lines`; what stands before is author and message. */
  readonly changes: number;
}

/** The patch of a message. What a mail does not have (the ids of commits, more context) is not in it. */
export function rangePatch(message: LazyMessage): RangePatch {
  const { author, subject, body, files } = message;
  const name = author === null ? '' : author.email === null ? author.name : `${author.name} <${author.email}>`;
  const text = body.replace(/\s+$/, '').split('\n');
  const words = text.length === 1 && text[0] === '' ? [subject] : [subject, '', ...text];
  const lines = [
    ' ## Metadata ##',
    `Author: ${name}`,
    '',
    ' ## Commit message ##',
    ...words.map((line) => `    ${line}`.trimEnd()),
  ];
  const modes = modesOf(message);
  files.forEach((file, i) => {
    // The empty line before the first file belongs to the message.
    lines.push('');
    lines.push(` ## ${describeFile(file)}${modes[i] ?? ''} ##`, ...changesOf(file));
  });
  const changes = files.length === 0 ? lines.length : lines.indexOf('', 4 + words.length) + 1;
  return { subject, lines, changes };
}

function describeFile({ oldPath, newPath, status }: PatchFile): string {
  switch (status) {
    case 'added':
      return `${newPath ?? ''} (new)`;
    case 'deleted':
      return `${oldPath ?? ''} (deleted)`;
    case 'renamed':
      return `${oldPath ?? ''} => ${newPath ?? ''}`;
    case 'modified':
    case 'copied':
    case 'mode':
    case 'binary':
      return newPath ?? oldPath ?? '';
  }
}

function changesOf({ oldPath, newPath, status, hunks }: PatchFile): string[] {
  const path = (status === 'deleted' ? oldPath : newPath) ?? '';
  return hunks.flatMap(({ section, lines }) => [
    section === '' ? '@@' : `@@ ${path}: ${section}`,
    ...lines.map(({ kind, text }) => `${marks[kind]}${kind === 'no-newline' ? text.replace(/^\\/, '') : text}`),
  ]);
}

const marks = { add: '+', del: '-', context: ' ', 'no-newline': ' \\' } as const;

/** For each file the change of its mode, as it is shown behind the name. */
function modesOf(message: LazyMessage): string[] {
  const { records, body } = message.sources();
  return records.map((_, i) => {
    let old = '';
    for (const line of headerLines(body, records, i)) {
      const match = /^(old|new) mode (\d{6})$/.exec(body.lines.behindMarks(line).slice(0, 40));
      if (match?.[1] === 'old') old = match[2] ?? '';
      else if (match !== null && old !== '' && old !== match[2]) return ` (mode change ${old} => ${match[2] ?? ''})`;
    }
    return '';
  });
}

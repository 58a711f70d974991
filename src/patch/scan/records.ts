// SPDX-License-Identifier: MIT
/** What scanning leaves behind: line indexes only. Rows are read from the roles of the lines when somebody asks. */

import type { Body } from '../../mail/body';
import { at, Role } from '../../mail/lines';
import type { FileStatus } from '../types';
import type { NamePair } from './fileNames';
import type { HunkHeader } from './hunkHeader';

/** A hunk by its lines in the body, with what counting its rows gave. */
export interface HunkRecord {
  /** 0-based line of the `@@` line; of the first row where there is none. */
  readonly line: number;
  readonly header: HunkHeader | null;
  /** Rows lie between `first` and `end` (exclusive), with comments and gaps among them. */
  readonly first: number;
  readonly end: number;
  readonly depth: number;
  /** Whether a blank behind the quote mark belongs to the mark. */
  readonly skipBlank: boolean;
  readonly reading: 'strict' | 'lenient';
  readonly missingOld: number;
  readonly missingNew: number;
  readonly additions: number;
  readonly deletions: number;
  /** How many columns of marks its rows have: one, where left out; one for each parent in a combined diff. */
  readonly columns?: number;
}

/** A file by the line where its header, or its first hunk, stands. */
export interface FileRecord {
  oldPath: string | null;
  newPath: string | null;
  status: FileStatus;
  /** Whether its header is not git's, so that it may be added or deleted without saying so. */
  readonly isPlain: boolean;
  readonly line: number;
  readonly depth: number;
  readonly hunks: HunkRecord[];
}

/** A file without hunks. Each field by its name: spreading the names into the record takes 10 µs. */
export function newFile(
  line: number,
  depth: number,
  names: NamePair,
  status: FileStatus,
  isPlain: boolean,
): FileRecord {
  const { oldPath, newPath } = names;
  return { oldPath, newPath, status, isPlain, line, depth, hunks: [] };
}

/** The 0-based body lines of the header of file `index`: nothing of the file behind it, also where it has no hunks. */
export function* headerLines({ lines, to }: Body, files: readonly FileRecord[], index: number): Generator<number> {
  const stop = files[index + 1]?.line ?? to;
  for (let line = files[index]?.line ?? stop; line < stop && at(lines.role, line) === Role.file; line++) yield line;
}

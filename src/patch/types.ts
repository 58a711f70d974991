// SPDX-License-Identifier: MIT
/** What reading a document gives: messages, the patches in them, and where every line of them stands. */

import type { Author } from '../mail/address';
import type { Container } from '../mail/container';
import type { SubjectPrefix } from '../mail/subject';

/** How sure a line number of the patched file is: `range` means between a smallest and a largest, `file` unknown. */
export type Certainty = 'exact' | 'range' | 'file';

/** One line of a hunk; `line` is that of the document, `old` to `newMax` those of the file; all 1-based, columns in UTF-16 units. */
export interface HunkLine {
  readonly kind: 'add' | 'del' | 'context' | 'no-newline';
  readonly line: number;
  /** 1-based column of the mark itself (of the text where the mark was lost). */
  readonly column: number;
  /** 1-based column of the first character of `text`. */
  readonly textColumn: number;
  /**
   * The line without mark and line end. A CR before the LF belongs to the line end; one alone is text. What a mailer
   * wrapped is joined again.
   */
  readonly text: string;
  /** Where the rests of a wrapped line stand: from `offset` of `text` on at this place. Only where a line is wrapped. */
  readonly wraps?: readonly { readonly offset: number; readonly line: number; readonly column: number }[];
  readonly old: number | null;
  readonly oldMax: number | null;
  readonly new: number | null;
  readonly newMax: number | null;
  readonly certainty: Certainty;
}

/**
 * One hunk, as it was read. A combined hunk of a merge (`@@@`) is given as the change of its first parent: `old` is that
 * parent's side, and lines that only other parents had are no rows.
 */
export interface Hunk {
  /** 1-based document line of the `@@` line; of the first row where there is none (then the four counts are null). */
  readonly line: number;
  readonly oldStart: number | null;
  readonly oldCount: number | null;
  readonly newStart: number | null;
  readonly newCount: number | null;
  /** The text behind the second `@@`: git's guess at the enclosing function. */
  readonly section: string;
  readonly reading: 'strict' | 'lenient';
  /** How many rows the header promised and the document does not have (negative: has too many). */
  readonly missingOld: number;
  readonly missingNew: number;
  readonly lines: readonly HunkLine[];
}

/**
 * What a patch does to a file. `mode`: it changes nothing but the mode; `binary`: what it changes is not shown, and the
 * names say whether the file is added, deleted or renamed.
 */
export type FileStatus = 'modified' | 'added' | 'deleted' | 'renamed' | 'copied' | 'mode' | 'binary';

/** One file of a patch; `line` is the 1-based document line where it starts. */
export interface PatchFile {
  readonly oldPath: string | null;
  readonly newPath: string | null;
  readonly status: FileStatus;
  readonly additions: number;
  readonly deletions: number;
  readonly line: number;
  readonly hunks: readonly Hunk[];
}

/** Lines that a reviewer wrote, by 1-based document lines, and what they are about. */
export interface Comment {
  readonly line: number;
  readonly endLine: number;
  readonly depth: number;
  readonly anchor: {
    readonly file: string | null;
    readonly side: 'new' | 'old' | 'message' | 'file';
    readonly line: number | null;
    readonly endLine: number | null;
    readonly certainty: Certainty;
  };
}

/** What a line of the document is. */
export type LineRole =
  | 'header'
  | 'attribution'
  | 'text'
  | 'file'
  | 'hunk'
  | 'add'
  | 'del'
  | 'context'
  | 'comment'
  | 'snip'
  | 'signature'
  | 'footer'
  | 'blank';

/** `column` to `endColumn` (1-based, exclusive end): the part of the line behind the quote marks. */
export interface LineInfo {
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
  readonly depth: number;
  readonly role: LineRole;
}

/** One message of a document, with the patch it carries or quotes. Lines are 1-based and those of the document. */
export interface Message {
  readonly line: number;
  readonly container: Container;
  /** `collapsed`: runs of white space were lost, so nothing may be concluded from white space. */
  readonly whitespace: 'kept' | 'collapsed';
  readonly messageId: string | null;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
  readonly author: Author | null;
  readonly subject: string;
  readonly rawSubject: string;
  readonly date: string | null;
  readonly prefix: SubjectPrefix;
  readonly body: string;
  readonly patchText: string;
  readonly trailers: readonly { readonly key: string; readonly value: string; readonly line: number }[];
  readonly files: readonly PatchFile[];
  readonly comments: readonly Comment[];
  readonly lines: readonly LineInfo[];
}

/** Something about the document that a reader must know: what was not read, and why. `line` is 1-based. */
export interface ReadingNotice {
  readonly line: number;
  readonly message: string;
  /** Where the document is cut off inside a hunk: how many lines its header promises beyond the end. */
  readonly cut?: number;
}

/** What reading a document gives. */
export interface ReadDocument {
  readonly messages: readonly Message[];
  readonly notices: readonly ReadingNotice[];
}

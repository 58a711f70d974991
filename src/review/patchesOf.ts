// SPDX-License-Identifier: MIT
/** Which patches of a document are run. */

import type { ReadTogether } from '../patch/readDocument';
import type { PatchFile } from '../patch/types';

export interface DocumentPatch {
  readonly files: readonly PatchFile[];
  /** Whether runs of white space were lost. */
  readonly isCollapsed: boolean;
  /** When it was sent, as the mail says; null where it does not. */
  readonly date: string | null;
}

export interface DocumentPatches {
  /** In the order of the document. */
  readonly patches: readonly DocumentPatch[];
  /** 1-based lines of the messages that quote a patch which the document has in full: that one is run, not the quote. */
  readonly quoting: readonly number[];
}

/** The patches of a document that have code; a quote only where the patch itself is not there. */
export function patchesOf(document: ReadTogether): DocumentPatches {
  const patches: DocumentPatch[] = [];
  const quoting: number[] = [];
  for (const message of document.messages) {
    const { files } = message;
    if (!files.some((file) => file.hunks.length > 0)) continue;
    if (message.isQuoteOnly()) quoting.push(message.line);
    else patches.push({ files, isCollapsed: message.whitespace === 'collapsed', date: message.date });
  }
  return { patches, quoting };
}

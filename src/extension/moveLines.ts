// SPDX-License-Identifier: MIT
/** One change of a document, as the editor tells it: 0-based positions. */
export interface TextChange {
  readonly range: {
    readonly start: { readonly line: number };
    readonly end: { readonly line: number; readonly character: number };
  };
  readonly text: string;
}

/** Where 1-based lines stand after a change, so that what is shown over them stays over them. */
export function moveLines(lines: readonly number[], { range, text }: TextChange): readonly number[] {
  const removed = range.end.line - range.start.line;
  const added = text.split(/\r\n|\r|\n/).length - 1;
  if (added === removed) return lines;
  const firstAfter = range.end.line + (range.end.character === 0 ? 0 : 1);
  return lines.map((line) => (line - 1 >= firstAfter ? line + added - removed : line));
}

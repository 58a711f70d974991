// SPDX-License-Identifier: MIT
/** Fields that a patch declares anew in a type of which it shows a part: the models have them as they were. */

import type { Hunk } from '../patch/types';

export interface ChangedField {
  readonly type: string;
  readonly name: string;
  /** 1-based line of the document with the new declaration. */
  readonly line: number;
}

/** Where `struct x {` is what stands before the hunk's first line. */
const inType = /^\s*(?:typedef\s+)?((?:struct|union)\s+\w+)\s*\{/;
const declaration = /^\s*[A-Za-z_][\w\s*]*?(\w+)\s*(?:\[[^\]]*\]\s*)*(?::\s*\w+\s*)?;/;

/** The fields that hunks change from one type to another; those that are only added or removed are none. */
export function changedFields(hunks: readonly { readonly hunk: Hunk }[]): ChangedField[] {
  return hunks.flatMap(({ hunk }) => {
    const type = inType.exec(hunk.section)?.[1];
    if (type === undefined) return [];
    const end = hunk.lines.findIndex((row) => row.kind === 'context' && /^\s*\}/.test(row.text));
    const rows = end < 0 ? hunk.lines : hunk.lines.slice(0, end);
    const before = new Map<string, string>();
    for (const { kind, text } of rows) {
      const name = kind === 'del' ? declaration.exec(text)?.[1] : undefined;
      if (name !== undefined) before.set(name, bare(text));
    }
    return rows.flatMap(({ kind, text, line }) => {
      const name = kind === 'add' ? declaration.exec(text)?.[1] : undefined;
      const old = name === undefined ? undefined : before.get(name);
      return name === undefined || old === undefined || old === bare(text) ? [] : [{ type, name, line }];
    });
  });
}

/** Without white space and without a comment behind it. */
const bare = (text: string): string => text.replace(/\/\*.*?\*\/|\/\/.*$/g, '').replace(/\s+/g, '');

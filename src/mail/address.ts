// SPDX-License-Identifier: MIT
/** Names and addresses of senders. */

export interface Author {
  readonly name: string;
  /** As written; an address that an archive masked stays masked, so that nobody mails a repaired guess. */
  readonly email: string | null;
}

/**
 * Reads the sender of a `From:` value: `Name <address>`, `"Last, First" <address>`, `address (Name)`, a bare address,
 * a bare name, or `Name address at domain` as pipermail writes it. Null for an empty value.
 */
export function readAuthor(value: string): Author | null {
  const text = value.trim();
  if (text === '') return null;
  const angle = /^(.*?)\s*<([^<>]*)>/s.exec(text);
  if (angle !== null) {
    const email = (angle[2] ?? '').trim();
    const name = unquote(angle[1] ?? '');
    return { name: name === '' ? email : name, email: email === '' ? null : email };
  }
  const comment = /^(\S+@\S+)\s*\((.*)\)\s*$/s.exec(text);
  if (comment !== null) return { name: (comment[2] ?? '').trim(), email: comment[1] ?? null };
  const spoken = /^(.*?)\s*(\S+) at (\S+\.\S+)$/s.exec(text);
  if (spoken !== null) {
    const email = `${spoken[2] ?? ''} at ${spoken[3] ?? ''}`;
    return { name: spoken[1] === '' ? email : unquote(spoken[1] ?? ''), email };
  }
  if (/^\S+@\S+$/.test(text)) return { name: text, email: text };
  return { name: unquote(text), email: null };
}

function unquote(name: string): string {
  const trimmed = name.trim();
  const quoted = /^"(.*)"$/s.exec(trimmed);
  return (quoted?.[1] ?? trimmed).replace(/\\(.)/g, '$1').trim();
}

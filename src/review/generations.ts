// SPDX-License-Identifier: MIT
/** Generations of the kernel: where the order of steps on these paths changed, and which one a patch stands on. */

import { evaluateCondition } from '../c/preprocessorCondition';

/** A stretch of versions that one text of the models stands for. */
export interface Generation {
  /** The first version of it, such as `6.5`. */
  readonly version: string;
  /** `LINUX_VERSION_CODE` of that version. */
  readonly code: bigint;
  /** The day from which patches stand on it: that of the release before, when its merge window opened. */
  readonly since: string;
}

const generation = (major: bigint, minor: bigint, since: string): Generation => ({
  version: `${major}.${minor}`,
  code: (major << 16n) + (minor << 8n),
  since,
});

/**
 * Oldest first. 6.5: order of the conversion in a TDX guest (195edce08b63), prepare may fail (3f6819dd192e); 6.9: pages
 * not present around Hyper-V's conversion; 6.11: mem_enc_lock, enc_kexec_begin() (859e63b789d6); 6.18: caches of TDX
 * hosts by CPU (83214a775f33); 7.2: tdx_shutdown().
 */
export const generations: readonly Generation[] = [
  generation(6n, 1n, '2022-10-02'),
  generation(6n, 5n, '2023-06-25'),
  generation(6n, 9n, '2024-03-10'),
  generation(6n, 11n, '2024-07-14'),
  generation(6n, 18n, '2025-09-28'),
  generation(7n, 2n, '2026-06-14'),
];

/** What the models are where nothing tells the version: that of the mails they were first written for. */
export const usualGeneration: Generation = ofVersion('6.5');

/** The generation that a version (`6.8`, `6.12.107`) belongs to; the oldest for all before. */
export function ofVersion(version: string): Generation {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const code = (BigInt(major) << 16n) + (BigInt(minor) << 8n);
  return last((g) => g.code <= code);
}

/** The generation that a patch of this date (anything that Date reads) stands on; null where the date tells nothing. */
export function ofDate(date: string | null): Generation | null {
  const time = date === null ? Number.NaN : Date.parse(date);
  return Number.isNaN(time) ? null : last((g) => Date.parse(g.since) <= time);
}

function last(holds: (g: Generation) => boolean): Generation {
  const found = generations.findLast(holds) ?? generations[0];
  if (!found) throw new Error('there are no generations');
  return found;
}

/** Whether a text differs from generation to generation. */
export const isVersioned = (text: string): boolean => /^[ \t]*#[ \t]*(?:el)?if\b.*\bLINUX_VERSION_CODE\b/m.test(text);

/**
 * A C text as one generation has it: conditionals that ask for LINUX_VERSION_CODE, and what they leave out, become empty
 * lines, so that every line keeps its number. Other conditionals stay.
 */
export function textOf(text: string, { code }: Generation): string {
  if (!isVersioned(text)) return text;
  const symbol = (name: string): bigint | null => (name === 'LINUX_VERSION_CODE' ? code : null);
  /** Open conditionals: null for those of others. */
  const open: ({ active: boolean; taken: boolean } | null)[] = [];
  const lines = text.split('\n').map((line) => {
    const [, word, condition = ''] = /^\s*#\s*(if|ifdef|ifndef|elif|else|endif)\b(.*)$/.exec(line) ?? [];
    const top = open.at(-1);
    if (word === 'if' && condition.includes('LINUX_VERSION_CODE')) {
      const holds = evaluateCondition(condition, symbol) !== 0n;
      open.push({ active: holds, taken: holds });
      return '';
    }
    if (word?.startsWith('if')) open.push(null);
    if (word === 'endif') {
      open.pop();
      if (top) return '';
    }
    if (top && (word === 'else' || word === 'elif')) {
      top.active = !top.taken && (word === 'else' || evaluateCondition(condition, symbol) !== 0n);
      top.taken ||= top.active;
      return '';
    }
    return open.every((c) => c === null || c.active) ? line : '';
  });
  return lines.join('\n');
}

// SPDX-License-Identifier: MIT
/** Who may change a variable of a kernel tree before a story begins, or beside it. Told from the text alone. */

import { configuration } from '../c/configuration';
import { indexDefinitions } from '../c/indexDefinitions';
import type { Found } from './fileIndex';

/** A place that may change a variable: the function it is in, empty for one at file level. */
export interface Writer {
  readonly path: string;
  readonly name: string;
}

/** What is held only while it is used: whoever locks it unlocks it, so that it is free when a story begins. */
const lock =
  /^(static\s+)?(DEFINE_(STATIC_)?(MUTEX|(RAW_)?SPINLOCK|RWLOCK|SEMAPHORE|PERCPU_RWSEM)|DECLARE_RWSEM)\b|^[^*={]*\b(struct\s+(mutex|rw_semaphore)|(raw_)?spinlock_t|rwlock_t)\s+\w/;

/** Whether nobody can change a variable: it is constant, or it is a lock. */
export function isFixed({ definition, text }: Found): boolean {
  const shown = text.slice(definition.start, Math.min(definition.end, definition.start + 300));
  const head = shown.split('=')[0] ?? '';
  return lock.test(shown) || (/\bconst\b[^*]*$/.test(head) && !head.includes('('));
}

/**
 * Every function that may change a variable, as they are found: one that assigns to it or takes its address; and the file
 * level, where any place that names it counts. Linear in the texts.
 * @param texts the files that can name it
 */
export function* writersOf(found: Found, texts: Iterable<readonly [path: string, text: string]>): Iterable<Writer> {
  const { name } = found.definition;
  const word = new RegExp(`\\b${name}\\b`, 'g');
  for (const [path, text] of texts) {
    if (!text.includes(name)) continue;
    const told = new Set<string>();
    let bodies: { name: string; start: number; end: number }[] | null = null;
    for (const match of text.matchAll(word)) {
      const at = match.index;
      const isItself = path === found.path && at >= found.definition.start && at < found.definition.end;
      if (isItself || isComment(text, at)) continue;
      bodies ??= indexDefinitions(text, configuration).filter((d) => d.kind === 'function');
      const body = bodies.find((d) => d.start <= at && at < d.end);
      const changes = body ? mayChange(text, at, at + name.length) : !isDeclaration(text, at);
      const writer = { path, name: body?.name ?? '' };
      if (!changes || told.has(writer.name)) continue;
      told.add(writer.name);
      yield writer;
    }
  }
}

/** Whether a line says no more than that the variable exists: `extern`, or that it is exported. */
function isDeclaration(text: string, at: number): boolean {
  const line = text.slice(Math.max(text.lastIndexOf('\n', at), text.lastIndexOf(';', at)) + 1, at);
  return /\bextern\b|^\s*(DECLARE|EXPORT)_\w*\s*\(/.test(line);
}

/** Whether a word stands in a comment: behind a line's `//`, or where a line begins with `*` or opens a comment. */
function isComment(text: string, at: number): boolean {
  const line = text.slice(text.lastIndexOf('\n', at) + 1, at);
  const opened = line.lastIndexOf('/*');
  return /^\s*\*(\s|$)/.test(line) || line.includes('//') || (opened >= 0 && !line.includes('*/', opened));
}

/** Calls and words that only look at what stands in the brackets behind them. */
const reads =
  /\b(if|while|switch|for|return|sizeof|typeof|READ_ONCE|data_race|(un)?likely|(WARN|BUG)(_ON)?(_ONCE)?|ARRAY_SIZE|atomic(64|_long)?_read(_acquire)?|refcount_read|list_empty|smp_load_acquire|static_(branch|key)_(un)?likely|(static|boot|this)?_?cpu_has)\s*\(\s*&?$/;

/** Whether an expression around a variable may change it. An argument may be changed by whoever takes it. */
function mayChange(text: string, from: number, to: number): boolean {
  const before = text.slice(Math.max(0, from - 60), from).trimEnd();
  // Members and elements are part of it.
  const behind = /^(?:\s*(?:\.\s*\w+|->\s*\w+|\[[^\]]*\]))*\s*(\S{0,3})/.exec(text.slice(to, to + 200))?.[1] ?? '';
  if (/^(=($|[^=])|[-+|&^*/%]=|<<=|>>=|\+\+|--)/.test(behind) || /(\+\+|--)$/.test(before)) return true;
  if (reads.test(before)) return false;
  if (/(^|[^&])&$/.test(before) && !/[\w)\]]\s*&$/.test(before)) return true;
  return /[(,]$/.test(before) && /^[),]/.test(behind);
}

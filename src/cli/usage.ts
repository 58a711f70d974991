// SPDX-License-Identifier: MIT
import { type ParseArgsConfig, parseArgs } from 'node:util';

/** The words of the call are off; the message says how. */
export class UsageError extends Error {}

/** Options and the other words of a call. Throws a UsageError for options that do not exist. */
export function readOptions<T extends NonNullable<ParseArgsConfig['options']>>(words: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error));
  }
}

/** The value, if it is one of those allowed; the first of them where none is given. Throws a UsageError that names them. */
export function oneOf<const T extends string>(
  name: string,
  value: string | undefined,
  allowed: readonly [T, ...T[]],
): T {
  if (value === undefined) return allowed[0];
  const found = allowed.find((a) => a === value);
  if (found === undefined) throw new UsageError(`--${name} must be one of ${allowed.join(', ')}, not “${value}”`);
  return found;
}

/** A positive whole number below a billion; `otherwise` where none is given. Throws a UsageError for anything else. */
export function positive(name: string, value: string | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new UsageError(`--${name} must be a positive whole number, not “${value}”`);
  return Number(value);
}

/** What `--budget-ms` says; null where it was not given. Throws a UsageError for what is no positive whole number. */
export const budgetOption = (value: string | undefined): number | null =>
  value === undefined ? null : positive('budget-ms', value, 1);

// SPDX-License-Identifier: MIT
/** Small checks for data that comes out of a worker, a webview, a saved state or a throw: never trusted, always looked at. */

/** Whether a value has the type T. */
export type Guard<T> = (value: unknown) => value is T;
type Guarded<G> = G extends Guard<infer T> ? T : never;

/** The message of what was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** True for a string. */
export const isString: Guard<string> = (value): value is string => typeof value === 'string';

/** True for a number that is neither NaN nor infinite. */
export const isNumber: Guard<number> = (value): value is number => Number.isFinite(value);

/** True for a boolean. */
export const isBoolean: Guard<boolean> = (value): value is boolean => typeof value === 'boolean';

/** True for an object that is not null and not an array. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Lets null through besides what the guard accepts. */
export function nullable<T>(guard: Guard<T>): Guard<T | null> {
  return (value): value is T | null => value === null || guard(value);
}

/** Of a field: it may be missing, too. Never `undefined` by itself, as JSON has it. */
export function optional<T>(guard: Guard<T>): Guard<T> {
  return (value): value is T => value === undefined || guard(value);
}

/** An array of which every element passes. */
export function arrayOf<T>(guard: Guard<T>): Guard<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every((element) => guard(element));
}

/** One of the given strings or numbers. */
export function oneOf<const T extends string | number>(...allowed: readonly T[]): Guard<T> {
  return (value): value is T => (allowed as readonly unknown[]).includes(value);
}

/** An object that has at least the given fields; others are let be. */
export function shape<S extends Readonly<Record<string, Guard<unknown>>>>(
  fields: S,
): Guard<{ readonly [K in keyof S]: Guarded<S[K]> }> {
  const entries = Object.entries(fields);
  return (value): value is { readonly [K in keyof S]: Guarded<S[K]> } =>
    isRecord(value) && entries.every(([name, guard]) => guard(value[name]));
}

/** Tells the members of a union of messages apart by their `type`. */
export function tagged<T extends { readonly type: string }>(
  members: { readonly [K in T['type']]: Guard<Extract<T, { readonly type: K }>> },
): Guard<T> {
  const table: Readonly<Record<string, Guard<unknown>>> = members;
  return (value): value is T => {
    if (!isRecord(value) || !isString(value.type) || !Object.hasOwn(table, value.type)) return false;
    return table[value.type]?.(value) === true;
  };
}

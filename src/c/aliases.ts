// SPDX-License-Identifier: MIT
/** Names that kernel versions have for one thing: a patch of one version fits code of another. */

/** One thing: what it is called, the newest name first, and where the renaming is stated. */
interface Alias {
  readonly names: readonly [string, ...string[]];
  readonly source: string;
}

const aliases: readonly Alias[] = [
  {
    names: ['enc_kexec_begin', 'enc_kexec_stop_conversion'],
    source: 'v11 of the series that makes memory private on kexec of TDX guests renamed the callbacks',
  },
  { names: ['enc_kexec_finish', 'enc_kexec_unshare_mem'], source: 'the same version' },
];

/**
 * Gives the one name of what texts speak of under the names of several versions. Names that one text has both of mean
 * different things there.
 */
export function aliasesIn(texts: readonly string[]): (name: string) => string {
  const one = new Map<string, string>();
  for (const { names } of aliases) {
    const isThere = (text: string, name: string): boolean => new RegExp(`\\b${name}\\b`).test(text);
    if (texts.some((text) => names.filter((name) => isThere(text, name)).length > 1)) continue;
    for (const name of names) one.set(name, names[0]);
  }
  return (name) => one.get(name) ?? name;
}

// SPDX-License-Identifier: MIT
/** What can be done in the replay: one table for its keys, its help and the editor's commands. */

/** By name: the keys (as `KeyboardEvent.key`, Shift written in front), and what it does, for the help. */
export const actions = {
  forward: [['ArrowRight', 'ArrowDown', 'j'], 'next step'],
  back: [['ArrowLeft', 'ArrowUp', 'k'], 'step back'],
  first: [['Home'], 'start'],
  last: [['End'], 'last step'],
  fatal: [['x'], 'the fatal step'],
  parting: [['d'], 'where the two sides part'],
  nextOfAgent: [['Shift+ArrowRight', 'Shift+ArrowDown'], 'next step of the same agent'],
  previousOfAgent: [['Shift+ArrowLeft', 'Shift+ArrowUp'], 'previous step of the same agent'],
  nextChange: [['c'], 'next change of the selected page'],
  previousChange: [['Shift+C'], 'previous change of the selected page'],
  play: [[' '], 'play, pause'],
  faster: [['+'], 'faster'],
  slower: [['-'], 'slower'],
  otherSide: [['b'], 'the other side of the patch'],
  both: [['s'], 'both sides beside each other, or one'],
  fold: [['o'], 'open or close a loop'],
  explore: [['e'], 'what else could run here; back to what ran'],
  nextReplay: [['n'], 'next finding'],
  previousReplay: [['p'], 'previous finding'],
  follow: [['f'], 'follow the step in the editor, or not'],
  openLine: [['Enter'], 'open the line of the step'],
  showText: [['t'], 'show as text'],
  copyText: [[], 'copy as text for a mail'],
  copyMarkdown: [[], 'copy as Markdown'],
  copyJson: [[], 'copy as JSON'],
  copyLink: [[], 'copy a link to this step'],
  saveStepSvg: [[], 'save this step as SVG'],
  saveStepPng: [[], 'save this step as PNG'],
  saveLanesSvg: [[], 'save the whole diagram as SVG'],
  saveLanesPng: [[], 'save the whole diagram as PNG'],
  help: [['?'], 'this help'],
} as const satisfies Readonly<Record<string, readonly [keys: readonly string[], meaning: string]>>;

export type Action = keyof typeof actions;
export const actionNames = Object.keys(actions) as readonly Action[];

const byKey = new Map(actionNames.flatMap((name) => actions[name][0].map((key) => [key.toLowerCase(), name] as const)));

/** What a key means, or null. @param key as `KeyboardEvent.key` */
export function actionOfKey(key: string, shift: boolean): Action | null {
  // `?` and `+` need Shift on most keyboards and mean themselves.
  const withShift = shift && (key.startsWith('Arrow') || /^[a-z]$/i.test(key));
  return byKey.get(`${withShift ? 'shift+' : ''}${key.toLowerCase()}`) ?? null;
}

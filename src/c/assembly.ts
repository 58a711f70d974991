// SPDX-License-Identifier: MIT
import { tokenEnd } from './scanText';

/** The name under which inline assembly is called. */
export const assembly = 'asm()';

/**
 * What stands in the brackets of inline assembly with nothing but the instructions' strings left: the rest is made of
 * macros, and of constraints that say nothing of order. As long as the text given, line ends where they were; `"?"`
 * where macros make the strings.
 */
export function assemblyStrings(text: string): string {
  let result = '';
  let nested = 0;
  let at = 0;
  while (at < text.length) {
    const end = tokenEnd(text, at);
    const shown = text.slice(at, end);
    if (shown === ':' && nested === 0) break;
    if (shown === '(') nested++;
    else if (shown === ')') nested--;
    if (shown.startsWith('"') && nested === 0) result += shown;
    else if (shown === 'LOCK_PREFIX') result += '"lock"'.padEnd(shown.length);
    else result += shown.replace(/[^\r\n]/g, ' ');
    at = end;
  }
  const rest = text.slice(at).replace(/[^\r\n]/g, ' ');
  // Strings that macros make: what they do is not known.
  if (!result.includes('"') && /^...(?![\r\n])/.test(text)) return `"?"${(result + rest).slice(3)}`;
  return result + rest;
}

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

/**
 * What inline assembly sets: the text of each output between the brackets, `x` of `"=r" (x)`. Without instructions what is
 * both read and set (`"+r" (x)`) stays as it is, and what has its value from an input (`"=r" (x) : "0" (y)`) is `x = y`.
 */
export function assemblyOutputs(text: string): string[] {
  const [code = [], given = [], inputs = []] = sectionsOf(text);
  const isEmpty = /^\s*(volatile\b)?\s*("")+\s*$/.test(code.join());
  return operandsOf(given).flatMap(({ constraint, value }, i) => {
    if (value === '' || (isEmpty && constraint.includes('"+'))) return [];
    const same = isEmpty ? operandsOf(inputs).find((input) => input.constraint.includes(`"${i}"`)) : undefined;
    return [same ? `${value} = (${same.value})` : value];
  });
}

/** The instructions, and the operands of each section behind them. */
function sectionsOf(text: string): readonly (readonly string[])[] {
  const sections: string[][] = [];
  let operands: string[] = [];
  let nested = 0;
  let from = 0;
  const end = (at: number): number => operands.push(text.slice(from, at));
  for (let at = 0; at < text.length; ) {
    const next = tokenEnd(text, at);
    const shown = text.slice(at, next);
    if (shown === '(' || shown === '[') nested++;
    else if (shown === ')' || shown === ']') nested--;
    else if (nested === 0 && (/^:+$/.test(shown) || shown === ',')) {
      end(at);
      from = next;
      if (shown !== ',') {
        sections.push(operands);
        operands = [];
        // `::` leaves a section out.
        for (let i = at + 1; i < next; i++) sections.push([]);
      }
    }
    at = next;
  }
  end(text.length);
  sections.push(operands);
  return sections;
}

/** `[name] "=r" (x)`, or a macro for the string: what stands before the last brackets and in them. */
const operandsOf = (texts: readonly string[]): { readonly constraint: string; readonly value: string }[] =>
  texts.map((given) => {
    const operand = given.trim();
    const open = operand.endsWith(')') ? openOfLast(operand) : -1;
    return {
      constraint: operand.slice(0, Math.max(0, open)),
      value: open > 0 ? operand.slice(open + 1, -1).trim() : '',
    };
  });

/** Where the bracket opens that the text ends with. */
function openOfLast(text: string): number {
  let nested = 0;
  for (let at = text.length - 1; at >= 0; at--) {
    if (text[at] === ')') nested++;
    else if (text[at] === '(' && --nested === 0) return at;
  }
  return -1;
}

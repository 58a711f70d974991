// SPDX-License-Identifier: MIT
/**
 * Makes a function of the lines that hunks show of one: braces are balanced, and what stands around the lines is put
 * there without a condition that anybody knows. Nothing is moved: every line keeps its place in the mail.
 */

import { concatenate, type MappedText, originAt, slice } from './mappedText';
import { type Token, tokenize } from './tokens';
import { cutTopLevel } from './topLevel';

/** A condition that the hunk does not show: every way is tried. No C that people write has this name. */
export const notShown = '__not_shown';

/**
 * A function with the lines of one side, each part a block of its own: between two of them anything may have happened.
 * @param name of the function
 * @param section what git writes behind the `@@`: the function's head, where it is whole
 * @param parts the text of one side of each hunk that shows a part of it, in order
 * @param isChanged whether a line of the document is added or removed: such a line is never left out
 * @returns null where a changed line stands in a statement that is not shown whole
 */
export function wrapFragment(
  name: string,
  section: string,
  parts: readonly MappedText[],
  isChanged: (line: number) => boolean,
): MappedText | null {
  const first = parts[0];
  if (!first) return null;
  const shown = headIn(first.text);
  const at = originAt(first, 0);
  const made = (text: string): MappedText => ({ text, pieces: [{ start: 0, origin: at }] });
  const whole = wholeHead(section, name) ? section.trim() : `static long ${name}(void)`;
  const head = shown === null ? made(whole) : slice(first, 0, shown);
  const bodies: MappedText[] = [];
  for (const [index, part] of parts.entries()) {
    const body = index === 0 && shown !== null ? slice(part, shown + 1, part.text.length) : part;
    const balanced = balance(body, isChanged);
    if (balanced === null) return null;
    if (balanced.text.trim() !== '') bodies.push(made('{\n'), balanced, made('\n}\n'));
  }
  return concatenate([head, made('\n{\n'), ...bodies, made('}\n')]);
}

/** Whether a section is the whole head of a function: git cuts it after 80 characters. */
const wholeHead = (section: string, name: string): boolean =>
  new RegExp(`^\\s*[A-Za-z_][\\w\\s*]*[\\s*]${name}\\s*\\([^()]*\\)\\s*$`).test(section);

/** Offset of the brace behind the head of a function that a text begins with; null where it begins with none. */
function headIn(text: string): number | null {
  const stretch = cutTopLevel(text, false)[0];
  if (stretch?.kind !== 'unfinished' && stretch?.kind !== 'function') return null;
  return tokenize(text).find((token) => token.start >= stretch.start && token.text === '{')?.start ?? null;
}

/** Whether a text ends within a comment that goes on where nothing is shown. */
function endsInComment(text: string): boolean {
  const sentinel = '__behind';
  return text.includes('/*') && tokenize(`${text}\n${sentinel}`).at(-1)?.text !== sentinel;
}

/** Tokens with which no statement begins. */
const continues = /^([,?:=.<>/%|^)\]]|&&|\|\||->|<<|>>|[-+*/%&|^=!<>]=|<<=|>>=)$/;

/** A brace that is open. */
interface Brace {
  readonly kind: 'block' | 'loop' | 'do' | 'initialiser';
  /** Where the statement that it is part of begins. */
  readonly start: number;
}

const loopWord = /^(for|while)$|_each/;
/** Lines of a loop that are not shown may end it. */
const mayEnd = `if (${notShown}) break;`;

/** The text with braces that balance, as statements; null where a changed line would have to be left out. */
function balance(part: MappedText, isChanged: (line: number) => boolean): MappedText | null {
  const tokens = tokenize(part.text);
  const changed = (from: number, to: number): boolean =>
    tokens.some(({ start }) => start >= from && start < to && isChanged(originAt(part, start).line));
  const begun = beginning(tokens);
  const firstLeft = tokens[begun.left];
  if (begun.left > 0 && changed(0, firstLeft?.start ?? part.text.length)) return null;
  if (!firstLeft) return slice(part, 0, 0);

  /** What opens in front of the text what it closes, the innermost first. */
  const openers: string[] = [];
  const inserted: { at: number; text: string }[] = [];
  const braces: Brace[] = [];
  /** The word in front of each parenthesis that is open, and of the one that closed last. */
  const words: string[] = [];
  let closed = '';
  let parentheses = 0;
  let item = firstLeft.start;
  let [hasCase, hasIf] = [false, false];
  for (let i = begun.left; i < tokens.length; i++) {
    const { text, start } = tokens[i] as Token;
    const next = tokens[i + 1]?.text;
    const behind = tokens[i + 1]?.start ?? part.text.length;
    if (text === '(' || text === '[') {
      parentheses++;
      words.push(tokens[i - 1]?.text ?? '');
    } else if (text === ')' || text === ']') {
      parentheses = Math.max(0, parentheses - 1);
      closed = words.pop() ?? '';
    } else if (text === '{') {
      const before = tokens[i - 1]?.text ?? '';
      const isValue = parentheses > 0 || before === '=' || before === ',' || braces.at(-1)?.kind === 'initialiser';
      const isLoop = before === ')' && loopWord.test(closed);
      braces.push({
        kind: isValue ? 'initialiser' : before === 'do' ? 'do' : isLoop ? 'loop' : 'block',
        start: item,
      });
      if (!isValue) item = behind;
    } else if (text === '}') {
      const brace = braces.pop();
      if (brace) {
        if (brace.kind === 'block' || brace.kind === 'loop') item = behind;
        else if (brace.kind === 'do') item = brace.start;
        continue;
      }
      const isLoop = next === 'while' && endsDo(tokens, i + 2);
      openers.push(
        next === 'else'
          ? `if (${notShown}) {`
          : isLoop
            ? `do { ${mayEnd}`
            : hasCase
              ? `switch (${notShown}) { case 0:`
              : '{',
      );
      parentheses = 0;
      [hasCase, hasIf] = [false, next === 'else'];
      item = behind;
    } else if (text === ';' && parentheses === 0 && braces.at(-1)?.kind !== 'initialiser') item = behind;
    else if (braces.length === 0) {
      if (text === 'case' || (text === 'default' && next === ':')) hasCase = true;
      else if (text === 'if') hasIf = true;
      else if (text === 'else' && !hasIf) {
        openers.push(`if (${notShown}) {`);
        inserted.push({ at: start, text: '} ' });
        hasIf = true;
      }
    }
  }
  if (hasCase) openers.push(`switch (${notShown}) { case 0:`);
  const cutBrace = braces.findIndex((brace) => brace.kind === 'initialiser');
  const open = cutBrace < 0 ? braces : braces.slice(0, cutBrace);
  if (cutBrace >= 0) item = braces[cutBrace]?.start ?? item;
  const rest = ending(tokens, item, parentheses > 0 || cutBrace >= 0);
  if (rest.cut !== null && changed(rest.cut, part.text.length)) return null;
  const end = rest.cut ?? lastEnd(part.text, tokens);
  const closers = [...open]
    .reverse()
    .map(({ kind }) => (kind === 'do' ? `} while (${notShown});` : kind === 'loop' ? `${mayEnd} }` : '}'));
  if (hasCase) closers.push('}');

  const pieces: MappedText[] = [];
  const made = (text: string, near: number): void => {
    pieces.push({ text, pieces: [{ start: 0, origin: originAt(part, near) }] });
  };
  made(`${openers.reverse().join(' ')} ${begun.condition ? `if (${notShown}) ` : ''}`, firstLeft.start);
  let from = firstLeft.start;
  for (const { at, text } of inserted) {
    pieces.push(slice(part, from, at));
    made(text, at);
    from = at;
  }
  pieces.push(slice(part, from, Math.max(from, end)));
  const kept = part.text.slice(firstLeft.start, end);
  const conditionals = openConditionals(kept);
  // What is put behind it is to be code.
  made(
    `${endsInComment(kept) ? '*/' : ''}\n${'#endif\n'.repeat(conditionals)}${rest.text} ${closers.join(' ')}`,
    Math.max(firstLeft.start, end - 1),
  );
  return concatenate(pieces);
}

/**
 * How much of the beginning belongs to a statement that began above, as a number of tokens; `condition` where what is
 * left is what it does.
 */
function beginning(tokens: readonly Token[]): { readonly left: number; readonly condition: boolean } {
  const none = { left: 0, condition: false };
  let depth = 0;
  let isPart = continues.test(tokens[0]?.text ?? '');
  for (const [i, { text }] of tokens.entries()) {
    const next = tokens[i + 1]?.text ?? '';
    if (text === '(' || text === '[') depth++;
    else if ((text === ')' || text === ']') && --depth < 0) {
      depth = 0;
      isPart = true;
      if (next === '{' || /^[A-Za-z_]/.test(next)) return { left: i + 1, condition: true };
    } else if (depth === 0 && text === ';') return isPart ? { left: i + 1, condition: false } : none;
    else if (depth === 0 && text === '{') return isPart ? { left: i, condition: true } : none;
    else if (depth === 0 && text === '}') {
      if (!isPart) return none;
      return { left: next === ';' ? i + 2 : i, condition: false };
    }
  }
  return isPart ? { left: tokens.length, condition: false } : none;
}

/** Whether the parentheses at a token are followed by a semicolon: `} while (x);`. */
function endsDo(tokens: readonly Token[], at: number): boolean {
  let depth = 0;
  for (let i = at; i < tokens.length; i++) {
    const text = tokens[i]?.text;
    if (text === '(') depth++;
    else if (text === ')' && --depth === 0) return tokens[i + 1]?.text === ';';
  }
  return false;
}

/**
 * What becomes of a statement that the text ends in.
 * @param item where it begins
 * @param isOpen whether it is cut inside brackets
 * @returns where the text is cut (null: nowhere), and what it takes to end it
 */
function ending(
  tokens: readonly Token[],
  item: number,
  isOpen: boolean,
): { readonly cut: number | null; readonly text: string } {
  const rest = tokens.filter(({ start }) => start >= item).map(({ text }) => text);
  if (isOpen) return { cut: item, text: '' };
  const last = rest.at(-1);
  if (last === undefined) return { cut: null, text: '' };
  if (last === ':' || last === 'else') return { cut: null, text: ' ;' };
  const control = rest.lastIndexOf(last === ')' ? headOf(rest) : '');
  if (control < 0) return { cut: item, text: '' };
  return { cut: null, text: loopWord.test(rest[control] ?? '') ? ' break;' : ' ;' };
}

/** The word in front of the parentheses that the tokens end with, where it may be the head of a statement. */
function headOf(tokens: readonly string[]): string {
  let depth = 0;
  for (let i = tokens.length - 1; i > 0; i--) {
    if (tokens[i] === ')') depth++;
    else if (tokens[i] === '(' && --depth === 0) {
      const word = tokens[i - 1] ?? '';
      return /^(if|while|for|switch)$|_each/.test(word) ? word : '';
    }
  }
  return '';
}

/** Offset behind the last token, or behind a directive that follows it. */
function lastEnd(text: string, tokens: readonly Token[]): number {
  const last = tokens.at(-1);
  const end = last ? last.start + last.text.length : 0;
  const directives = [...text.slice(end).matchAll(/\n[ \t]*#[^\n]*/g)].at(-1);
  return directives ? end + directives.index + directives[0].length : end;
}

/** How many conditionals of the preprocessor a text leaves open. */
function openConditionals(text: string): number {
  let open = 0;
  for (const [, word] of text.matchAll(/^[ \t]*#[ \t]*(if|ifdef|ifndef|endif)\b/gm))
    open = word === 'endif' ? Math.max(0, open - 1) : open + 1;
  return open;
}

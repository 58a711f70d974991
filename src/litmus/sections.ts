// SPDX-License-Identifier: MIT
/** Cuts a litmus test into its parts: head, initial state, code, question. */
import { Problem } from './problem';

export type Architecture = 'X86' | 'X86_64' | 'C';

/** Offsets in `text`; `to` is exclusive. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface Sections {
  readonly architecture: Architecture;
  readonly name: string;
  /** As long as the text given, with what is a comment of the litmus format blank. Comments of C in functions stay. */
  readonly text: string;
  /** Between the braces. */
  readonly initial: Range;
  readonly code: Range;
  /** From the first word of the question (`locations`, `exists`…) to the end; empty where there is none. */
  readonly question: Range;
}

const head = /^\s*(\w+)[ \t]+([^\s("]+)/;
const questionWord = /(?:~\s*exists|\b(?:exists|forall|not\s+exists|locations|filter|final)\b)/y;

/** The name in the first line, or null where that is not the head of a litmus test. */
export function testName(text: string): string | null {
  return head.exec(text)?.[2] ?? null;
}

/** Cuts a test. Throws a Problem where a part is missing or the architecture is not known. */
export function cutSections(original: string): Sections {
  const nul = original.indexOf('\0');
  if (nul >= 0) throw new Problem('there is a NUL character: this is no text', nul);
  const leading = withoutComments(original, 0, '{');
  const found = head.exec(leading);
  const architecture = found?.[1];
  if (found === null || architecture === undefined)
    throw new Problem('the first line is not “X86 name”, “X86_64 name” or “C name”', 0);
  if (architecture !== 'X86' && architecture !== 'X86_64' && architecture !== 'C')
    throw new Problem(`tests of ${architecture.slice(0, 40)} are not supported: only X86, X86_64 and C`, 0);
  const open = openingBrace(leading, found[0].length);
  if (open < 0) throw new Problem('the initial state in braces is missing', original.length);
  const rest = withoutComments(original, open, architecture === 'C' ? 'code' : null);
  const text = leading.slice(0, open) + rest;
  const close = closingBrace(text, open);
  if (close < 0) throw new Problem('the brace of the initial state is never closed', open);
  const question = architecture === 'C' ? questionOfC(text, close + 1) : questionOfTable(text, close + 1);
  return {
    architecture,
    name: found[2] ?? '',
    text,
    initial: { from: open + 1, to: close },
    code: { from: close + 1, to: question },
    question: { from: question, to: endOfQuestion(text, question) },
  };
}

/** Offset of the brace that opens the initial state, past quoted descriptions; -1 if there is none. */
function openingBrace(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '{') return at;
    if (text[at] !== '"') continue;
    const end = text.indexOf('"', at + 1);
    const line = text.indexOf('\n', at);
    // A quotation mark that is not closed in its paragraph is only a character.
    if (end >= 0 && (line < 0 || end < line || !text.slice(at, end).includes('\n\n'))) at = end;
  }
  return -1;
}

function closingBrace(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === '{') depth++;
    else if (text[at] === '}' && --depth === 0) return at;
  }
  return -1;
}

/**
 * Blanks comments, which nest: `(* … *)`. With `until` '{' only up to the first brace outside of one; with `code` it
 * is C behind the initial state: `(*` is a comment only outside of all brackets there, `//` and the other one are too.
 */
function withoutComments(text: string, from: number, until: '{' | 'code' | null): string {
  const parts: string[] = [];
  let kept = from;
  let depth = 0;
  let seenInitial = false;
  let nests = true;
  const blank = (start: number, end: number): void => {
    parts.push(text.slice(kept, start), text.slice(start, end).replace(/[^\n\r]/g, ' '));
    kept = end;
  };
  const sign = /\(\*|\/\/|\/\*|[(){}]/g;
  sign.lastIndex = from;
  for (let match = sign.exec(text); match !== null; match = sign.exec(text)) {
    const start = match.index;
    const isC = until === 'code';
    const isInside = isC && seenInitial && depth > 0;
    if (match[0] === '(*' && !isInside) {
      let end = nests ? commentEnd(text, start, true) : -1;
      if (end < 0) {
        // Code in a comment may look as if it opened another one: `READ_ONCE(*x)`.
        nests = false;
        end = commentEnd(text, start, false);
        if (end < 0) throw new Problem('a comment is never closed', start);
      }
      blank(start, end);
      sign.lastIndex = end;
    } else if (match[0] === '(*') {
      depth++;
      sign.lastIndex = start + 1;
    } else if (match[0] === '//' || match[0] === '/*') {
      if (!isC) continue;
      const close = match[0] === '//' ? text.indexOf('\n', start) : text.indexOf('*/', start + 2);
      if (close < 0 && match[0] === '/*') throw new Problem('a comment is never closed', start);
      const end = close < 0 ? text.length : match[0] === '//' ? close : close + 2;
      // The parser of C reads its own comments.
      if (!isInside) blank(start, end);
      sign.lastIndex = end;
    } else if (match[0] === '{' && until === '{') break;
    else if (match[0] === '(' || match[0] === '{') depth++;
    else {
      depth = Math.max(0, depth - 1);
      if (match[0] === '}' && depth === 0) seenInitial = true;
    }
  }
  return parts.join('') + text.slice(kept);
}

/** Offset behind the comment that begins at `start`; -1 where it is never closed. */
function commentEnd(text: string, start: number, nests: boolean): number {
  const sign = /\(\*|\*\)/g;
  sign.lastIndex = start + 2;
  let depth = 1;
  for (let match = sign.exec(text); match !== null; match = sign.exec(text)) {
    if (match[0] === '*)') depth--;
    else if (nests) depth++;
    if (depth === 0) return match.index + 2;
  }
  return -1;
}

/** Where the question begins: the first of its words outside all brackets. */
function questionOfC(text: string, from: number): number {
  let depth = 0;
  const sign = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|[(){}]|[~A-Za-z_]\w*/g;
  sign.lastIndex = from;
  for (let match = sign.exec(text); match !== null; match = sign.exec(text)) {
    if (match[0] === '{' || match[0] === '(') depth++;
    else if (match[0] === '}' || match[0] === ')') depth = Math.max(0, depth - 1);
    else if (depth === 0) {
      questionWord.lastIndex = match.index;
      if (questionWord.test(text)) return match.index;
    }
  }
  return text.length;
}

/** The same behind the table of instructions: at the beginning of a line or behind a row's semicolon. */
function questionOfTable(text: string, from: number): number {
  const start = /(?:^|;)[ \t\r]*/gm;
  start.lastIndex = from;
  for (let match = start.exec(text); match !== null; match = start.exec(text)) {
    const at = match.index + match[0].length;
    questionWord.lastIndex = at;
    if (questionWord.test(text)) return at;
    if (match[0] === '') start.lastIndex++;
  }
  return text.length;
}

/** Instructions to other tools (`<< … >>`) and verdicts by model (`with tso: …`) are no part of the question. */
function endOfQuestion(text: string, from: number): number {
  const end = /<<|\bwith\b/g;
  end.lastIndex = from;
  return end.exec(text)?.index ?? text.length;
}

// SPDX-License-Identifier: MIT
/** C as tokens, for comparing and cutting text without parsing it. Comments and preprocessor lines are no tokens. */

export interface Token {
  readonly text: string;
  readonly start: number;
}

const pattern =
  /\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|[A-Za-z_]\w*|\.?\d[\w.]*|->|\+\+|--|<<=|>>=|<<|>>|[-+*/%&|^=!<>]=|&&|\|\||\.\.\.|[^\s]/g;

/** Splits a text that may begin or end inside a comment. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const closed = text.indexOf('*/');
  const opened = text.indexOf('/*');
  let from = 0;
  if (closed >= 0 && (opened < 0 || closed < opened)) {
    scan(text.slice(0, commentStart(text, closed)), 0, tokens);
    from = closed + 2;
  }
  scan(text, from, tokens);
  return tokens;
}

/** Where the comment begins that ends at `closed` and whose first line is missing: at the first of its starred lines. */
function commentStart(text: string, closed: number): number {
  let start = closed;
  for (let line = text.lastIndexOf('\n', closed) + 1; /^\s*\*/.test(text.slice(line, line + 80)); ) {
    start = line;
    // In front of the second character there is at most an empty line.
    if (line <= 1) break;
    line = text.lastIndexOf('\n', line - 2) + 1;
  }
  return start === closed ? 0 : start;
}

function scan(text: string, from: number, tokens: Token[]): void {
  pattern.lastIndex = from;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const token = match[0];
    if (token.startsWith('/*') || token.startsWith('//')) continue;
    if (token === '#' && /(^|\n)[ \t]*$/.test(text.slice(Math.max(0, match.index - 80), match.index))) {
      let end = text.indexOf('\n', match.index);
      while (end > 0 && text[end - 1] === '\\') end = text.indexOf('\n', end + 1);
      pattern.lastIndex = end < 0 ? text.length : end;
      continue;
    }
    tokens.push({ text: token, start: match.index });
  }
}

/** The tokens of each line of a text, comments left out also where they span lines. */
export function tokensByLine(text: string): string[][] {
  const starts = [0];
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1);
  const lines: string[][] = starts.map(() => []);
  let line = 0;
  for (const token of tokenize(text)) {
    while (line + 1 < starts.length && (starts[line + 1] as number) <= token.start) line++;
    (lines[line] as string[]).push(token.text);
  }
  return lines;
}

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
  pattern.lastIndex = closed >= 0 && (opened < 0 || closed < opened) ? closed + 2 : 0;
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
  return tokens;
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

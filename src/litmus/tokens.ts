// SPDX-License-Identifier: MIT
/** Words, numbers and signs of what stands around the code of a litmus test. */
import { Problem } from './problem';

export interface Token {
  readonly kind: 'word' | 'number' | 'sign' | 'end';
  readonly text: string;
  /** Offset in the text of the test. */
  readonly start: number;
}

const pattern =
  /\s+|(?<word>[A-Za-z_.$%][\w.$]*)|(?<number>\d\w*)|(?<sign>\/\\|\\\/|=>|==|!=|&&|\|\||[[\](){};,:=~*&<>+\-#!|"])/y;

/** Cuts `text` from `from` to `to`; comments must be blank already. Throws a Problem for a character that is none of these. */
export function tokenize(text: string, from: number, to: number): Token[] {
  const tokens: Token[] = [];
  for (let at = from; at < to; ) {
    pattern.lastIndex = at;
    const groups = pattern.exec(text)?.groups;
    const end = pattern.lastIndex;
    if (groups === undefined) throw new Problem(`“${text[at]}” is not expected here`, at);
    const kind = groups.word !== undefined ? 'word' : groups.number !== undefined ? 'number' : 'sign';
    const token = groups.word ?? groups.number ?? groups.sign;
    if (token !== undefined) tokens.push({ kind, text: token, start: at });
    at = end;
  }
  return tokens;
}

/** Reads tokens one after the other. */
export interface Reader {
  /** The token that comes next; one of kind `end` behind the last. */
  peek(ahead?: number): Token;
  next(): Token;
  /** Takes the next token if it is this one. */
  take(text: string): boolean;
  /** Throws a Problem where the next token is another one. */
  expect(text: string): void;
  /** Throws a Problem about the next token: `wanted` is missing. */
  fail(wanted: string): never;
}

/** A reader of tokens; `end` is the offset behind the last. */
export function createReader(tokens: readonly Token[], end: number): Reader {
  let at = 0;
  const last: Token = { kind: 'end', text: '', start: end };
  const reader: Reader = {
    peek: (ahead = 0) => tokens[at + ahead] ?? last,
    next() {
      const token = reader.peek();
      at++;
      return token;
    },
    take(text) {
      if (reader.peek().kind === 'end' || reader.peek().text !== text) return false;
      at++;
      return true;
    },
    expect(text) {
      if (!reader.take(text)) reader.fail(`“${text}”`);
    },
    fail(wanted) {
      const { kind, text, start } = reader.peek();
      throw new Problem(`${wanted} is missing before ${kind === 'end' ? 'the end' : `“${text}”`}`, start);
    },
  };
  return reader;
}

/** The value of a number as C writes it (decimal, hexadecimal, octal, with a suffix), or null. */
export function numberOf(text: string): bigint | null {
  const match = /^(0[xX][0-9a-fA-F]+|\d+)[uUlL]*$/.exec(text);
  if (match?.[1] === undefined) return null;
  return /^0\d/.test(match[1]) && /^[0-7]+$/.test(match[1]) ? BigInt(`0o${match[1].slice(1)}`) : BigInt(match[1]);
}

// SPDX-License-Identifier: MIT
/** The initial state of a test: `x=0; int *p = &x; 0:EAX=1; int64_t t[2]={1,-1};` */
import { type Location, readLocation, type Value } from './condition';
import { Problem } from './problem';
import type { Range } from './sections';
import { createReader, numberOf, type Token, tokenize } from './tokens';

export interface InitialItem {
  readonly location: Location;
  /** The words of the type, without asterisks; '' where none is given. */
  readonly type: string;
  readonly isPointer: boolean;
  /** Elements of an array; null for what is none. */
  readonly length: number | null;
  /** One value, or those of an array's first elements; what is not given is 0. */
  readonly values: readonly Value[];
  /** Where it stands in the text. */
  readonly offset: number;
}

/** The longest array. */
const longest = 1024;
/** Casts and parentheses in front of a value. */
const deepest = 20;
const numberMacros = /^(ATOMIC_INIT|ATOMIC64_INIT|ATOMIC_LONG_INIT|REFCOUNT_INIT)$/;

/** Reads the initial state. Throws a Problem. */
export function readInitial(text: string, range: Range): InitialItem[] {
  // Lines of a preprocessor say nothing here.
  const plain =
    text.slice(0, range.from) +
    text.slice(range.from, range.to).replace(/^[ \t]*#.*$/gm, (line) => ' '.repeat(line.length));
  const items: InitialItem[] = [];
  let part: Token[] = [];
  let depth = 0;
  for (const token of tokenize(plain, range.from, range.to)) {
    if (token.text === '{' || token.text === '(') depth++;
    if (token.text === '}' || token.text === ')') depth--;
    if (token.text === ';' && depth === 0) {
      if (part.length > 0) items.push(readItem(part, token.start));
      part = [];
    } else part.push(token);
  }
  if (part.length > 0) items.push(readItem(part, range.to));
  return items;
}

function readItem(tokens: readonly Token[], end: number): InitialItem {
  const offset = tokens[0]?.start ?? end;
  const equals = tokens.findIndex((token) => token.text === '=');
  const left = tokens.slice(0, equals < 0 ? tokens.length : equals);
  const at = startOfTarget(left);
  const reader = createReader(left.slice(at), equals < 0 ? end : (tokens[equals]?.start ?? end));
  const typeTokens = left.slice(0, at);
  const isBracketed = reader.peek().text === '[';
  const found = readLocation(reader);
  if (reader.peek().kind !== 'end') reader.fail('“=” or “;”');
  // `int t[2]` declares an array; `t[2] = 1` and `[x]` name what is there.
  const isArray = found.index !== null && typeTokens.length > 0 && !isBracketed;
  const length = isArray ? found.index : null;
  if (length !== null && length > longest) throw new Problem(`an array has at most ${longest} elements`, offset);
  const values = equals < 0 ? [] : readValues(tokens.slice(equals + 1), end);
  return {
    location: isArray ? { ...found, index: null } : found,
    type: typeTokens
      .filter((token) => token.kind === 'word')
      .map((token) => token.text)
      .join(' '),
    isPointer: typeTokens.some((token) => token.text === '*'),
    length: length ?? (values.length > 1 ? values.length : null),
    values,
    offset,
  };
}

/** Index of the first token that belongs to the name and not to its type. */
function startOfTarget(left: readonly Token[]): number {
  let last = left.length - 1;
  if (left[last]?.text === ']') {
    last = left.findLastIndex((token) => token.text === '[');
    // `[x]` or the array of `t[2]`.
    if (left[last - 1]?.kind !== 'word' || left[last + 1]?.kind === 'word') return Math.max(0, last);
    last--;
  }
  return left[last - 1]?.text === ':' ? Math.max(0, last - 2) : Math.max(0, last);
}

function readValues(tokens: readonly Token[], end: number): Value[] {
  const reader = createReader(tokens, end);
  const values: Value[] = [];
  if (!reader.take('{')) values.push(readOne());
  else {
    while (!reader.take('}')) {
      values.push(readOne());
      if (values.length > longest) reader.fail('the end of so long an array');
      if (reader.peek().text !== '}') reader.expect(',');
    }
  }
  if (reader.peek().kind !== 'end') reader.fail('“;”');
  return values;

  function readOne(depth = 0): Value {
    if (depth > deepest) reader.fail('a value');
    if (numberMacros.test(reader.peek().text)) reader.next();
    // A cast, or parentheses around a value.
    if (reader.take('(')) {
      if (reader.peek().kind !== 'word') {
        const inside = readOne(depth + 1);
        reader.expect(')');
        return inside;
      }
      while (!reader.take(')')) if (reader.next().kind === 'end') reader.fail('“)”');
      return readOne(depth + 1);
    }
    const isNegative = reader.take('-');
    reader.take('&');
    const token = reader.next();
    if (token.kind === 'word' && !isNegative) return token.text === 'NULL' ? 0n : token.text;
    const value = numberOf(token.text);
    if (value === null)
      throw new Problem(token.text === '' ? 'a value is missing' : `“${token.text}” is no value`, token.start);
    return isNegative ? -value : value;
  }
}

// SPDX-License-Identifier: MIT
/** What a litmus test asks of its final states: `exists (0:EAX=1 /\ [x]=2)`. */
import { Problem } from './problem';
import { numberOf, type Reader } from './tokens';

/** A register of a thread, a location of memory (`thread` null), or an element of an array there. */
export interface Location {
  readonly thread: number | null;
  readonly name: string;
  readonly index: number | null;
}

/** A number, the address of the location of that name, or the elements of an array as `{1,2}`. */
export type Value = bigint | string;

export type Proposition =
  | { readonly kind: 'atom'; readonly location: Location; readonly value: Value | Location }
  | { readonly kind: 'not'; readonly operand: Proposition }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Proposition[] }
  | { readonly kind: 'implies'; readonly left: Proposition; readonly right: Proposition };

export type Quantifier = 'exists' | '~exists' | 'forall';

export interface Condition {
  readonly quantifier: Quantifier;
  readonly proposition: Proposition;
}

/** How a location is shown: `0:EAX`, `[x]`, `t[1]`. */
export function showLocation({ thread, name, index }: Location): string {
  if (thread !== null) return `${thread}:${name}`;
  return index === null ? `[${name}]` : `${name}[${index}]`;
}

/** Writes a register's name as the test's machine does; throws a Problem at the offset for what is no register. */
export type Named = (location: Location, offset: number) => Location;

/** How nested a proposition may be. */
const deepest = 200;

/**
 * Reads a proposition; from weakest to strongest: `\/`, `/\`, `=>`, `not` or `~`, as herd7 has it. Throws a Problem.
 * @param named is called for every location
 */
export function readProposition(reader: Reader, named: Named): Proposition {
  let depth = 0;
  const nested = (read: () => Proposition): Proposition => {
    if (++depth > deepest) throw new Problem('the condition is nested too deeply', reader.peek().start);
    const proposition = read();
    depth--;
    return proposition;
  };
  const chain = (kind: 'and' | 'or', signs: readonly string[], operand: () => Proposition): Proposition => {
    const operands: Proposition[] = [];
    do {
      const next = operand();
      for (const part of next.kind === kind ? next.operands : [next]) operands.push(part);
    } while (signs.some((sign) => reader.take(sign)));
    return operands.length === 1 && operands[0] ? operands[0] : { kind, operands };
  };
  const disjunction = (): Proposition => chain('or', ['\\/', '||'], conjunction);
  const conjunction = (): Proposition => chain('and', ['/\\', '&&'], implication);
  const implication = (): Proposition =>
    nested(() => {
      const left = negation();
      return reader.take('=>') ? { kind: 'implies', left, right: implication() } : left;
    });
  const negation = (): Proposition =>
    nested(() =>
      reader.take('not') || reader.take('~') || reader.take('!') ? { kind: 'not', operand: negation() } : primary(),
    );
  const primary = (): Proposition => {
    if (reader.take('(')) {
      const inside = reader.peek().text === ')' ? always : nested(disjunction);
      reader.expect(')');
      return inside;
    }
    if (reader.take('true')) return always;
    if (reader.take('false')) return { kind: 'or', operands: [] };
    const { start } = reader.peek();
    const location = named(readLocation(reader), start);
    const isEqual = !reader.take('!=');
    if (isEqual && !reader.take('=')) reader.expect('==');
    const value = readValue(reader);
    const compared = typeof value === 'object' ? named(value, start) : value;
    const atom: Proposition = { kind: 'atom', location, value: compared };
    return isEqual ? atom : { kind: 'not', operand: atom };
  };
  return disjunction();
}

const always: Proposition = { kind: 'and', operands: [] };

/** `0:EAX`, `P0:EAX`, `x`, `[x]`, `t[1]`, `*x`. Throws a Problem. */
export function readLocation(reader: Reader): Location {
  const thread = threadPrefix(reader);
  if (thread !== null) return { thread, name: word(reader), index: null };
  if (reader.take('*')) return { thread: null, name: word(reader), index: null };
  if (reader.take('[')) {
    const location = element(reader, word(reader));
    reader.expect(']');
    return location;
  }
  return element(reader, word(reader));
}

/** The thread's number where one stands in front of a register (`0:`, `P0:`), or null. */
function threadPrefix(reader: Reader): number | null {
  if (reader.peek(1).text !== ':') return null;
  const match = /^P?(\d{1,4})$/.exec(reader.peek().text);
  if (!match) return null;
  reader.next();
  reader.next();
  return Number(match[1]);
}

function element(reader: Reader, name: string): Location {
  if (!reader.take('[')) return { thread: null, name, index: null };
  const index = numberOf(reader.peek().text);
  if (index === null || index > 1_000_000n) reader.fail('an index');
  reader.next();
  reader.expect(']');
  return { thread: null, name, index: Number(index) };
}

function word(reader: Reader): string {
  if (reader.peek().kind !== 'word') reader.fail('a name');
  return reader.next().text.replace(/^%/, '');
}

/** A number with its sign, an address (`x`, `&x`), or what a location holds (`[x]`, `1:EAX`). Throws a Problem. */
function readValue(reader: Reader): Value | Location {
  if (reader.take('{')) {
    const values: string[] = [];
    while (!reader.take('}')) {
      const value = readValue(reader);
      if (typeof value === 'object') reader.fail('a number');
      values.push(String(value));
      if (reader.peek().text !== '}') reader.expect(',');
    }
    return `{${values.join(',')}}`;
  }
  const negative = reader.take('-');
  if (!negative && (reader.peek().text === '[' || reader.peek(1).text === ':')) return readLocation(reader);
  if (!negative && (reader.take('&') || reader.peek().kind === 'word')) {
    const name = word(reader);
    return /^NULL$/.test(name) ? 0n : name;
  }
  const value = numberOf(reader.peek().text);
  if (value === null) reader.fail('a value');
  reader.next();
  return negative ? -value : value;
}

/** Calls `visit` for every location that is asked about. */
export function forEachLocation(proposition: Proposition, visit: (location: Location) => void): void {
  switch (proposition.kind) {
    case 'atom':
      visit(proposition.location);
      if (typeof proposition.value === 'object') visit(proposition.value);
      return;
    case 'not':
      return forEachLocation(proposition.operand, visit);
    case 'and':
    case 'or':
      for (const operand of proposition.operands) forEachLocation(operand, visit);
      return;
    case 'implies':
      forEachLocation(proposition.left, visit);
      forEachLocation(proposition.right, visit);
  }
}

/** Whether a proposition holds where locations have these values. */
export function holds(proposition: Proposition, lookUp: (location: Location) => Value): boolean {
  switch (proposition.kind) {
    case 'atom': {
      const { location, value } = proposition;
      return lookUp(location) === (typeof value === 'object' ? lookUp(value) : value);
    }
    case 'not':
      return !holds(proposition.operand, lookUp);
    case 'and':
      return proposition.operands.every((operand) => holds(operand, lookUp));
    case 'or':
      return proposition.operands.some((operand) => holds(operand, lookUp));
    case 'implies':
      return !holds(proposition.left, lookUp) || holds(proposition.right, lookUp);
  }
}

/** What stands in parentheses inside each kind, whether or not it has to. */
const enclosed = { and: ['or', 'implies'], or: ['implies'], implies: ['and', 'or'] } as const;

/** The text of a proposition. */
export function showProposition(proposition: Proposition): string {
  const part = (inner: Proposition, above: keyof typeof enclosed): string =>
    (enclosed[above] as readonly string[]).includes(inner.kind)
      ? `(${showProposition(inner)})`
      : showProposition(inner);
  switch (proposition.kind) {
    case 'atom': {
      const { location, value } = proposition;
      return `${showLocation(location)}=${typeof value === 'object' ? showLocation(value) : value}`;
    }
    case 'not':
      return `not (${showProposition(proposition.operand)})`;
    case 'and':
      return proposition.operands.map((operand) => part(operand, 'and')).join(' /\\ ') || 'true';
    case 'or':
      return proposition.operands.map((operand) => part(operand, 'or')).join(' \\/ ') || 'false';
    case 'implies': {
      const left = part(proposition.left, 'implies');
      return `${proposition.left.kind === 'implies' ? `(${left})` : left} => ${part(proposition.right, 'implies')}`;
    }
  }
}

/** The text of a condition: `exists (…)`. */
export function showCondition({ quantifier, proposition }: Condition): string {
  return `${quantifier} (${showProposition(proposition)})`;
}

// SPDX-License-Identifier: MIT
/** The last part of a test: which locations are shown, which final states count, and what must hold of them. */
import {
  type Condition,
  type Location,
  type Named,
  type Proposition,
  readLocation,
  readProposition,
} from './condition';
import { Problem } from './problem';
import type { Range } from './sections';
import { createReader, type Reader, tokenize } from './tokens';

export interface Question {
  /** Shown beside those of the condition. */
  readonly locations: readonly Location[];
  /** Final states where it does not hold do not count; null where all do. */
  readonly filter: Proposition | null;
  readonly condition: Condition;
}

/**
 * Reads the question.
 * @param named is called for every location
 * Throws a Problem where it cannot be read or there is no condition.
 */
export function readQuestion(text: string, { from, to }: Range, named: Named): Question {
  const reader = createReader(tokenize(text, from, to), to);
  let locations: Location[] = [];
  let filter: Proposition | null = null;
  let condition: Condition | null = null;
  while (reader.peek().kind !== 'end') {
    if (reader.take(';')) continue;
    if (reader.take('locations')) locations = readLocations(reader, named);
    else if (reader.take('filter')) filter = readProposition(reader, named);
    else {
      if (condition !== null) reader.fail('the end of the test');
      condition = { quantifier: readQuantifier(reader), proposition: readProposition(reader, named) };
    }
  }
  if (condition === null) throw new Problem('there is no condition (exists, ~exists or forall)', to);
  return { locations, filter, condition };
}

function readQuantifier(reader: Reader): Condition['quantifier'] {
  // `final` is an older word.
  if (reader.take('exists') || reader.take('final')) return 'exists';
  if (reader.take('forall')) return 'forall';
  if (!reader.take('~') && !reader.take('not')) reader.fail('exists, ~exists or forall');
  reader.expect('exists');
  return '~exists';
}

/** `[x; 0:EAX; y int*;]`: types behind a name say nothing here. */
function readLocations(reader: Reader, named: Named): Location[] {
  const locations: Location[] = [];
  reader.expect('[');
  while (!reader.take(']')) {
    if (reader.take(';')) continue;
    const { start } = reader.peek();
    locations.push(named(readLocation(reader), start));
    while (reader.peek().kind === 'word' || reader.peek().text === '*') reader.next();
    if (reader.peek().text !== ']') reader.expect(';');
  }
  return locations;
}

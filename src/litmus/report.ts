// SPDX-License-Identifier: MIT
/** The block that is printed for a test: line by line what herd7 prints. */
import { holds, type Location, showCondition, showLocation, type Value } from './condition';
import type { Question } from './question';

const kinds = { exists: 'Allowed', '~exists': 'Forbidden', forall: 'Required' } as const;

export interface Report {
  /** Lines, without an end behind the last. */
  readonly text: string;
  /** How often the proposition of the condition holds in the final states. */
  readonly observation: 'Always' | 'Sometimes' | 'Never';
}

/** The locations that a question shows, in the order in which they are printed. */
export function shownLocations(question: Question, asked: readonly Location[], order: RegisterOrder): Location[] {
  const byName = new Map<string, Location>();
  for (const location of [...question.locations, ...asked]) byName.set(showLocation(location), location);
  return [...byName.values()].sort((a, b) => compareLocations(a, b, order));
}

/** Gives registers their order: where a name stands among a thread's. */
export type RegisterOrder = (name: string) => number;

/** Registers by thread, then memory by name. */
function compareLocations(a: Location, b: Location, order: RegisterOrder): number {
  const [x, y] = [a.thread ?? Number.POSITIVE_INFINITY, b.thread ?? Number.POSITIVE_INFINITY];
  if (x !== y) return x - y;
  const places = a.thread === null ? 0 : order(a.name) - order(b.name);
  return places || compareText(a.name, b.name) || (a.index ?? -1) - (b.index ?? -1);
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Numbers before addresses. */
function compareValues(a: Value, b: Value): number {
  if (typeof a === 'string') return typeof b === 'string' ? compareText(a, b) : 1;
  return typeof b === 'string' ? -1 : a < b ? -1 : a > b ? 1 : 0;
}

function compareStates(a: readonly Value[], b: readonly Value[]): number {
  for (let i = 0; i < a.length; i++) {
    const difference = compareValues(a[i] ?? 0n, b[i] ?? 0n);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * Reports a test that was run.
 * @param locations those shown first, then any that only the filter asks about
 * @param states values of `locations` in each final state
 */
export function reportTest(
  name: string,
  question: Question,
  locations: readonly Location[],
  shown: number,
  states: readonly (readonly Value[])[],
): Report {
  const { condition, filter } = question;
  const places = new Map(locations.map((location, index) => [showLocation(location), index]));
  const lookUp =
    (state: readonly Value[]) =>
    (location: Location): Value =>
      state[places.get(showLocation(location)) ?? -1] ?? 0n;
  const counted = states.filter((state) => filter === null || holds(filter, lookUp(state)));
  const different = new Map<string, readonly Value[]>();
  for (const state of counted) {
    const values = state.slice(0, shown);
    different.set(values.join(' '), values);
  }
  const sorted = [...different.values()].sort(compareStates);
  const positive = sorted.filter((state) => holds(condition.proposition, lookUp(state))).length;
  const negative = sorted.length - positive;
  const isExpected =
    condition.quantifier === 'exists'
      ? positive > 0
      : condition.quantifier === '~exists'
        ? positive === 0
        : negative === 0;
  const observation = positive === 0 ? 'Never' : negative === 0 ? 'Always' : 'Sometimes';
  const witnesses = condition.quantifier === '~exists' ? [negative, positive] : [positive, negative];
  const lines = [
    `Test ${name} ${kinds[condition.quantifier]}`,
    `States ${sorted.length}`,
    ...sorted.map((state) => state.map((value, i) => `${showLocation(locations[i] as Location)}=${value};`).join(' ')),
    isExpected ? 'Ok' : 'No',
    'Witnesses',
    `Positive: ${witnesses[0]} Negative: ${witnesses[1]}`,
    `Condition ${showCondition(condition)}`,
    `Observation ${name} ${observation} ${positive} ${negative}`,
  ];
  return { text: lines.join('\n'), observation };
}

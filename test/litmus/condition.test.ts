// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  holds,
  type Location,
  type Proposition,
  readProposition,
  showLocation,
  showProposition,
  type Value,
} from '../../src/litmus/condition';
import { createReader, tokenize } from '../../src/litmus/tokens';

function read(text: string): Proposition {
  const reader = createReader(tokenize(text, 0, text.length), text.length);
  const proposition = readProposition(reader, (location) => location);
  assert.equal(reader.peek().kind, 'end', `all of ${text} is read`);
  return proposition;
}

const values: Readonly<Record<string, Value>> = { '0:r1': 1n, '[x]': 2n, '[p]': 'x', 't[1]': -1n };
const lookUp = (location: Location): Value => values[showLocation(location)] ?? 0n;

describe('conditions of litmus tests', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['0:r1=1', '0:r1=1', true],
    ['P0:r1 = 1', '0:r1=1', true],
    ['x=2', '[x]=2', true],
    ['[x]=2', '[x]=2', true],
    ['*x=2', '[x]=2', true],
    ['x=0x2', '[x]=2', true],
    ['t[1]=-1', 't[1]=-1', true],
    ['[t[1]]=-1', 't[1]=-1', true],
    ['p=x', '[p]=x', true],
    ['p=&x', '[p]=x', true],
    ['p=y', '[p]=y', false],
    ['x!=2', 'not ([x]=2)', false],
    ['x!=3 /\\ x=2', 'not ([x]=3) /\\ [x]=2', true],
    ['[x]=[x]', '[x]=[x]', true],
    ['y=NULL', '[y]=0', true],
    ['true', 'true', true],
    ['false', 'false', false],
    ['not x=2', 'not ([x]=2)', false],
    ['~x=2', 'not ([x]=2)', false],
    ['~(x=2)', 'not ([x]=2)', false],
    ['x=2 \\/ x=3 /\\ x=4', '[x]=2 \\/ [x]=3 /\\ [x]=4', true],
    ['(x=2 \\/ x=3) /\\ x=4', '([x]=2 \\/ [x]=3) /\\ [x]=4', false],
    ['x=2 /\\ (x=3 /\\ x=4)', '[x]=2 /\\ [x]=3 /\\ [x]=4', false],
    ['~x=3 /\\ x=2', 'not ([x]=3) /\\ [x]=2', true],
    ['x=2 => x=3', '[x]=2 => [x]=3', false],
    ['x=3 => x=4 => x=5', '[x]=3 => [x]=4 => [x]=5', true],
    ['x=2 \\/ x=3 => x=4', '[x]=2 \\/ ([x]=3 => [x]=4)', true],
    ['(x=2 \\/ x=3) => x=4', '([x]=2 \\/ [x]=3) => [x]=4', false],
    ['x=3 /\\ x=4 => x=5', '[x]=3 /\\ ([x]=4 => [x]=5)', false],
    ['(x=3 /\\ x=4) => x=5', '([x]=3 /\\ [x]=4) => [x]=5', true],
    ['~x=2 => x=5', 'not ([x]=2) => [x]=5', true],
    ['(x=3 => x=4) => x=5', '([x]=3 => [x]=4) => [x]=5', false],
    ['((((x=2))))', '[x]=2', true],
  ];
  for (const [text, shown, expected] of cases) {
    it(`${text} is ${expected}`, () => {
      const proposition = read(text);
      assert.equal(showProposition(proposition), shown);
      assert.equal(holds(proposition, lookUp), expected);
    });
  }

  it('reads back what it prints, in random propositions', () => {
    const atom = fc.record({ name: fc.constantFrom('x', 'y', 'z'), value: fc.integer({ min: -2, max: 2 }) }).map(
      ({ name, value }): Proposition => ({
        kind: 'atom',
        location: { thread: null, name, index: null },
        value: BigInt(value),
      }),
    );
    const { tree } = fc.letrec<{ tree: Proposition }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        atom,
        tie('tree').map((operand): Proposition => ({ kind: 'not', operand })),
        fc
          .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('tree'), { minLength: 2, maxLength: 3 }))
          .map(([kind, operands]): Proposition => ({ kind, operands })),
        fc.tuple(tie('tree'), tie('tree')).map(([left, right]): Proposition => ({ kind: 'implies', left, right })),
      ),
    }));
    fc.assert(
      fc.property(
        tree,
        fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 3, maxLength: 3 }),
        (proposition, xyz) => {
          const at = ({ name }: Location): Value => BigInt(xyz['xyz'.indexOf(name)] ?? 0);
          assert.equal(holds(read(showProposition(proposition)), at), holds(proposition, at));
        },
      ),
      { numRuns: 500 },
    );
  });
});

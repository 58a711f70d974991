// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { generateSource } from '../../src/engine/codegen';
import { analyseFlow } from '../../src/engine/flow';
import { createLayout } from '../../src/engine/layout';
import type { Bounds, Program } from '../../src/engine/program';
import { createRuntime } from '../../src/engine/runtime';
import { explore } from '../../src/engine/search';
import { programOf, randomPrograms } from './randomProgram';
import { boundsOf } from './support';

const HOSTILE = [
  '`+process.exit(1)+`',
  '");globalThis.owned=1;("',
  '*/globalThis.owned=1;/*',
  '\n}globalThis.owned=1;{',
  'constructor',
  '__proto__',
];

function sourceOf(program: Program, bounds: Bounds): string {
  const runtime = createRuntime(program, bounds, createLayout(program, bounds), {
    liveness: true,
    reduction: true,
    fencesWait: false,
  });
  return generateSource(runtime, program.agents.map(analyseFlow));
}

/** The same program with every text in it replaced. */
function renamed(program: Program, name: (index: number) => string): Program {
  let next = 0;
  const fresh = (): string => name(next++);
  return {
    ...program,
    agents: program.agents.map((agent) => ({
      ...agent,
      name: fresh(),
      registers: agent.registers.map((register) => ({ ...register, name: fresh() })),
    })),
    outcomes: program.outcomes.map((outcome) => ({ ...outcome, id: fresh() })),
    marks: program.marks.map(fresh),
    machine: {
      ...program.machine,
      operations: program.machine.operations.map((operation) => ({ ...operation, name: fresh() })),
    },
  };
}

/** Every word that generated code may contain, besides integers. */
const WORDS = new Set(
  (
    'use strict const let function return if else for switch case continue new Array fill push undefined true false environment ' +
    'scratch memory context runtime operations divide32 divide64 state wide flags divided marks mark run raise reached visible local ' +
    'address64 addressOf load32 load64 store32 store64 rmw32 rmw64 fence enter leave as32 as64 fail finish ' +
    'full write atomic divSigned divUnsigned remSigned remUnsigned BigInt asIntN asUintN Math imul Number S Q F D M V L v p t x e r l h c'
  ).split(' '),
);

/** Everything that a search with packed states hands to `Function`. */
function sourcesOfSearch(program: Program, bounds: Bounds): string[] {
  const sources: string[] = [];
  const original = globalThis.Function;
  try {
    globalThis.Function = new Proxy(original, {
      construct(target, args: string[]) {
        sources.push(...args);
        return new target(...args);
      },
    });
    explore(program, bounds, { packAfter: 4 });
  } finally {
    globalThis.Function = original;
  }
  return sources;
}

/** What packed searches use besides. */
const PACKED_WORDS = new Set(
  (
    'slow ended divide32 divide64 divided n T b from mask limit I C grow k c o h find insert unpack while break ' +
    'Int32Array push S parent index run start to max count transitions setTransitions transitionsBefore bytes ' +
    'byteLength length q default rows min m G r e false null Q H P U f i j l p s u choice put flush hand hash sift Z y z a v reduce subarray'
  ).split(' '),
);

function unexpectedWords(text: string, known: readonly ReadonlySet<string>[]): string[] {
  return [...text.matchAll(/[A-Za-z_$][\w$]*|[^\s\x20-\x7e]|[`\\]/g)]
    .map(([word]) => word)
    .filter((word) => !known.some((words) => words.has(word)) && !/^[ORxwtAd]\d+$|^n$/.test(word));
}

describe('generated code', () => {
  it('of packed searches is the same whatever things are called, and consists of fixed words and integers', function () {
    this.timeout(60_000);
    let packed = 0;
    let swapped = 0;
    fc.assert(
      fc.property(randomPrograms(300), fc.constantFrom(...HOSTILE), ({ program, bounds }, name) => {
        const plain = sourcesOfSearch(program, bounds);
        const hostile = sourcesOfSearch(
          renamed(program, (index) => `${name}${index}`),
          bounds,
        );
        assert.deepEqual(hostile, plain);
        if (plain.length > 2) packed++;
        // Some block knows of others that it may swap with.
        if (plain.some((text) => /y(=v&|&=)\(?-?[1-9]/.test(text))) swapped++;
        for (const text of hostile) assert.deepEqual(unexpectedWords(text, [WORDS, PACKED_WORDS]), []);
      }),
      { numRuns: 200 },
    );
    assert.ok(packed > 20 && swapped > 20, `${packed} programs were packed, ${swapped} swap transitions`);
  });

  it('is the same whatever things are called', () => {
    fc.assert(
      fc.property(randomPrograms(100), fc.constantFrom(...HOSTILE), ({ program, bounds }, name) => {
        assert.equal(
          sourceOf(
            renamed(program, (index) => `${name}${index}`),
            bounds,
          ),
          sourceOf(program, bounds),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('consists of fixed words and integers', () => {
    fc.assert(
      fc.property(randomPrograms(100), ({ program, bounds }) => {
        const text = sourceOf(
          renamed(program, (index) => HOSTILE[index % HOSTILE.length] ?? ''),
          bounds,
        );
        assert.deepEqual(unexpectedWords(text, [WORDS]), []);
      }),
      { numRuns: 200 },
    );
  });

  it('refuses numbers that are not integers, wherever a program has them', () => {
    const base = programOf([]);
    const agent = base.agents[0]!;
    const hostile = '0];globalThis.owned=1;[0' as unknown as number;
    const broken: Program[] = [
      { ...base, hangOutcome: hostile },
      {
        ...base,
        agents: [
          {
            ...agent,
            steps: [
              { kind: 'jump', position: 0, next: hostile },
              { kind: 'end', position: 0 },
            ],
          },
        ],
      },
      {
        ...base,
        agents: [
          {
            ...agent,
            steps: [
              { kind: 'fence', position: 0, fence: 'full', next: 1 },
              {
                kind: 'assign',
                position: 0,
                reg: 1,
                value: { kind: 'const', width: 64, value: hostile as unknown as bigint },
                next: 2,
              },
              { kind: 'end', position: 0 },
            ],
          },
        ],
      },
    ];
    for (const program of broken)
      assert.throws(() => explore(program, boundsOf('tso')), /RangeError|TypeError|no |constant/);
    assert.equal('owned' in globalThis, false);
  });
});

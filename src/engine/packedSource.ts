// SPDX-License-Identifier: MIT
/**
 * The whole text of a packed search: the set of states, and the loop that expands one after the other. Like all
 * generated code it consists of fixed names, punctuation and integers.
 *
 * Row k of the table, from 1 on, holds the packed words of state k - 1 and the row of the state it was first reached
 * from, in chunks of typed arrays; `I` finds rows by open addressing. It is at most half full, so a row's number leaves
 * the upper bits of a slot free: they hold those of the hash, and rows that differ are seldom looked at (a third less
 * time for 1.7 million states).
 */
import type { divide32, divide64 } from './arithmetic';
import { choiceOf } from './choices';
import { integer } from './codegenExpr';
import { type Layout, OUTCOME_WORD, PC_SHIFT, STATUS_MASK } from './layout';
import type { PackedContext } from './packedMemory';
import { drainText, stepText } from './packedSteps';
import { bitsOf, isEqual } from './packedText';
import { ones, type Packing } from './packing';
import { AgentStatus, type Pc } from './program';

/** What the generated text gives. Indices of states count from 0. */
export interface PackedStates {
  /**
   * Expands the states [from, to) while there are fewer than `max`; gives the first not expanded. Where the table must
   * grow it does so a part at a time, and no state is expanded meanwhile.
   */
  run(from: number, to: number, max: number): number;
  /** Adds a state that fits the packing. Gives its new index, or ~index of the equal one. Counts as a transition. */
  insert(state: Int32Array, parent: number): number;
  /** Index of the equal state, which must fit, or -1. */
  find(state: Int32Array): number;
  /** Writes the words of a state that are kept; the others are the packing's `base`. */
  unpack(index: number, into: Int32Array): void;
  parent(index: number): number;
  count(): number;
  transitions(): number;
  setTransitions(count: number): void;
  /** Transitions counted before the state that is being expanded. */
  transitionsBefore(): number;
  bytes(): number;
}

/** What the generated text needs. */
export interface PackedEnvironment {
  readonly reached: readonly Uint8Array[];
  readonly divide32: typeof divide32;
  readonly divide64: typeof divide64;
  readonly divided: Int32Array;
  /** Runs one transition by the ordinary executor and adds where it leads. */
  slow(from: number, choice: number): void;
  /** Nothing can happen in the state. */
  ended(from: number): void;
}

/** Rows that are found new slots in one call of `run`: some 10 ms. */
const GROWN_AT_ONCE = 200_000;
/** log2 of the rows in a chunk. */
const CHUNK = 16;
const HASH = [0x9e3779b1, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f, 0x165667b1, 0xd3a2646d, 0x1b873593, 0xcc9e2d51];

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** The text; to be run with a `PackedEnvironment` as `environment`, gives `PackedStates`. */
export function packedSource(context: PackedContext): string {
  const { packing, program } = context;
  const words = range(packing.words);
  const stride = integer(packing.words + 1);
  const last = integer(packing.words);
  const mask = integer(ones(CHUNK));
  const params = words.map((i) => `x${integer(i)}`).join(',');
  const row = (k: string): string => `const c=C[${k}>>>${CHUNK}],o=(${k}&${mask})*${stride};`;
  // Each word is mixed into all bits before the next one comes: fields sit at any bit, the highest too.
  const mixed = words.reduce(
    (h, i) =>
      `Math.imul(${h === '' ? '' : `(h=${h},h^h>>>15)^`}x${integer(i)},${integer((HASH[i % HASH.length] ?? 0) | 0)})`,
    '',
  );
  const hashFor = (size: string): string => `let h=0;h=${mixed};h^=h>>>16;const g=h&~${size};h&=${size};`;
  const hash = hashFor('mask');
  const same = words.map((i) => `c[o+${integer(i)}]===x${integer(i)}`).join('&&');
  const { text: loop, functions } = loopText(context);
  return `"use strict";const {slow,ended,reached,divide32,divide64,divided:D}=environment;
${program.agents.map((_, a) => `const R${integer(a)}=reached[${integer(a)}];`).join('')}
let n=0,T=0,b=0,from=0,mask=65535,limit=32768,I=new Int32Array(65536),G=null,m=0,r=1;
const C=[new Int32Array(${stride}<<${CHUNK})];
function grow(rows){if(G===null){m=mask*2+1;G=new Int32Array(m+1);r=1;}
for(const e=Math.min(n,r+rows-1);r<=e;r++){${row('r')}const ${words.map((i) => `x${integer(i)}=c[o+${integer(i)}]`).join(',')};${hashFor('m')}while(G[h]!==0)h=h+1&m;G[h]=g|r;}
if(r<=n)return false;I=G;G=null;mask=m;limit=mask>>>1;return true;}
function add(${params}){T++;${hash}let k;
while((k=I[h])!==0){if((k&~mask)===g){k&=mask;${row('k')}if(${same})return -k;}h=h+1&mask;}
k=++n;if((k&${mask})===0)C.push(new Int32Array(${stride}<<${CHUNK}));
{${row('k')}${words.map((i) => `c[o+${integer(i)}]=x${integer(i)};`).join('')}c[o+${last}]=from;}
I[h]=g|k;if(n>limit*1.5)grow(n);return k-1;}
function find(S){${packText(packing)}${hash}let k;
while((k=I[h])!==0){if((k&~mask)===g){k&=mask;${row('k')}if(${same})return k-1;}h=h+1&mask;}return -1;}
function insert(S,parent){${packText(packing)}from=parent;return add(${params});}
function unpack(index,S){const k=index+1;${row('k')}const ${words.map((i) => `x${integer(i)}=c[o+${integer(i)}]`).join(',')};${unpackText(packing)}}
${functions}
function run(start,to,max){if(n>limit&&!grow(${integer(GROWN_AT_ONCE)}))return start;
for(from=start;from<to&&n<max&&n<=limit;from++){b=T;const k=from+1;${row('k')}const ${words.map((i) => `w${integer(i)}=c[o+${integer(i)}]`).join(',')};
${loop}
if(T===b)ended(from);}return from;}
return {run,insert,find,unpack,parent:(index)=>C[index+1>>>${CHUNK}][(index+1&${mask})*${stride}+${last}],count:()=>n,
transitions:()=>T,setTransitions:(count)=>{T=count;},transitionsBefore:()=>b,bytes:()=>I.byteLength+C.length*C[0].byteLength};`;
}

function packText({ runs, words }: Packing): string {
  const parts: string[][] = range(words).map(() => []);
  runs.forEach((list, word) => {
    for (const { shift, bits, packed, at } of list) {
      const value =
        bits === 32
          ? `S[${integer(word)}]`
          : `(S[${integer(word)}]>>>${integer(shift)}&${integer(ones(bits))})<<${integer(at)}`;
      parts[packed]?.push(value);
    }
  });
  return `const ${parts.map((list, i) => `x${integer(i)}=${list.join('|') || '0'}`).join(',')};`;
}

function unpackText(packing: Packing): string {
  return packing.runs
    .map((list, word) => (list.length === 0 ? '' : `S[${integer(word)}]=${bitsOf(packing, word).text};`))
    .join('');
}

/**
 * What a state's expansion does, agent after agent and then drain after drain, as in choices.ts; and the functions for
 * the steps of agents that may stand at several. Each is a function of its own, called through a table: V8 compiles a
 * loop anew whenever it comes to a part that never ran, and as one text it did so a dozen times in the first second.
 */
function loopText(context: PackedContext): { text: string; functions: string } {
  const { program, packing, layout } = context;
  const words = range(packing.words);
  const params = words.map((i) => `w${integer(i)}`).join(',');
  const block = (body: string): string =>
    `{let ${words.map((i) => `x${integer(i)}=w${integer(i)}`).join(',')};q:{${body}}}`;
  const parts: string[] = [];
  const functions: string[] = [];
  for (const [index, agent] of program.agents.entries()) {
    const { place } = layout.agents[index] as Layout['agents'][number];
    const running = isRunning(packing, place);
    const unfit = ~(packing.masks[place] as number) & ~ones(PC_SHIFT);
    const pcs = [...agent.steps.keys()].filter(
      (pc) =>
        context.flows[index]?.visible[pc] === 1 && (((pc << PC_SHIFT) ^ (packing.base[place] as number)) & unfit) === 0,
    );
    if (running === 'false' || pcs.length === 0) continue;
    const textOf = (pc: Pc): string => {
      const step = agent.steps[pc];
      return range(step?.kind === 'choose' ? step.count : 1)
        .map((value) => {
          const body = stepText(context, index, pc, value);
          return body === null ? `slow(from,${integer(choiceOf(index, false, value))});` : block(body);
        })
        .join('');
    };
    const [only] = pcs;
    let text: string;
    if (pcs.length === 1 && only !== undefined) text = textOf(only);
    else {
      const table = `A${integer(index)}`;
      functions.push(`const ${table}=new Array(${integer(agent.steps.length)}).fill(undefined);`);
      for (const pc of pcs) functions.push(`${table}[${integer(pc)}]=function(${params}){${textOf(pc)}};`);
      text = `${table}[${inW(bitsOf(packing, place, PC_SHIFT, 32 - PC_SHIFT).text)}](${params});`;
    }
    parts.push(running === 'true' ? text : `if(${inW(running)}){${text}}`);
  }
  for (const [index, { buffer, bufferDepth }] of layout.agents.entries()) {
    const empty = bufferDepth === 0 ? 'true' : isEqual(packing, buffer, 0);
    if (empty === 'true') continue;
    const weak = context.bounds.model === 'weak';
    const body = weak ? null : drainText(context, index);
    const drains = range(weak ? bufferDepth : 1).map((i) => `slow(from,${integer(choiceOf(index, true, i))});`);
    functions.push(`function d${integer(index)}(${params}){${body === null ? drains.join('') : block(body)}}`);
    parts.push(`if(!${inW(empty)})d${integer(index)}(${params});`);
  }
  const alive = isEqual(packing, OUTCOME_WORD, 0);
  if (alive !== 'true') parts.unshift(`if(!${inW(alive)})continue;`);
  return { text: parts.join('\n'), functions: functions.join('\n') };
}

/** The same text over the words of the state that is expanded. */
function inW(text: string): string {
  return text.replace(/\bx(\d+)\b/g, 'w$1');
}

/** Whether an agent runs: its status bits say so. */
function isRunning(packing: Packing, word: number): string {
  const status = bitsOf(packing, word, 0, 2);
  if (status.constant !== null) return (status.constant & STATUS_MASK) === AgentStatus.running ? 'true' : 'false';
  return `(${status.text}===${integer(AgentStatus.running)})`;
}

// SPDX-License-Identifier: MIT
/**
 * The whole text of a packed search: the set of states, and the loop that expands one after the other. Like all
 * generated code it consists of fixed names, punctuation and integers.
 *
 * Row k of the table, from 1 on, holds the packed words of state k - 1 and the row of the state it was first reached
 * from, in chunks of typed arrays; `I` finds rows by open addressing. It is at most half full, so a row's number leaves
 * the upper bits of a slot free: they hold those of the hash, and rows that differ are seldom looked at (a third less
 * time for 1.7 million states).
 *
 * States that are come to wait in a queue, `Q`, until there are some dozens: most of the time goes into waiting for the
 * memory of the table, and independent reads wait together. `Z` holds, for states that are still to be expanded, which
 * of their transitions lead to states that are known (`loopText`). Both together take a quarter of the time away.
 */
import type { divide32, divide64 } from './arithmetic';
import { choiceOf } from './choices';
import { integer } from './codegenExpr';
import { type Layout, OUTCOME_WORD, PC_SHIFT, STATUS_MASK } from './layout';
import { type Access, addAccess, createAccess, mayConflict } from './packedAccess';
import type { PackedContext } from './packedMemory';
import { addText, type Block, drainBlock, queueStride, slowText, stepBlock } from './packedSteps';
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

/** Rows that are found new slots in one call of `run`: some 8 ms, and several times that where the table is huge. */
const GROWN_AT_ONCE = 100_000;
/** States that are looked for together. */
const QUEUED = 64;
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
  const step = queueStride(packing);
  const shift = integer(31 - Math.clz32(step));
  const row = (k: string): string => `const c=C[${k}>>>${CHUNK}],o=(${k}&${mask})*${stride};`;
  const asleep = `new Int32Array(1<<${CHUNK})`;
  const chunk = `new Int32Array(${stride}<<${CHUNK})`;
  const wordsAt = (array: string, at: string, name = 'x'): string =>
    words.map((i) => `${name}${integer(i)}=${array}[${at}+${integer(i)}]`).join(',');
  // Each word is mixed into all bits before the next one comes: fields sit at any bit, the highest too.
  const mixed = words.reduce(
    (h, i) =>
      `Math.imul(${h === '' ? '' : `(h=${h},h^h>>>15)^`}x${integer(i)},${integer((HASH[i % HASH.length] ?? 0) | 0)})`,
    '',
  );
  const hash = `let h=0;h=${mixed};h^=h>>>16;`;
  /** Does `then` where row `k`, whose hash has the same upper bits, holds the words. */
  const ifSame = (k: string, then: string): string =>
    `if(((${k}^h)&~mask)===0){const j=${k}&mask;${row('j')}if(${words.map((i) => `c[o+${integer(i)}]===x${integer(i)}`).join('&&')})${then}}`;
  const { text: loop, functions, most } = loopText(context);
  const room = integer(QUEUED + most);
  return `"use strict";const {slow,ended,reached,divide32,divide64,divided:D}=environment;
${program.agents.map((_, a) => `const R${integer(a)}=reached[${integer(a)}];`).join('')}
let n=0,T=0,b=0,mask=65535,limit=32768,I=new Int32Array(65536),G=null,m=0,r=1;
const C=[${chunk}],Z=[${asleep}],Q=new Int32Array(${room}<<${shift}),H=new Int32Array(${room}),P=new Int32Array(${room}),U=new Int32Array(${room});
function grow(rows){if(G===null){m=mask*2+1;G=new Int32Array(m+1);r=1;}
for(const l=Math.min(n,r+rows-1);r<=l;){const f=Math.min(l,r+${integer(QUEUED - 1)});
for(let k=r;k<=f;k++){${row('k')}const ${wordsAt('c', 'o')};${hash}H[k-r]=h;P[k-r]=G[h&m];}
for(let k=r;k<=f;k++){const h=H[k-r];let s=h&m;while(G[s]!==0)s=s+1&m;G[s]=h&~m|k;}r=f+1;}
if(r<=n)return false;I=G;G=null;mask=m;limit=mask>>>1;return true;}
function put(p,h,s){const ${wordsAt('Q', 'p')};
for(let k=I[s];k!==0;k=I[s]){${ifSame('k', 'return -j;')}s=s+1&mask;}
const k=++n;if((k&${mask})===0){C.push(${chunk});Z.push(${asleep});}
${row('k')}${words.map((i) => `c[o+${integer(i)}]=x${integer(i)};`).join('')}c[o+${last}]=Q[p+${last}];I[s]=h&~mask|k;Z[k>>>${CHUNK}][k&${mask}]=Q[p+${integer(packing.words + 1)}];return k-1;}
function hash(l){for(let i=0,p=0;i<l;i++,p+=${integer(step)}){const ${wordsAt('Q', 'p')};${hash}H[i]=h;P[i]=I[h&mask];}}
function sift(l){let u=0;for(let i=0,p=0;i<l;i++,p+=${integer(step)}){const ${wordsAt('Q', 'p')},h=H[i];let s=h&mask,k=P[i];
for(;k!==0;k=I[s]){${ifSame('k', 'break;')}s=s+1&mask;}
if(k===0){U[u]=p;H[u]=h;P[u]=s;u++;}}return u;}
function flush(e){const l=e>>>${shift};T+=l;while(n+l>limit*1.5)grow(n);hash(l);const u=sift(l);for(let i=0;i<u;i++)put(U[i],H[i],P[i]);}
function count(v){v=v-(v>>>1&1431655765);v=(v&858993459)+(v>>>2&858993459);return Math.imul(v+(v>>>4)&252645135,16843009)>>>24;}
function hand(from,choice,e){flush(e);slow(from,choice);return 0;}
function find(S){${packText(packing)}${hash}
let s=h&mask;for(let k=I[s];k!==0;k=I[s]){${ifSame('k', 'return j-1;')}s=s+1&mask;}return -1;}
function insert(S,parent){${packText(packing)}${hash}T++;if(n>limit*1.5)grow(n);
${words.map((i) => `Q[${integer(i)}]=x${integer(i)};`).join('')}Q[${last}]=parent;Q[${integer(packing.words + 1)}]=0;return put(0,h,h&mask);}
function unpack(index,S){const k=index+1;${row('k')}const ${wordsAt('c', 'o')};${unpackText(packing)}}
${functions}
function run(start,to,max){if(n>=max||n>limit&&!grow(${integer(GROWN_AT_ONCE)}))return start;
let from=start,e=0;for(;from<to;from++){b=T+(e>>>${shift});const k=from+1;${row('k')}const ${wordsAt('c', 'o', 'w')};
let v=Z[k>>>${CHUNK}][k&${mask}];if(v!==0)T+=count(v);if((k&${mask})===0)Z[(k>>>${CHUNK})-1]=Z[(k>>>${CHUNK})-1].subarray(0,0);
${loop}
if(T+(e>>>${shift})===b)ended(from);
if(e>=${integer(QUEUED * step)}||n+e>=max){flush(e);e=0;if(n>=max||n>limit){from++;break;}}}
flush(e);return from;}
return {run,insert,find,unpack,parent:(index)=>C[index+1>>>${CHUNK}][(index+1&${mask})*${stride}+${last}],count:()=>n,
transitions:()=>T,setTransitions:(count)=>{T=count;},transitionsBefore:()=>b,bytes:()=>I.byteLength+C.length*C[0].byteLength+Z.reduce((a,z)=>a+z.byteLength,0)};`;
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

/** A transition that each state has at most once: an agent's step wherever it stands, or the drain of its oldest store. */
interface Source {
  /** The blocks by the agent's pc; one for a drain. */
  readonly blocks: readonly { readonly pc: Pc; readonly parts: readonly { block: Block; choice: number }[] }[];
  /** What all of them touch; null where some state may have several of it. */
  readonly access: Access | null;
  /** Where it is tried at all, over the words of the state that is expanded. */
  readonly condition: string;
  /** The pc, over the same words. */
  readonly pc: string;
}

/** The transitions that states may have, in their order: agent after agent and then drain after drain (choices.ts). */
function sourcesOf(context: PackedContext): Source[] {
  const { program, packing, layout } = context;
  const sources: Source[] = [];
  const add = (condition: string, pc: string, blocks: Source['blocks']): void => {
    const access = createAccess(packing.words);
    let single = true;
    for (const { parts } of blocks) {
      if (parts.length !== 1) single = false;
      for (const { block } of parts) if (block !== null) addAccess(access, block.access);
    }
    // What always ends in the ordinary executor leads nowhere by itself.
    const any = blocks.some(({ parts }) => parts.some(({ block }) => block?.text.includes(addText(context))));
    sources.push({ condition: inW(condition), pc: inW(pc), blocks, access: single && any ? access : null });
  };
  for (const [index, agent] of program.agents.entries()) {
    const { place } = layout.agents[index] as Layout['agents'][number];
    const running = isRunning(packing, place);
    const unfit = ~(packing.masks[place] as number) & ~ones(PC_SHIFT);
    const pcs = [...agent.steps.keys()].filter(
      (pc) =>
        context.flows[index]?.visible[pc] === 1 && (((pc << PC_SHIFT) ^ (packing.base[place] as number)) & unfit) === 0,
    );
    if (running === 'false' || pcs.length === 0) continue;
    const blocks = pcs.map((pc) => {
      const step = agent.steps[pc];
      const parts = range(step?.kind === 'choose' ? step.count : 1).map((value) => ({
        block: stepBlock(context, index, pc, value),
        choice: choiceOf(index, false, value),
      }));
      return { pc, parts };
    });
    add(running, bitsOf(packing, place, PC_SHIFT, 32 - PC_SHIFT).text, blocks);
  }
  for (const [index, { buffer, bufferDepth }] of layout.agents.entries()) {
    const empty = bufferDepth === 0 ? 'true' : isEqual(packing, buffer, 0);
    if (empty === 'true') continue;
    const weak = context.bounds.model === 'weak';
    const block = weak ? null : drainBlock(context, index);
    const parts = range(weak ? bufferDepth : 1).map((i) => ({ block, choice: choiceOf(index, true, i) }));
    add(`!${empty}`, '0', [{ pc: 0, parts }]);
  }
  return sources;
}

/**
 * What a state's expansion does, source after source; and the functions for those with several steps. Each step is a
 * function of its own, called through a table: V8 compiles a loop anew whenever it comes to a part that never ran, and
 * as one text it did so a dozen times in the first second.
 *
 * Sources have a bit each, as far as there are bits. Where a state has two transitions a and b that do not conflict, a
 * before b in order, the state after b is still left by a, and what it comes to there was already come to from the
 * state after a: that one is expanded earlier, and left by b. So b's state gets a's bit (`y`), and when it is expanded
 * `v` begins with it: a is counted, and not looked for again. It then has what a would have there, so a's bit is handed
 * on in the same way. States, their order and all counts stay the same (sleep sets, by Godefroid).
 */
function loopText(context: PackedContext): { text: string; functions: string; most: number } {
  const { packing } = context;
  const words = range(packing.words);
  const params = [...words.map((i) => `w${integer(i)}`), 'from', 'e', 'y'].join(',');
  const parts: string[] = [];
  const functions: string[] = [];
  let most = 0;
  const sources = sourcesOf(context);
  const bits = new Map<Source, number>();
  for (const source of sources) if (source.access !== null && bits.size < 32) bits.set(source, 1 << bits.size);
  /** The bits of the other sources that do not conflict with what a block touches. */
  const others = (source: Source, access: Access): number => {
    let all = 0;
    for (const [other, bit] of bits)
      if (other !== source && other.access !== null && !mayConflict(other.access, access)) all |= bit;
    return all;
  };
  const block = (source: Source, body: Block, choice: number, mask: string): string => {
    if (body === null) return slowText(choice);
    const copies = words.map((i) => `x${integer(i)}=w${integer(i)}`).join(',');
    return `{let ${copies};${mask}${integer(others(source, body.access))};q:{${body.text}}}`;
  };
  sources.forEach((source, index) => {
    most += source.blocks.reduce((all, { parts }) => Math.max(all, parts.length), 0);
    const textOf = (given: Source['blocks'][number], mask: string): string =>
      given.parts.map((part) => block(source, part.block, part.choice, mask)).join('');
    const [only] = source.blocks;
    let text: string;
    if (source.blocks.length === 1 && only !== undefined && source.condition === 'true')
      text = textOf(only, 'const y=v&');
    else {
      const table = `A${integer(index)}`;
      const length = 1 + source.blocks.reduce((all, { pc }) => Math.max(all, pc), 0);
      functions.push(`const ${table}=new Array(${integer(length)}).fill(undefined);`);
      for (const given of source.blocks)
        functions.push(`${table}[${integer(given.pc)}]=function(${params}){${textOf(given, 'y&=')}return e;};`);
      text = `e=${table}[${source.pc}](${params.replace(/y$/, 'v')});`;
    }
    const bit = bits.get(source);
    if (bit !== undefined) text = `if((v&${integer(bit)})===0){const s=e;${text}if(e>s)v|=${integer(bit)};}`;
    parts.push(source.condition === 'true' ? text : `if(${source.condition}){${text}}`);
  });
  const alive = isEqual(packing, OUTCOME_WORD, 0);
  if (alive !== 'true') parts.unshift(`if(!${inW(alive)})continue;`);
  return { text: parts.join('\n'), functions: functions.join('\n'), most };
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

// SPDX-License-Identifier: MIT
/**
 * Executes a program by JavaScript generated from it. The text consists of fixed names, punctuation and integers
 * (`integer`, `big`); names, ids and everything else from a program stays outside (a test feeds hostile ones).
 */
import { divide32, divide64, RMW_CODES } from './arithmetic';
import {
  type ExprScope,
  generate32,
  generate64,
  generateAddress,
  generateHalves,
  generateTruth,
  integer,
} from './codegenExpr';
import { analyseFlows, createExecutor, type Executor, type StepFunction } from './executor';
import { blockAt, expressionsOf, type Flow, mayDivide, successors } from './flow';
import type { Agent, MachineOperation, Pc, Register, Step } from './program';
import type { Runtime } from './runtime';
import { Flag } from './scratch';

/** Null where the host forbids code generation. */
export function createCodegen(runtime: Runtime): Executor | null {
  const flows = analyseFlows(runtime);
  const make = compileTables(generateSource(runtime, flows));
  if (make === null) return null;
  const { scratch, memory, context } = runtime;
  const { operations } = runtime.program.machine;
  const tables = make({ scratch, memory, context, runtime, operations, divide32, divide64 });
  return createExecutor('codegen', runtime, tables, flows);
}

interface Environment {
  readonly scratch: Runtime['scratch'];
  readonly memory: Runtime['memory'];
  readonly context: Runtime['context'];
  readonly runtime: Runtime;
  readonly operations: readonly MachineOperation[];
  readonly divide32: typeof divide32;
  readonly divide64: typeof divide64;
}
type Tables = { visible: (StepFunction | undefined)[][]; local: (StepFunction | undefined)[][] };

function compileTables(source: string): ((environment: Environment) => Tables) | null {
  try {
    return new Function('environment', source) as (environment: Environment) => Tables;
  } catch (error) {
    // A content security policy makes it an EvalError; a SyntaxError is our mistake and must not hide.
    if (error instanceof SyntaxError) throw error;
    return null;
  }
}

const PROLOGUE = [
  '"use strict";',
  'const {scratch,memory,context,runtime,operations,divide32,divide64}=environment;',
  'const {state:S,wide:Q,flags:F,divided:D,marks:M,mark,raise}=scratch;',
  'const {address64,addressOf,load32,load64,store32,store64,rmw32,rmw64,fence}=memory;',
  'const {enter,leave,as32,as64,fail,finish}=runtime;',
  'const visible=[],local=[];let V,L;',
].join('\n');

/** The whole text; exported for the test that reads it. */
export function generateSource(runtime: Runtime, flows: readonly Flow[]): string {
  const { program } = runtime;
  const parts = [
    PROLOGUE,
    ...program.machine.operations.map((_, index) => `const O${integer(index)}=operations[${integer(index)}];`),
  ];
  program.agents.forEach((agent, index) => {
    const flow = flows[index] as Flow;
    const scope: AgentScope = {
      runtime,
      agent,
      index,
      flow,
      words: runtime.layout.agents[index]?.registers as Int32Array,
      read: (at) => `S[${integer(at)}]`,
      readWide: (at) => `Q[${integer(at >> 1)}]`,
      reachedName: `R${integer(index)}`,
    };
    parts.push(`const ${scope.reachedName}=scratch.reached[${integer(index)}];`);
    parts.push(
      `V=new Array(${integer(agent.steps.length)}).fill(undefined);L=new Array(${integer(agent.steps.length)}).fill(undefined);visible.push(V);local.push(L);`,
    );
    agent.steps.forEach((step, pc) => {
      if (flow.visible[pc] === 1) parts.push(`V[${integer(pc)}]=function(v){${visibleStep(scope, step)}};`);
    });
    const roots = findRoots(agent, flow);
    for (let pc = 0; pc < roots.length; pc++) {
      if (roots[pc] === 1) parts.push(`L[${integer(pc)}]=function(){${localRegion(scope, roots, pc)}};`);
    }
  });
  parts.push('return {visible,local};');
  return parts.join('\n');
}

interface AgentScope extends ExprScope {
  readonly runtime: Runtime;
  readonly agent: Agent;
  readonly index: number;
  readonly flow: Flow;
  readonly reachedName: string;
}

/**
 * Where functions for local steps begin: behind visible steps, and wherever the flow of two functions meets, so that
 * no step is generated twice.
 */
function findRoots(agent: Agent, flow: Flow): Uint8Array {
  const { steps } = agent;
  const roots = new Uint8Array(steps.length);
  const isRootCandidate = (pc: Pc): boolean => flow.visible[pc] === 0;
  if (isRootCandidate(agent.entry)) roots[agent.entry] = 1;
  steps.forEach((step, pc) => {
    if (flow.visible[pc] === 1) for (const next of successors(step)) if (isRootCandidate(next)) roots[next] = 1;
  });
  const owner = new Int32Array(steps.length);
  for (let stable = false; !stable; ) {
    stable = true;
    owner.fill(-1);
    for (let root = 0; root < steps.length; root++) {
      if (roots[root] !== 1) continue;
      const pending = [root];
      while (pending.length > 0) {
        const pc = pending.pop() as number;
        if (owner[pc] === root) continue;
        if (owner[pc] !== -1) {
          // Two functions meet here: it becomes a function of its own.
          roots[pc] = 1;
          stable = false;
          continue;
        }
        owner[pc] = root;
        for (const next of successors(steps[pc] as Step))
          if (flow.visible[next] === 0 && roots[next] !== 1) pending.push(next);
      }
    }
  }
  return roots;
}

/** How deep blocks nest in the text before they become cases of a switch. */
const MAX_NESTING = 24;

/** A function that runs local steps from `root` to a visible step or another root, whose pc it returns. */
function localRegion(scope: AgentScope, roots: Uint8Array, root: Pc): string {
  const { agent, flow } = scope;
  const cases: Pc[] = [root];
  const isCase = new Set<Pc>(cases);
  const goto = (pc: Pc, depth: number): string => {
    if (flow.visible[pc] === 1 || (roots[pc] === 1 && pc !== root)) return `return ${integer(pc)};`;
    if (isCase.has(pc)) return `p=${integer(pc)};continue;`;
    if ((flow.predecessors[pc] as number) > 1 || depth > MAX_NESTING) {
      isCase.add(pc);
      cases.push(pc);
      return `p=${integer(pc)};continue;`;
    }
    return block(pc, depth + 1);
  };
  const block = (first: Pc, depth: number): string => {
    const charge = integer(flow.charge[first] as number);
    let text = `if((F[${Flag.budget}]-=${charge})<0)return fail(${integer(scope.index)},${integer(first)},${integer(scope.runtime.program.hangOutcome)});`;
    text += `${scope.reachedName}[${integer(first)}]=1;`;
    const pcs = blockAt(agent, flow, first);
    for (const pc of pcs) {
      const step = agent.steps[pc] as Step;
      text += localStep(scope, step, pc);
      if (step.kind === 'branch') {
        const check = mayDivide(step.condition) ? divideCheck(scope, pc) : '';
        return `${text}{const c=${generateTruth(scope, step.condition)};${check}if(c){${goto(step.then, depth)}}else{${goto(step.else, depth)}}}`;
      }
    }
    const last = agent.steps[pcs[pcs.length - 1] as Pc] as Step;
    return text + goto(successors(last)[0] as Pc, depth);
  };
  const bodies: string[] = [];
  for (let i = 0; i < cases.length; i++) bodies.push(block(cases[i] as Pc, 0));
  if (bodies.length === 1 && !bodies[0]?.includes('continue;')) return bodies[0] as string;
  return `let p=${integer(root)};for(;;)switch(p){${bodies.map((body, i) => `case ${integer(cases[i] as Pc)}:${body}`).join('\n')}}`;
}

function localStep(scope: AgentScope, step: Step, pc: Pc): string {
  switch (step.kind) {
    case 'assign': {
      const divides = mayDivide(step.value);
      const target = step.value.width === 64 ? wide(scope, step.reg) : `S[${integer(word(scope, step.reg))}]`;
      const halves = step.value.width === 64 ? generateHalves(scope, step.value) : null;
      if (halves !== null) {
        const at = word(scope, step.reg);
        return `{const l=${halves.low},h=${halves.high};S[${integer(at)}]=l;S[${integer(at + 1)}]=h;}`;
      }
      const value = step.value.width === 64 ? generate64(scope, step.value) : generate32(scope, step.value);
      if (!divides) return `${target}=${value};`;
      return `{const t=${value};${divideCheck(scope, pc)}${target}=t;}`;
    }
    case 'mark':
      return `if(M[${integer(step.mark)}]===0)mark(${integer(step.mark)});`;
    default:
      return '';
  }
}

function divideCheck(scope: AgentScope, pc: Pc): string {
  return `if(D[0]!==0){D[0]=0;return fail(${integer(scope.index)},${integer(pc)},${integer(scope.runtime.program.divideOutcome)});}`;
}

function word(scope: AgentScope, reg: Register): number {
  return scope.words[reg] as number;
}

function wide(scope: AgentScope, reg: Register): string {
  return `Q[${integer(word(scope, reg) >> 1)}]`;
}

const GO_ON = (next: Pc): string => `return F[${Flag.signal}]!==0?-1:${integer(next)};`;

function visibleStep(scope: AgentScope, step: Step): string {
  const a = integer(scope.index);
  const check = expressionsOf(step).some(mayDivide)
    ? `if(D[0]!==0){D[0]=0;raise(${integer(scope.runtime.program.divideOutcome)},true);return -1;}`
    : '';
  const ended = `if(F[${Flag.signal}]!==0)return -1;`;
  const flag = (value: boolean): string => (value ? 'true' : 'false');
  switch (step.kind) {
    case 'load': {
      const load = step.bytes === 8 ? `load64(${a},t)` : `load32(${a},t,${integer(step.bytes)},${flag(step.signed)})`;
      const target = step.bytes === 8 ? wide(scope, step.reg) : `S[${integer(word(scope, step.reg))}]`;
      return `const t=${generateAddress(scope, step.address)};${check}const r=${load};${ended}${target}=r;return ${integer(step.next)};`;
    }
    case 'store': {
      const value = step.bytes === 8 ? generate64(scope, step.value) : generate32(scope, step.value);
      const store =
        step.bytes === 8
          ? `store64(${a},t,x,${flag(step.release)});`
          : `store32(${a},t,${integer(step.bytes)},x,${flag(step.release)});`;
      return `const t=${generateAddress(scope, step.address)},x=${value};${check}${store}${GO_ON(step.next)}`;
    }
    case 'rmw': {
      const eight = step.bytes === 8;
      const generate = eight ? generate64 : generate32;
      const expected = step.expected === null ? (eight ? '0n' : '0') : generate(scope, step.expected);
      const code = integer(RMW_CODES[step.operator]);
      const flags = `${flag(step.ordered)},${flag(step.reg !== null)},${flag(step.result === 'new')}`;
      const call = eight
        ? `rmw64(${a},${code},t,x,e,${flags})`
        : `rmw32(${a},${code},t,${integer(step.bytes)},${flag(step.signed)},x,e,${flags})`;
      const operands = `const t=${generateAddress(scope, step.address)},x=${generate(scope, step.operand)},e=${expected};${check}`;
      if (step.reg === null) return `${operands}${call};${GO_ON(step.next)}`;
      const target = eight ? wide(scope, step.reg) : `S[${integer(word(scope, step.reg))}]`;
      return `${operands}const r=${call};${ended}${target}=r;return ${integer(step.next)};`;
    }
    case 'fence': {
      if (step.fence === 'full') return `fence(${a},"full");${GO_ON(step.next)}`;
      if (step.fence === 'write') return `fence(${a},"write");${GO_ON(step.next)}`;
      if (step.fence === 'atomic') return `fence(${a},"atomic");${GO_ON(step.next)}`;
      return `return ${integer(step.next)};`;
    }
    case 'expire':
      return `S[${integer(word(scope, step.reg))}]=v&1;return ${integer(step.next)};`;
    case 'choose':
      return `S[${integer(word(scope, step.reg))}]=v;return ${integer(step.next)};`;
    case 'machine': {
      const operation = scope.runtime.program.machine.operations[step.operation] as MachineOperation;
      const names = step.arguments.map((_, i) => `x${integer(i)}`);
      const values = step.arguments.map(
        (expr, i) => `const x${integer(i)}=${expr.width === 64 ? generate64(scope, expr) : generate32(scope, expr)};`,
      );
      const call = `enter(${a},${flag(operation.serialising)});${ended}const r=O${integer(step.operation)}.run(${['context', ...names].join(',')});if(!leave(${a},r))return -1;`;
      const isWide = step.reg !== null && scope.agent.registers[step.reg]?.width === 64;
      const result =
        step.reg === null
          ? ''
          : isWide
            ? `${wide(scope, step.reg)}=as64(r);`
            : `S[${integer(word(scope, step.reg))}]=as32(r);`;
      return `${values.join('')}${check}${call}${result}return ${integer(step.next)};`;
    }
    case 'outcome':
      return `raise(${integer(step.outcome)});${GO_ON(step.next)}`;
    case 'end':
      return `finish(${a});return -1;`;
    default:
      throw new TypeError('not a visible step');
  }
}

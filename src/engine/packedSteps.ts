// SPDX-License-Identifier: MIT
/**
 * JavaScript text for the transitions of a packed search: one labelled block `q` for each, over the packed words
 * x0, x1, …, which hold a copy of the state `from` and become the state after it. A block ends by adding that state,
 * by leaving `q` where the transition is not enabled, or by handing the whole transition to the ordinary executor
 * (`slow`), which knows everything: watched memory, opaque operations, outcomes, values that do not fit.
 */
import { RMW_CODES } from './arithmetic';
import { choiceOf, choiceValue } from './choices';
import { generateTruth, integer } from './codegenExpr';
import { machineWordOf } from './command';
import { blockAt, type Flow, mayDivide, successors } from './flow';
import { type Layout, PC_SHIFT, STATUS_MASK } from './layout';
import { type Access, createAccess, neededBits, noteBits, unchangedBits } from './packedAccess';
import { createPackedMemory, headOf, type PackedContext } from './packedMemory';
import { bitsOf, constantText, NotPacked, put, type Text } from './packedText';
import { extended, halvesOf, placesOf, type Scope, textOf } from './packedValues';
import type { Packing } from './packing';
import { type Agent, AgentStatus, type Command, type Effect, type Expr, type Pc, type Step } from './program';

/** Local steps of one transition, branches unfolded, beyond which the ordinary executor runs it. */
const MAX_SIZE = 400;

/** Text that puts the state after a transition into the queue of those to look for (packedSource.ts). */
export function addText({ packing }: Pick<PackedContext, 'packing'>): string {
  const words = Array.from({ length: packing.words }, (_, i) => `Q[e+${integer(i)}]=x${integer(i)};`);
  const last = packing.words;
  return `${words.join('')}Q[e+${integer(last)}]=from;Q[e+${integer(last + 1)}]=y;e+=${integer(queueStride(packing))};`;
}

/**
 * Words of a state in the queue: the packed ones, where it was come from, the transitions from it that lead to states
 * already known (`y`), rounded up to a power of two.
 */
export function queueStride({ words }: Packing): number {
  return 1 << (32 - Math.clz32(words + 1));
}

/** Text that hands a transition to the ordinary executor. */
export function slowText(choice: number): string {
  return `e=hand(from,${integer(choice)},e);`;
}

/** The heads that an agent's stores can have; null where that is not known. */
export function possibleHeads(context: Omit<PackedContext, 'heads'>, agent: number): readonly number[] | null {
  const { program, layout, bounds } = context;
  if (bounds.model === 'weak') return null;
  const scope = scopeFor(context, agent, new Map());
  const heads = new Set<number>();
  try {
    for (const step of program.agents[agent]?.steps ?? []) {
      if (step.kind !== 'store') continue;
      const { places } = placesOf(scope, step.address, step.bytes, layout);
      for (const { offset } of places) heads.add(headOf(offset, step.bytes));
    }
  } catch (error) {
    if (error instanceof NotPacked) return null;
    throw error;
  }
  return [...heads];
}

type Registers = Map<number, Text>;

function scopeFor(
  { layout, packing }: Pick<PackedContext, 'layout' | 'packing'>,
  agent: number,
  registers: Registers,
): Scope {
  const known = (word: number): Text => registers.get(word) ?? bitsOf(packing, word);
  return {
    words: layout.agents[agent]?.registers as Int32Array,
    known,
    read: (word) => known(word).text,
    readWide: () => {
      throw new NotPacked();
    },
  };
}

/** Statements of a block and what they touch; null where the ordinary executor must run the transition. */
export type Block = { readonly text: string; readonly access: Access } | null;

/** The block for one value of one visible step. */
export function stepBlock(context: PackedContext, agent: number, pc: Pc, value: number): Block {
  return blockOf(context, agent, pc, choiceOf(agent, false, value), ({ step }) => step());
}

/** The block in which the oldest store of an agent's buffer reaches memory. */
export function drainBlock(context: PackedContext, agent: number): Block {
  return blockOf(context, agent, 0, choiceOf(agent, true, 0), ({ drain }) => drain());
}

function blockOf(
  context: PackedContext,
  agent: number,
  pc: Pc,
  choice: number,
  write: (writer: ReturnType<typeof createWriter>) => string,
): Block {
  const access = createAccess(context.packing.words);
  const packing = { ...context.packing, access };
  try {
    return { text: write(createWriter({ ...context, packing }, agent, pc, choice)), access };
  } catch (error) {
    if (error instanceof NotPacked) return null;
    throw error;
  }
}

function createWriter(context: PackedContext, agent: number, at: Pc, choice: number) {
  const { program, bounds, layout, packing, options, flows } = context;
  const { steps } = program.agents[agent] as Agent;
  const place = layout.agents[agent] as Layout['agents'][number];
  const flow = flows[agent] as Flow;
  const buffered = layout.bufferDepth !== 0;
  const unnoted: Packing = { ...packing, access: createAccess(packing.words) };
  const bail = `{${slowText(choice)}break q;}`;
  const orBail = (text: () => string): string => {
    try {
      return text();
    } catch (error) {
      if (error instanceof NotPacked) return bail;
      throw error;
    }
  };
  const unlessWeak = (): void => {
    if (bounds.model === 'weak' && buffered) throw new NotPacked();
  };
  let size = 0;

  /** Gives a text a name, so that it may be used again and does not change. */
  const named = (text: Text): readonly [string, Text] => {
    if (text.constant !== null || /^\w+$/.test(text.text)) return ['', text];
    const name = context.fresh();
    return [`const ${name}=${text.text};`, { ...text, text: name }];
  };
  const isAlwaysRunning = (other: number): boolean => {
    const word = layout.agents[other]?.place ?? 0;
    return (
      ((packing.masks[word] as number) & STATUS_MASK) === 0 &&
      ((packing.base[word] as number) & STATUS_MASK) === AgentStatus.running
    );
  };
  const isNeverAlone = program.agents.some((_, other) => other !== agent && isAlwaysRunning(other));

  const memory = createPackedMemory(context, agent, bail, orBail);
  const { readMemory, writeMemory, settle, load, bitsLoaded, push, atPlace } = memory;

  const writeRegister = (registers: Registers, reg: number | null, values: readonly Text[]): void => {
    if (reg === null) return;
    const word = place.registers[reg] as number;
    for (const [i, part] of values.entries()) registers.set(word + i, part);
  };
  /** Notes that a step was executed, where that is news. */
  const note = (pc: Pc): string => (context.reached[agent]?.[pc] === 1 ? '' : `R${integer(agent)}[${integer(pc)}]=1;`);
  const stop = (pc: Pc, registers: Registers): string => {
    let text = pc === at ? '' : put(packing, place.place, constantText(pc), bail, PC_SHIFT, 32 - PC_SHIFT);
    const dead = new Set(place.dead[pc] ?? []);
    for (const word of dead) text += put(packing, word, constantText(0), bail);
    for (const [word, part] of registers) if (!dead.has(word)) text += put(packing, word, part, bail);
    // An end with results is no transition of its own.
    const next = steps[pc];
    if (next?.kind === 'end' && next.results !== undefined)
      text += `${put(packing, place.place, constantText(AgentStatus.done), bail, 0, 2)}${note(pc)}`;
    return `${text}${note(at)}${addText(context)}`;
  };
  /** Local steps from `pc` to the next visible ones; `seen` are the blocks on the way. */
  const local = (pc: Pc, registers: Registers, seen: readonly Pc[], charged: number): string =>
    orBail(() => {
      if (flow.visible[pc] === 1) return stop(pc, registers);
      const charge = charged + (flow.charge[pc] as number);
      if (seen.includes(pc) || charge > bounds.maxLocalSteps || size > MAX_SIZE) return bail;
      let text = note(pc);
      const block = blockAt(program.agents[agent] as Agent, flow, pc);
      size += block.length;
      for (const inside of block) {
        const step = steps[inside] as Step;
        if (step.kind === 'mark' && context.marks[step.mark] !== 1) return bail;
        if (step.kind === 'assign') {
          if (mayDivide(step.value)) return bail;
          const scope = scopeFor(context, agent, registers);
          const values = step.value.width === 64 ? halvesOf(scope, step.value) : [textOf(scope, step.value)];
          const parts = values.map(named);
          text += parts.map(([declaration]) => declaration).join('');
          writeRegister(
            registers,
            step.reg,
            parts.map(([, part]) => part),
          );
        }
        if (step.kind === 'branch') {
          if (mayDivide(step.condition)) return bail;
          const scope = scopeFor(context, agent, registers);
          const known = step.condition.width === 32 ? textOf(scope, step.condition).constant : null;
          const way = (next: Pc): string => local(next, new Map(registers), [...seen, pc], charge);
          if (known !== null) return `${text}${way(known !== 0 ? step.then : step.else)}`;
          return `${text}if(${generateTruth(scope, step.condition)}){${way(step.then)}}else{${way(step.else)}}`;
        }
      }
      const last = steps[block[block.length - 1] as Pc] as Step;
      return `${text}${local(successors(last)[0] as Pc, registers, [...seen, pc], charge)}`;
    });
  const goOn = (next: Pc, registers: Registers): string => local(next, registers, [], 0);

  const effects = (
    command: Command,
    list: readonly Effect[],
    registers: Registers,
    words: ReadonlyMap<number, Text>,
    done: (words: ReadonlyMap<number, Text>) => string,
  ): string => {
    const [effect, ...rest] = list;
    if (effect === undefined) return done(words);
    const known = (reg: number): Text => {
      const word = machineWordOf(command, reg);
      if (word < 0) return registers.get(reg) ?? constantText(0);
      return words.get(word) ?? bitsOf(unnoted, layout.machine + word);
    };
    // Of the machine's words, which everything shares, only the bits that matter count as read and written.
    const needs = (expr: Expr, bits: number): void =>
      neededBits(expr, bits, (reg, needed) => {
        const word = machineWordOf(command, reg);
        if (word >= 0) noteBits(packing.runs, packing.access.reads, layout.machine + word, needed);
      });
    const scope: Scope = {
      words: Int32Array.from({ length: command.registers }, (_, reg) => reg),
      known,
      read: (reg) => known(reg).text,
      readWide: () => {
        throw new NotPacked();
      },
    };
    switch (effect.kind) {
      case 'require':
        needs(effect.condition, -1);
        return `if(!${generateTruth(scope, effect.condition)})break q;${effects(command, rest, registers, words, done)}`;
      case 'set': {
        const same = (reg: number): boolean => machineWordOf(command, reg) === effect.word;
        const written = ~unchangedBits(effect.value, same, (expr) => textOf(scope, expr).bits);
        needs(effect.value, written);
        noteBits(packing.runs, packing.access.writes, layout.machine + effect.word, written);
        const [declaration, part] = named(textOf(scope, effect.value));
        return `${declaration}${effects(command, rest, registers, new Map(words).set(effect.word, part), done)}`;
      }
      case 'load': {
        needs(effect.address, -1);
        const places = placesOf(scope, effect.address, effect.bytes, layout);
        const name = context.fresh();
        let bits = 0;
        const text = atPlace(places, (offset) => {
          const part = readMemory(offset, effect.bytes)[0] as Text;
          bits |= part.bits;
          return `${name}=${part.text};`;
        });
        const [declaration, part] = named(
          extended({ text: name, bits, constant: null }, effect.bytes * 8, effect.signed),
        );
        const after = new Map(registers).set(effect.reg, part);
        return `let ${name}=0;${text}${declaration}${effects(command, rest, after, words, done)}`;
      }
      case 'outcome':
        return bail;
      case 'when': {
        needs(effect.condition, -1);
        const then = effects(command, [...effect.then, ...rest], registers, words, done);
        const otherwise = effects(command, [...effect.else, ...rest], registers, words, done);
        return `if(${generateTruth(scope, effect.condition)}){${then}}else{${otherwise}}`;
      }
    }
  };

  const step = (): string => {
    const one = steps[at] as Step;
    const registers: Registers = new Map();
    const scope = scopeFor(context, agent, registers);
    // Whether the agent runs, and where it stands.
    bitsOf(packing, place.place);
    const operand = (expr: Parameters<typeof textOf>[1], bytes: number): [string, readonly Text[]] => {
      const values = bytes === 8 ? halvesOf(scope, expr) : [textOf(scope, expr)];
      const parts = values.map(named);
      return [parts.map(([text]) => text).join(''), parts.map(([, part]) => part)];
    };
    switch (one.kind) {
      case 'load': {
        unlessWeak();
        const places = placesOf(scope, one.address, one.bytes, layout);
        const names = one.bytes === 8 ? [context.fresh(), context.fresh()] : [context.fresh()];
        const bits = names.map(() => 0);
        const text = atPlace(places, (offset) => {
          bitsLoaded(offset, one.bytes).forEach((seen, i) => {
            bits[i] = (bits[i] as number) | seen;
          });
          return load(offset, one.bytes, names);
        });
        const loaded = names.map((name, i): Text => ({ text: name, bits: bits[i] as number, constant: null }));
        const parts = one.bytes === 8 ? loaded : [extended(loaded[0] as Text, one.bytes * 8, one.signed)];
        const consts = parts.map(named);
        writeRegister(
          registers,
          one.reg,
          consts.map(([, part]) => part),
        );
        return `let ${names.map((name) => `${name}=0`).join(',')};${text}${consts.map(([d]) => d).join('')}${goOn(one.next, registers)}`;
      }
      case 'store': {
        unlessWeak();
        if (buffered && options.reduction && !isNeverAlone) throw new NotPacked();
        const places = placesOf(scope, one.address, one.bytes, layout);
        const [declarations, given] = operand(one.value, one.bytes);
        const values = one.bytes === 8 ? given : [extended(given[0] as Text, one.bytes * 8, false)];
        const text = atPlace(places, (offset) =>
          !buffered || offset + one.bytes <= program.privateBytes
            ? writeMemory(offset, one.bytes, values)
            : push(offset, one.bytes, values),
        );
        return `${declarations}${text}${goOn(one.next, registers)}`;
      }
      case 'rmw': {
        unlessWeak();
        if (one.bytes === 8) throw new NotPacked();
        const bits = one.bytes * 8;
        const places = placesOf(scope, one.address, one.bytes, layout);
        const [operandText, [x]] = operand(one.operand, one.bytes);
        const [expectedText, [e]] = one.expected === null ? ['', []] : operand(one.expected, one.bytes);
        const [old, result] = [context.fresh(), context.fresh()];
        const text = atPlace(places, (offset) => {
          const before = extended(readMemory(offset, one.bytes)[0] as Text, bits, one.signed);
          const after = extended(
            { text: modified(RMW_CODES[one.operator], old, (x as Text).text), bits: -1, constant: null },
            bits,
            one.signed,
          );
          const write = `${result}=${after.text};${writeMemory(offset, one.bytes, [{ text: result, bits: -1, constant: null }])}`;
          const condition = e === undefined ? '' : `if(${old}===${extended(e, bits, one.signed).text})`;
          return `${old}=${before.text};${result}=${old};${condition}{${write}}`;
        });
        writeRegister(registers, one.reg, [{ text: one.result === 'new' ? result : old, bits: -1, constant: null }]);
        return `${operandText}${expectedText}${settle()}let ${old}=0,${result}=0;${text}${goOn(one.next, registers)}`;
      }
      case 'fence':
        unlessWeak();
        return `${one.fence === 'full' ? settle() : ''}${goOn(one.next, registers)}`;
      case 'choose':
        writeRegister(registers, one.reg, [constantText(choiceValue(choice))]);
        return goOn(one.next, registers);
      case 'machine': {
        const operation = program.machine.operations[one.operation];
        if (operation?.command === undefined) throw new NotPacked();
        if (operation.serialising) unlessWeak();
        const { command } = operation;
        // Also an argument that the command does not use may divide by zero.
        if (one.arguments.some(mayDivide)) throw new NotPacked();
        const given: Registers = new Map();
        let text = '';
        one.arguments.slice(0, command.parameters).forEach((expr, i) => {
          const [declaration, [part]] = operand(expr, expr.width === 64 ? 8 : 4);
          text += declaration;
          given.set(i, part as Text);
        });
        const isWide = one.reg !== null && program.agents[agent]?.registers[one.reg]?.width === 64;
        writeRegister(registers, one.reg, isWide ? [constantText(0), constantText(0)] : [constantText(0)]);
        return `${text}${operation.serialising ? settle() : ''}${effects(
          command,
          command.effects,
          given,
          new Map(),
          (words) => {
            const writes = [...words].map(([word, part]) => put(unnoted, layout.machine + word, part, bail));
            return `${writes.join('')}${goOn(one.next, new Map(registers))}`;
          },
        )}`;
      }
      case 'end': {
        const done = put(packing, place.place, constantText(AgentStatus.done), bail, 0, 2);
        return `${done}${note(at)}${addText(context)}`;
      }
      default:
        throw new NotPacked();
    }
  };

  return {
    step,
    drain: () => {
      unlessWeak();
      const empty = memory.isEmpty();
      return empty === 'true' ? '' : `if(${empty})break q;${memory.drainOldest()}${addText(context)}`;
    },
  };
}

function modified(code: number, old: string, operand: string): string {
  switch (code) {
    case RMW_CODES.add:
      return `(${old}+${operand}|0)`;
    case RMW_CODES.and:
      return `(${old}&${operand})`;
    case RMW_CODES.or:
      return `(${old}|${operand})`;
    case RMW_CODES.xor:
      return `(${old}^${operand})`;
    default:
      return operand;
  }
}

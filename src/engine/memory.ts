// SPDX-License-Identifier: MIT
/**
 * What loads, stores, read-modify-writes and fences do under each memory model. The only place that knows the models.
 *
 * `sc`: no buffers. `tso`: each agent's stores wait in a first-in first-out buffer; locked operations and full fences
 * drain it as a part of their transition, which reaches the same states as waiting until it is empty. `weak`: entries
 * drain in any order, but overlapping ones in theirs, and as write fences and releases demand; a read-modify-write
 * without a value that nobody ordered is an entry too. Loads happen in order under all three, so `weak` does not reach
 * all that the kernel's model allows, and nothing that it forbids.
 */
import { extend32, extend64, low32, modify32, modify64, RMW_CODES, wrap64 } from './arithmetic';
import { createBuffers, Find } from './buffers';
import { Entry, type Layout, STATUS_MASK } from './layout';
import { AgentStatus, type Bounds, type Bytes, type FenceKind, type OperationContext, type Program } from './program';
import { Flag, type Scratch, Signal } from './scratch';

/** Addresses are numbers: `address64` makes one of a BigInt and keeps those too far away for that aside, as NaN. */
export interface Memory {
  address64(address: bigint): number;
  /** The same from the halves of a 64-bit value. */
  addressOf(low: number, high: number): number;
  load32(agent: number, address: number, bytes: number, signed: boolean): number;
  load64(agent: number, address: number): bigint;
  store32(agent: number, address: number, bytes: number, value: number, release: boolean): void;
  store64(agent: number, address: number, value: bigint, release: boolean): void;
  /** `operation` is one of `RMW_CODES`. `wantsResult` false: nobody looks at what is returned. */
  rmw32(
    agent: number,
    operation: number,
    address: number,
    bytes: number,
    signed: boolean,
    operand: number,
    expected: number,
    ordered: boolean,
    wantsResult: boolean,
    wantsNew: boolean,
  ): number;
  rmw64(
    agent: number,
    operation: number,
    address: number,
    operand: bigint,
    expected: bigint,
    ordered: boolean,
    wantsResult: boolean,
    wantsNew: boolean,
  ): bigint;
  fence(agent: number, fence: FenceKind): void;
  /** Lets one entry of a buffer reach memory. */
  drain(agent: number, index: number): void;
  drainAll(agent: number): void;
  /** What comes before a fence, a locked or a serialising operation. */
  settle(agent: number): void;
  /** Whether entry `index` exists and may drain now. */
  canDrain(agent: number, index: number): boolean;
  /** Memory as it is, for the machine. */
  peek32(address: number): number;
  peek64(address: number): bigint;
  poke32(agent: number, address: number, value: number): void;
  poke64(agent: number, address: number, value: bigint): void;
}

/** For tests and comparisons; both give the same verdicts. */
export interface MemoryOptions {
  /** Stores are not buffered where no other agent could tell. */
  readonly reduction: boolean;
  /** Locked operations and fences wait until the buffer has drained, as other checkers model them. */
  readonly fencesWait: boolean;
}

/** `context`: what the machine's hooks get; its agent is set for the time of a call. */
export function createMemory(
  program: Program,
  bounds: Bounds,
  layout: Layout,
  scratch: Scratch,
  { reduction, fencesWait }: MemoryOptions,
  context: OperationContext & { agent: number },
): Memory {
  const { state: S, flags: F } = scratch;
  const { memoryBase: base, memoryBytes: size, bufferDepth: depth, entryWords } = layout;
  const { privateBytes, faultOutcome, machine } = program;
  const buffers = createBuffers(layout, scratch);
  const { read32, read64, write32, write64, find, isEmpty, push } = buffers;
  const weak = bounds.model === 'weak';
  const places = Int32Array.from(layout.agents, (agent) => agent.place);
  const depths = Int32Array.from(layout.agents, (agent) => agent.bufferDepth);
  const starts = Int32Array.from(layout.agents, (agent) => agent.buffer);
  const agents = layout.agents.length;
  const watched = machine.watched;
  let far = 0n;

  const disable = (): void => {
    F[Flag.signal] = Signal.disabled;
  };
  const guarded = machine.guarded ?? null;
  const guardedFrom = layout.guarded?.from ?? Number.POSITIVE_INFINITY;
  const guardedTo = layout.guarded?.to ?? 0;
  /** The outcome of an access that is not allowed, or -1. */
  const refused = (offset: number, bytes: number): number =>
    guarded !== null && offset + bytes > guardedFrom && offset < guardedTo
      ? guarded.refuses(S, layout.machine, base + offset, bytes as Bytes)
      : -1;
  const exists = (offset: number, bytes: number): boolean => offset >= 0 && offset + bytes <= size;
  const within = (offset: number, bytes: number): boolean =>
    exists(offset, bytes) && (offset + bytes <= guardedFrom || refused(offset, bytes) < 0);
  const stored = (agent: number, offset: number, bytes: number): void => {
    if (watched === null) return;
    const address = base + offset;
    if (address >= watched.to || address + bytes <= watched.from) return;
    const before = context.agent;
    context.agent = agent;
    scratch.touch(layout.machineBlock);
    watched.stored(context, address, bytes as Bytes);
    context.agent = before;
  };
  const outside = (agent: number, address: number, bytes: number, write: boolean): bigint => {
    const outcome = refused(address - base, bytes);
    if (outcome >= 0) {
      scratch.raise(outcome, true);
      return 0n;
    }
    const before = context.agent;
    context.agent = agent;
    scratch.touch(layout.machineBlock);
    const value = machine.access(context, Number.isNaN(address) ? far : BigInt(address), bytes as Bytes, write);
    context.agent = before;
    if (value !== null) return wrap64(value);
    scratch.raise(faultOutcome, true);
    return 0n;
  };
  const drain = (agent: number, index: number): void => {
    const head = buffers.drain(agent, index);
    stored(agent, head >>> Entry.offset, head & Entry.bytes);
  };
  const drainAll = (agent: number): void => {
    while (F[Flag.signal] === Signal.none && !isEmpty(agent)) drain(agent, 0);
  };
  const settle = (agent: number): void => {
    if (!fencesWait) drainAll(agent);
    else if (!isEmpty(agent)) disable();
  };
  /**
   * Whether nobody could tell if the agent's stores were late: no other agent runs, and no store of another agent is on
   * its way. An agent that is started later sees them, because starting an agent drains its starter's buffer. Machine
   * operations that look at memory could tell, unless they serialise.
   */
  const isAlone = (agent: number): boolean => {
    if (!reduction) return false;
    for (let other = 0; other < agents; other++) {
      if (
        other !== agent &&
        (((S[places[other] as number] as number) & STATUS_MASK) === AgentStatus.running || !isEmpty(other))
      )
        return false;
    }
    return true;
  };
  const goesDirectly = (agent: number, offset: number, bytes: number): boolean => {
    if (depth === 0) return true;
    // No other agent reaches private bytes, so their order among the other stores shows nowhere.
    if (offset + bytes <= privateBytes) return true;
    if (!isAlone(agent)) return false;
    drainAll(agent);
    return true;
  };

  const rmwWaits = (agent: number, offset: number, bytes: number, ordered: boolean): boolean => {
    if (depth === 0) return false;
    if (!weak || ordered) settle(agent);
    else if (find(agent, offset, bytes) !== Find.none) disable();
    return F[Flag.signal] !== Signal.none;
  };

  return {
    address64(address) {
      const near = Number(address);
      if (near >= 0 && near <= Number.MAX_SAFE_INTEGER) return near;
      far = address;
      return Number.NaN;
    },
    addressOf(low, high) {
      if (high >>> 0 < 1 << 21) return high * 2 ** 32 + (low >>> 0);
      far = (BigInt(high) << 32n) | BigInt(low >>> 0);
      return Number.NaN;
    },
    load32(agent, address, bytes, signed) {
      const offset = address - base;
      if (!within(offset, bytes)) return extend32(low32(outside(agent, address, bytes, false)), bytes * 8, signed);
      if (depth !== 0) {
        const entry = find(agent, offset, bytes);
        if (entry >= 0) return buffers.forward32(entry, offset, bytes, signed);
        if (entry === Find.blocked) {
          disable();
          return 0;
        }
      }
      return read32(offset, bytes, signed);
    },
    load64(agent, address) {
      const offset = address - base;
      if (!within(offset, 8)) return outside(agent, address, 8, false);
      if (depth !== 0) {
        const entry = find(agent, offset, 8);
        if (entry >= 0) return buffers.forward64(entry);
        if (entry === Find.blocked) {
          disable();
          return 0n;
        }
      }
      return read64(offset);
    },
    store32(agent, address, bytes, value, release) {
      const offset = address - base;
      if (!within(offset, bytes)) outside(agent, address, bytes, true);
      else if (goesDirectly(agent, offset, bytes)) {
        if (F[Flag.signal] !== Signal.none) return;
        write32(offset, bytes, value);
        stored(agent, offset, bytes);
      } else if (
        !push(agent, offset, bytes, 0, weak && release ? Entry.release : 0, extend32(value, bytes * 8, false), 0)
      )
        disable();
    },
    store64(agent, address, value, release) {
      const offset = address - base;
      if (!within(offset, 8)) outside(agent, address, 8, true);
      else if (goesDirectly(agent, offset, 8)) {
        if (F[Flag.signal] !== Signal.none) return;
        write64(offset, value);
        stored(agent, offset, 8);
      } else if (!push(agent, offset, 8, 0, weak && release ? Entry.release : 0, low32(value), low32(value >> 32n)))
        disable();
    },
    rmw32(agent, operation, address, bytes, signed, operand, expected, ordered, wantsResult, wantsNew) {
      const offset = address - base;
      const inside = within(offset, bytes);
      if (
        weak &&
        inside &&
        !ordered &&
        !wantsResult &&
        operation !== RMW_CODES.compareExchange &&
        !goesDirectly(agent, offset, bytes)
      ) {
        if (!push(agent, offset, bytes, operation, 0, extend32(operand, bytes * 8, false), 0)) disable();
        return 0;
      }
      if (rmwWaits(agent, offset, bytes, ordered)) return 0;
      const old = inside
        ? read32(offset, bytes, signed)
        : extend32(low32(outside(agent, address, bytes, true)), bytes * 8, signed);
      if (F[Flag.signal] !== Signal.none) return 0;
      if (operation === RMW_CODES.compareExchange && old !== extend32(expected, bytes * 8, signed)) return old;
      const value = extend32(modify32(operation, old, operand), bytes * 8, signed);
      if (inside) {
        write32(offset, bytes, value);
        stored(agent, offset, bytes);
      }
      return wantsNew ? value : old;
    },
    rmw64(agent, operation, address, operand, expected, ordered, wantsResult, wantsNew) {
      const offset = address - base;
      const inside = within(offset, 8);
      if (
        weak &&
        inside &&
        !ordered &&
        !wantsResult &&
        operation !== RMW_CODES.compareExchange &&
        !goesDirectly(agent, offset, 8)
      ) {
        if (!push(agent, offset, 8, operation, 0, low32(operand), low32(operand >> 32n))) disable();
        return 0n;
      }
      if (rmwWaits(agent, offset, 8, ordered)) return 0n;
      const old = inside ? read64(offset) : outside(agent, address, 8, true);
      if (F[Flag.signal] !== Signal.none) return 0n;
      if (operation === RMW_CODES.compareExchange && old !== extend64(expected, 64, true)) return old;
      const value = modify64(operation, old, operand);
      if (inside) {
        write64(offset, value);
        stored(agent, offset, 8);
      }
      return wantsNew ? value : old;
    },
    fence(agent, fence) {
      if (depth === 0) return;
      if (fence === 'full' || (fence === 'atomic' && weak)) settle(agent);
      else if (fence === 'write' && weak) buffers.fence(agent);
    },
    drain,
    drainAll,
    settle,
    canDrain(agent, index) {
      if (index >= (depths[agent] as number) || S[(starts[agent] as number) + index * entryWords] === 0) return false;
      return index === 0 || (weak && buffers.mayDrain(agent, index));
    },
    peek32(address) {
      const offset = address - base;
      if (exists(offset, 4)) return read32(offset, 4, true);
      scratch.raise(faultOutcome, true);
      return 0;
    },
    peek64(address) {
      const offset = address - base;
      if (exists(offset, 8)) return read64(offset);
      scratch.raise(faultOutcome, true);
      return 0n;
    },
    poke32(agent, address, value) {
      const offset = address - base;
      if (!exists(offset, 4)) return scratch.raise(faultOutcome, true);
      write32(offset, 4, value);
      stored(agent, offset, 4);
    },
    poke64(agent, address, value) {
      const offset = address - base;
      if (!exists(offset, 8)) return scratch.raise(faultOutcome, true);
      write64(offset, value);
      stored(agent, offset, 8);
    },
  };
}

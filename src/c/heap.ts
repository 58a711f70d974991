// SPDX-License-Identifier: MIT
/**
 * The heap of `kmalloc()`: a small pool of objects for each size, and the operations that hand them out and take them
 * back. Each object is fresh, live or freed; an object that is not live may not be touched. Which is which lies in words
 * behind those of the machine, so that an allocation is one step and orders no stores.
 */
import type { Machine, MachineOperation, OperationContext } from '../engine/program';

/** Larger objects are not modelled. */
export const largestObject = 4096;
/** Objects whose size is only known when the program runs come from the pool of this size. */
export const variableObject = 256;

/** The objects of one size; addresses in bytes. */
interface Pool {
  readonly size: number;
  /** From one object to the next: bytes that belong to none stand between them. */
  readonly stride: number;
  readonly count: number;
  readonly from: number;
}

/** Room behind each object, where an access beyond its end is noticed. */
const gap = 8;
const roundUp = (size: number): number => Math.ceil(size / 8) * 8;
/** Objects of one size that may be live at once: enough for the loops of small stories, and little state. */
const countOf = (size: number): number => Math.max(2, Math.min(8, Math.floor(1024 / size)));

/** Puts pools for these sizes one behind the other; `bytes` is what they take, a multiple of 8. */
export function layOutHeap(
  sizes: readonly number[],
  base: number,
): { readonly pools: readonly Pool[]; readonly bytes: number } {
  let top = base;
  const pools = sizes.map((size): Pool => {
    const pool = { size, stride: roundUp(size) + gap, count: countOf(size), from: top };
    top += pool.stride * pool.count;
    return pool;
  });
  return { pools, bytes: top - base };
}

/** What an object is: two bits of its pool's word. */
const State = { fresh: 0, live: 1, freed: 2 } as const;

/** Indices of the outcomes that a heap can have, and of the program's agents. */
interface HeapOutcomes {
  readonly agents: readonly number[];
  readonly useAfterFree: number;
  readonly doubleFree: number;
  readonly corruption: number;
  readonly fault: number;
  /** The story needs more objects than there are: nothing is claimed of it; null where that cannot be said. */
  readonly beyond: number | null;
}

/** Each byte that `kmalloc()` leaves in an object is 0x5a: nobody may count on it, and a pointer of it points nowhere. */
const poison = 0x5a5a5a5a;

/** Pointers below this are `NULL`, what `kmalloc(0)` gives, or a value that nobody knows. */
const firstPage = 4096n;
const firstError = (1n << 64n) - 4095n;

/**
 * A machine with a heap. Its two operations come behind those of the machine, in this order: allocate (pool, whether to
 * zero) gives the address of an object, or 0 where none is left; free (address of 64 bits).
 * @param isUnmodelled whether an address is one of what is not modelled, which may be freed
 */
export function withHeap(
  machine: Machine,
  pools: readonly Pool[],
  outcomes: HeapOutcomes,
  isUnmodelled: (address: bigint) => boolean,
): Machine {
  const [first, last] = [pools[0], pools.at(-1)];
  const [from, to] = [first?.from ?? 0, last ? last.from + last.stride * last.count : 0];
  const stateOf = (state: Int32Array, base: number, pool: number, slot: number): number =>
    ((state[base + machine.words + pool] ?? 0) >>> (2 * slot)) & 3;
  const setState = ({ state, base }: OperationContext, pool: number, slot: number, value: number): void => {
    const at = base + machine.words + pool;
    state[at] = ((state[at] ?? 0) & ~(3 << (2 * slot))) | (value << (2 * slot));
  };
  const poolAt = (address: number): number =>
    pools.findIndex((p) => address >= p.from && address < p.from + p.stride * p.count);
  const fill = (context: OperationContext, pool: Pool, slot: number, value: number): void => {
    const start = pool.from + slot * pool.stride;
    for (let at = start; at < start + pool.stride; at += 4)
      if (context.load32(at) !== value) context.store32(at, value);
  };

  const allocate: MachineOperation = {
    name: 'heap allocate',
    serialising: false,
    run(context, index, zero) {
      const number = Number(index);
      const pool = pools[number];
      if (!pool) return 0;
      // Objects that were freed come last: who still uses one is found out.
      for (const wanted of [State.fresh, State.freed]) {
        for (let slot = 0; slot < pool.count; slot++) {
          if (stateOf(context.state, context.base, number, slot) !== wanted) continue;
          // What was freed goes through a lock of the allocator before somebody else has it.
          if (wanted === State.freed) for (const agent of outcomes.agents) context.drain(agent);
          setState(context, number, slot, State.live);
          fill(context, pool, slot, Number(zero) === 0 ? poison : 0);
          return pool.from + slot * pool.stride;
        }
      }
      if (outcomes.beyond !== null) context.outcome(outcomes.beyond);
      return 0;
    },
  };
  const free: MachineOperation = {
    name: 'heap free',
    serialising: false,
    run(context, given) {
      const address = BigInt.asUintN(64, BigInt(given ?? 0));
      if (address < firstPage || isUnmodelled(address)) return 0;
      const number = poolAt(Number(address));
      const pool = pools[number];
      const slot = pool ? (Number(address) - pool.from) / pool.stride : -1;
      const state = Number.isInteger(slot) ? stateOf(context.state, context.base, number, slot) : State.fresh;
      if (!pool || state === State.fresh)
        // The allocator looks for the page of an error pointer, which does not exist. What is no object of its own, or
        // the middle of one, it takes back unseen, and gives it to the next who asks.
        context.outcome(address >= firstError ? outcomes.fault : outcomes.corruption);
      else if (state === State.freed) context.outcome(outcomes.doubleFree);
      else {
        setState(context, number, slot, State.freed);
        // One state for all that it may have held.
        fill(context, pool, slot, 0);
      }
      return 0;
    },
  };
  return {
    words: machine.words + pools.length,
    operations: [...machine.operations.map(withoutCommand), allocate, free],
    initialise: (state, base) => machine.initialise(state, base),
    watched: machine.watched,
    guarded: {
      from,
      to,
      refuses(state, base, address, bytes) {
        const number = poolAt(address);
        const pool = pools[number];
        if (!pool) return outcomes.corruption;
        const slot = Math.floor((address - pool.from) / pool.stride);
        const at = (address - pool.from) % pool.stride;
        const now = stateOf(state, base, number, slot);
        if (now === State.freed) return outcomes.useAfterFree;
        return now === State.live && at + bytes <= pool.size ? -1 : outcomes.corruption;
      },
    },
    access: (context, address, bytes, write) => machine.access(context, address, bytes, write),
  };
}

/** A command counts the machine's words, of which there are more now. */
function withoutCommand({ command: _, ...operation }: MachineOperation): MachineOperation {
  return operation;
}

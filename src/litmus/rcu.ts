// SPDX-License-Identifier: MIT
/**
 * Read-copy-update as a machine: a grace period ends when all readers that ran at its beginning have left, with their
 * stores. A thread's readers are numbered; what it has entered is here, what it has left is in memory (primitives.c),
 * where its store buffer delays it. Both ends of a grace period are full fences.
 */
import type { Machine, MachineOperation } from '../engine/program';

/** Functions of C that begin a reader or a grace period. */
export const rcuName = /^(rcu_read_lock|rcu_read_unlock|synchronize_rcu(_expedited)?)$/;

/**
 * The machine for that many threads.
 * @param left address of `rcu_left`, `bytes` for each thread
 */
export function createRcu(threads: number, left: number, bytes: number): Machine {
  // By thread: how deep its readers are nested, how many it entered; by thread and thread: what its grace period waits for.
  const depth = 0;
  const entered = threads;
  const waited = 2 * threads;
  const operation = (name: string, serialising: boolean, run: MachineOperation['run']): MachineOperation => ({
    name,
    serialising,
    run,
  });
  return {
    words: waited + threads * threads,
    initialise: () => {},
    watched: null,
    access: () => null,
    operations: [
      operation('rcu_read_lock', false, ({ state, base, agent }) => {
        const at = base + depth + agent;
        if (state[at] === 0) state[base + entered + agent] = (state[base + entered + agent] ?? 0) + 1;
        state[at] = (state[at] ?? 0) + 1;
        return 0;
      }),
      /** Gives the thread and the number of the reader that ends, or 0 inside another one. */
      operation('rcu_leave', false, ({ state, base, agent }) => {
        const at = base + depth + agent;
        state[at] = Math.max(0, (state[at] ?? 0) - 1);
        return state[at] === 0 ? (agent << 16) | (state[base + entered + agent] ?? 0) : 0;
      }),
      operation('rcu_begin', true, ({ state, base, agent }) => {
        for (let reader = 0; reader < threads; reader++)
          state[base + waited + agent * threads + reader] = state[base + entered + reader] ?? 0;
        return 0;
      }),
      operation('rcu_wait', true, ({ state, base, agent, load32 }) => {
        for (let reader = 0; reader < threads; reader++) {
          const at = base + waited + agent * threads + reader;
          if (load32(left + bytes * reader) < (state[at] ?? 0)) return null;
        }
        // What it waited for says nothing any more.
        for (let reader = 0; reader < threads; reader++) state[base + waited + agent * threads + reader] = 0;
        return 0;
      }),
    ],
  };
}

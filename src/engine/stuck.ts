// SPDX-License-Identifier: MIT
import { createExpander } from './choices';
import { fatalOutcome, statusOf } from './decode';
import { createInterpreter } from './interpreter';
import { AgentStatus } from './program';
import { createRuntime } from './runtime';
import type { Search } from './search';

/** Beyond this many states the edges are not collected again. */
const MAX_STATES = 300_000;

/**
 * A state on a round trip from which the program never comes to an end, whatever happens, near to the beginning.
 * An end is a fatal outcome or a state in which no agent is running. States where nothing is enabled are deadlocks
 * and not counted here. Gives null where there is none, where the search was cut short, or beyond 300,000 states.
 */
export function stuckState(search: Search): number | null {
  const { program, bounds, layout, options, table } = search;
  const count = table.count();
  // Where each step leads farther from the beginning, nothing goes round.
  if (!search.mayGoRound() || !search.result().exhausted || count > MAX_STATES) return null;
  const executor = createInterpreter(createRuntime(program, bounds, layout, options));
  const source = new Int32Array(layout.words);
  /** Predecessors as linked lists: the last edge into a state, and from each edge the one before it. */
  const lastEdge = new Int32Array(count).fill(-1);
  let edges = 0;
  let from = new Int32Array(count * 2);
  let before = new Int32Array(count * 2);
  let head = 0;
  const expand = createExpander(executor, source, () => {
    const to = table.findTouched(executor.runtime.scratch);
    if (to < 0) return;
    if (edges === from.length) {
      from = grown(from);
      before = grown(before);
    }
    from[edges] = head;
    before[edges] = lastEdge[to] as number;
    lastEdge[to] = edges++;
  });
  let next = -1;
  const follow = createExpander(executor, source, () => {
    if (next < 0) next = table.findTouched(executor.runtime.scratch);
  });
  const ends = new Uint8Array(count);
  const work: number[] = [];
  for (; head < count; head++) {
    table.read(head, source);
    const running = program.agents.some((_, agent) => statusOf(layout, source, agent) === AgentStatus.running);
    if (expand() > 0 && fatalOutcome(source) === null) {
      if (running) continue;
    }
    // A deadlock is told apart by the search; it is no round trip.
    ends[head] = 1;
    work.push(head);
  }
  for (let state = work.pop(); state !== undefined; state = work.pop()) {
    for (let edge = lastEdge[state] as number; edge >= 0; edge = before[edge] as number) {
      const previous = from[edge] as number;
      if (ends[previous]) continue;
      ends[previous] = 1;
      work.push(previous);
    }
  }
  const nearest = ends.indexOf(0);
  if (nearest < 0) return null;
  // On from there to where it really goes round: all that follows is stuck as well.
  const seen = new Set<number>();
  let state = nearest;
  while (!seen.has(state)) {
    seen.add(state);
    table.read(state, source);
    next = -1;
    follow();
    if (next < 0) return nearest;
    state = next;
  }
  return state;
}

function grown(old: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(old.length * 2);
  larger.set(old);
  return larger;
}

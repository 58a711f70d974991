// SPDX-License-Identifier: MIT
/**
 * The stop-conversion protocol of a confidential guest before kexec, at the granularity that other checkers' models of
 * it have: one transition for each guarded step, one process for each thing a TLB may do at any time, and nobody ever
 * ends. So states and transitions can be compared with theirs, one by one.
 */
import { createBuilder, type RegisterValue } from '../../src/engine/builder';
import type { OperationContext, Program } from '../../src/engine/program';

export interface StopConversion {
  readonly pages: number;
  readonly converters: number;
  /** smp_mb() behind the flag's store, or barrier() only. */
  readonly barrier: boolean;
  /** TLB entries as the set of values they may hold, instead of agents that fill and evict them. */
  readonly mayHold?: boolean;
}

const PRIVATE = 1;
const SHARED = 2;
/** TLB entries of four bits each, from this bit on; below it one bit for each page that the host has shared. */
const TLB_WORD = 1;

/** Two words: what the host has shared, and the TLBs, two bits for each CPU and page. */
export function stopConversion({ pages, converters, barrier, mayHold = false }: StopConversion): Program {
  const builder = createBuilder();
  const allowed = builder.variable('allowed', 1, 1);
  const converting = builder.variable('converting', 1);
  const dirty = builder.variable('dirty', 1);
  const entries = builder.variable('pte', 1, PRIVATE, pages);
  const cpus = converters + 1;
  const place = (cpu: number, page: number): number => (cpu * pages + page) * 2;
  const tlb = ({ state, base }: OperationContext, cpu: number, page: number): number =>
    ((state[base + TLB_WORD] ?? 0) >>> place(cpu, page)) & 3;
  const setTlb = ({ state, base }: OperationContext, cpu: number, page: number, value: number): void => {
    const shift = place(cpu, page);
    state[base + TLB_WORD] = ((state[base + TLB_WORD] ?? 0) & ~(3 << shift)) | (value << shift);
  };
  const isShared = ({ state, base }: OperationContext, page: number): boolean =>
    (((state[base] ?? 0) >>> page) & 1) === 1;
  const byteAt = (context: OperationContext, address: number): number =>
    (context.load32(address & ~3) >>> ((address & 3) * 8)) & 255;
  const entryOf = (context: OperationContext, page: number): number => byteAt(context, entries.address + page);

  builder.outcome('private access to a shared page');
  builder.outcome('second kernel touches a shared page');
  builder.machine({
    words: 2,
    initialise(state, base) {
      if (!mayHold) return;
      for (let i = 0; i < cpus * pages; i++)
        state[base + TLB_WORD] = (state[base + TLB_WORD] ?? 0) | (PRIVATE << (2 * i));
    },
    watched: mayHold
      ? {
          from: entries.address,
          to: entries.address + pages,
          stored(context, address) {
            const page = address - entries.address;
            for (let cpu = 0; cpu < cpus; cpu++)
              setTlb(context, cpu, page, tlb(context, cpu, page) | entryOf(context, page));
          },
        }
      : null,
  });
  const operation = (
    name: string,
    serialising: boolean,
    run: (context: OperationContext, page: number) => boolean,
  ): void => {
    builder.operation({ name, serialising, run: (context, page = 0) => (run(context, Number(page)) ? 0 : null) });
  };
  operation('never', false, () => false);
  operation('none converting', false, (context) => byteAt(context, converting.address) === 0);
  operation('flush', true, (context, page) => {
    for (let cpu = 0; cpu < cpus; cpu++) setTlb(context, cpu, page, mayHold ? entryOf(context, page) : 0);
    return true;
  });
  operation('share', true, (context, page) => {
    context.state[context.base] = (context.state[context.base] ?? 0) | (1 << page);
    return true;
  });
  operation('unshare', true, (context, page) => {
    context.state[context.base] = (context.state[context.base] ?? 0) & ~(1 << page);
    return true;
  });
  operation('touch', false, (context, page) => {
    if (isShared(context, page)) context.outcome(4);
    return true;
  });

  for (let k = 0; k < converters; k++) {
    builder.agent(`cpu${k}`, (agent) => {
      const page = agent.register('page');
      const may = agent.register('may');
      agent.assign(page, k);
      agent.forever((leave) => {
        agent.rmw(null, 'add', converting, 1);
        agent.load(may, allowed);
        agent.when(may, () => {
          agent.store(entries.at(page), SHARED);
          agent.store(dirty, 1);
          agent.machine('flush', [page]);
          agent.machine('share', [page]);
        });
        agent.rmw(null, 'add', converting, -1);
        agent.assign(page, page.add(converters));
        agent.when(page.lt(pages).not(), leave);
      });
      agent.machine('never');
    });
  }
  builder.agent(`cpu${converters}`, (agent) => {
    const page = agent.register('page');
    const entry = agent.register('entry');
    const forEachPage = (body: (leave: () => void, page: RegisterValue) => void): void => {
      agent.assign(page, 0);
      agent.loop(page.lt(pages), () => {
        body(() => undefined, page);
        agent.assign(page, page.add(1));
      });
    };
    agent.store(allowed, 0);
    agent.fence(barrier ? 'full' : 'compiler');
    agent.machine('none converting');
    forEachPage(() => {
      agent.load(entry, entries.at(page));
      agent.when(entry.eq(SHARED), () => {
        agent.store(entries.at(page), 0);
        agent.machine('flush', [page]);
        agent.machine('unshare', [page]);
      });
    });
    forEachPage(() => agent.machine('touch', [page]));
    agent.machine('never');
  });
  for (let cpu = 0; cpu < cpus; cpu++) {
    for (let page = 0; page < pages; page++) {
      const always = (name: string, run: (context: OperationContext) => boolean): void => {
        operation(`${name} ${cpu} ${page}`, false, run);
        builder.agent(`${name} ${cpu} ${page}`, (agent) =>
          agent.forever(() => agent.machine(`${name} ${cpu} ${page}`)),
        );
      };
      if (!mayHold) {
        always('fill', (context) => {
          if (tlb(context, cpu, page) !== 0 || entryOf(context, page) === 0) return false;
          setTlb(context, cpu, page, entryOf(context, page));
          return true;
        });
        always('evict', (context) => {
          if (tlb(context, cpu, page) === 0) return false;
          setTlb(context, cpu, page, 0);
          return true;
        });
      }
      always('access', (context) => {
        const stale = mayHold ? (tlb(context, cpu, page) & PRIVATE) !== 0 : tlb(context, cpu, page) === PRIVATE;
        if (!stale || !isShared(context, page)) return false;
        context.outcome(3);
        return true;
      });
    }
  }
  return builder.build();
}

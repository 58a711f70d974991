// SPDX-License-Identifier: MIT
/**
 * The stop-conversion protocol of a confidential guest before kexec, at the granularity that other checkers' models of
 * it have: one transition for each guarded step, one process for each thing a TLB may do at any time, and nobody ever
 * ends. So states and transitions can be compared with theirs, one by one.
 */
import { type CommandBuilder, createBuilder, type RegisterValue, toValue, type Value } from '../../src/engine/builder';
import type { Expr, Program } from '../../src/engine/program';

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
const ONE: Expr = { kind: 'const', width: 32, value: 1n };
const THREE: Expr = { kind: 'const', width: 32, value: 3n };
/** Below it one bit for each page that the host has shared, here the TLBs: two bits for each CPU and page. */
const SHARES_WORD = 0;
const TLB_WORD = 1;

/** The program; its machine has the two words above. */
export function stopConversion({ pages, converters, barrier, mayHold = false }: StopConversion): Program {
  const builder = createBuilder();
  const allowed = builder.variable('allowed', 1, 1);
  const converting = builder.variable('converting', 1);
  const dirty = builder.variable('dirty', 1);
  const entries = builder.variable('pte', 1, PRIVATE, pages);
  const cpus = converters + 1;
  const place = (cpu: number, page: number): number => (cpu * pages + page) * 2;

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
          stored({ state, base, load32 }, address) {
            const page = address - entries.address;
            const entry = (load32(address & ~3) >>> ((address & 3) * 8)) & 3;
            for (let cpu = 0; cpu < cpus; cpu++)
              state[base + TLB_WORD] = (state[base + TLB_WORD] ?? 0) | (entry << place(cpu, page));
          },
        }
      : null,
  });
  builder.command('never', (command) => command.require(0));
  builder.command('none converting', (command) => command.require(command.load(converting).eq(0)));
  builder.command(
    'flush',
    (command) => {
      const page = command.argument(0);
      const tlb = command.word(TLB_WORD);
      const ofPage = (bits: Value): Value =>
        Array.from({ length: cpus }, (_, cpu) => bits.binary('shl', page.add(page).add(place(cpu, 0)))).reduce(
          (all, one) => all.binary('or', one),
        );
      const flushed = tlb.binary('and', ofPage(toValue(THREE)).complement());
      command.set(TLB_WORD, mayHold ? flushed.binary('or', ofPage(command.load(entries.at(page)))) : flushed);
    },
    { serialising: true },
  );
  const shared = (command: CommandBuilder, page: Value): Value =>
    command.word(SHARES_WORD).binary('shrUnsigned', page).binary('and', 1);
  const bitOf = (page: Value): Value => toValue(ONE).binary('shl', page);
  builder.command(
    'share',
    (command) => command.set(SHARES_WORD, command.word(SHARES_WORD).binary('or', bitOf(command.argument(0)))),
    { serialising: true },
  );
  builder.command(
    'unshare',
    (command) =>
      command.set(SHARES_WORD, command.word(SHARES_WORD).binary('and', bitOf(command.argument(0)).complement())),
    { serialising: true },
  );
  builder.command('touch', (command) =>
    command.when(shared(command, command.argument(0)), () => command.outcome('second kernel touches a shared page')),
  );

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
      const always = (name: string, body: (command: CommandBuilder, entry: Value) => void): void => {
        const full = `${name} ${cpu} ${page}`;
        builder.command(full, (command) =>
          body(command, command.word(TLB_WORD).binary('shrUnsigned', place(cpu, page)).binary('and', 3)),
        );
        builder.agent(full, (agent) => agent.forever(() => agent.machine(full)));
      };
      const without = (command: CommandBuilder): Value =>
        command.word(TLB_WORD).binary('and', ~(3 << place(cpu, page)));
      if (!mayHold) {
        always('fill', (command, entry) => {
          const value = command.load(entries.at(page));
          command.require(entry.eq(0));
          command.require(value);
          command.set(TLB_WORD, without(command).binary('or', value.binary('shl', place(cpu, page))));
        });
        always('evict', (command, entry) => {
          command.require(entry);
          command.set(TLB_WORD, without(command));
        });
      }
      always('access', (command, entry) => {
        command.require(mayHold ? entry.binary('and', PRIVATE) : entry.eq(PRIVATE));
        command.require(command.word(SHARES_WORD).binary('and', 1 << page));
        command.outcome('private access to a shared page');
      });
    }
  }
  return builder.build();
}

// SPDX-License-Identifier: MIT
import { AgentStatus, type Machine, type MachineOperation, type OperationContext } from '../engine/program';
import { HostState, layOutMachine, type MachineConfig, type MachineLayout, PageBits } from './layout';
import type { Rule } from './rule';
import { accept, type GuestRow, mapPrivate, mapShared, privateAccess, rowFor, sharedAccess } from './tdxGuest';
import { hostRules } from './tdxHost';
import { classOf, entryStored, flush, TranslationBits } from './translation';

/** A machine whose answers can be explained. */
export interface SimulatedMachine extends Machine {
  readonly layout: MachineLayout;
  /** The rule behind the last outcome that an operation or access gave, and the page it was about (-1: none); valid until the next one. */
  lastRule(): { readonly rule: Rule; readonly page: number } | null;
  /** Forgets the last rule. */
  forgetRule(): void;
  /** Operations that only ask and change nothing. */
  readonly queries: ReadonlySet<number>;
  /** What an operation without arguments always answers in this story, or null. */
  constant(name: string): number | null;
}

/** First address of the direct map; C has the same in `PAGE_OFFSET`. */
export const pageOffset = 0xffff888000000000n;
const pageSize = 4096n;

const asks = new Set(
  'hw_leaf_of_page hw_leaf_first_page hw_leaf_pages hw_cpu hw_agent_done hw_is_shared hw_is_tdx_private'.split(' '),
);

/** Where the program keeps what the machine looks at. */
export interface MachineAddresses {
  /** Address of `direct_map[]`, one 64-bit entry for each leaf; null where the story has no page tables. */
  readonly directMap: number | null;
}

/**
 * Builds the machine of a story.
 * @param outcome index of an outcome by its id (those of the program that will run)
 */
export function createMachine(
  config: MachineConfig,
  addresses: MachineAddresses,
  outcome: (id: string) => number,
): SimulatedMachine {
  const layout = layOutMachine(config);
  const table = addresses.directMap;
  const sharedRows = sharedAccess(config.implicitConversion);
  let last: { rule: Rule; page: number } | null = null;

  const happen = (context: OperationContext, id: string, rule: Rule, page: number): void => {
    last = { rule, page };
    context.outcome(outcome(id));
  };
  const word = (context: OperationContext, page: number): number =>
    context.state[context.base + layout.page(page)] ?? 0;
  const setWord = (context: OperationContext, page: number, value: number): void => {
    context.state[context.base + layout.page(page)] = value;
  };
  const cpuOf = (context: OperationContext): number => config.cpuOfAgent[context.agent] ?? 0;
  const valid = (page: number): boolean => page >= 0 && page < layout.pages;

  /** Applies the row of a guest's table for the page's state, and gives it. */
  const applyRow = (context: OperationContext, page: number, rows: readonly GuestRow[]): GuestRow => {
    const before = word(context, page);
    const row = rowFor(rows, (before & PageBits.host) as HostState);
    setWord(context, page, (before & ~PageBits.host) | row.then | (row.zeroes ? PageBits.zeroed : 0));
    if (row.answer === 'td-exit' || row.answer === 'implicit-conversion' || row.answer === 've-unhandled')
      happen(context, row.answer, row.rule, page);
    return row;
  };

  /** What the guest gets back: 0, or 1 for a failure it is told of. */
  const answer = (row: GuestRow): number => (row.answer === 'already-accepted' ? 1 : 0);

  /** A CPU's access to a page through every translation that it may use. */
  const touch = (context: OperationContext, page: number, write: boolean): void => {
    if (config.guest === 'tdx') {
      if (config.secondKernel.has(context.agent) || table === null) {
        if (applyRow(context, page, privateAccess).answer !== 'ok') return;
      } else {
        const leaf = layout.leafOfPage[page] ?? 0;
        const held = context.state[context.base + layout.tlb(cpuOf(context), leaf)] ?? 0;
        const current = classOf(context.load64(table + leaf * 8));
        const possible = held | (current < 0 ? 0 : 1 << current);
        if (possible === 0)
          return happen(
            context,
            'page-fault',
            {
              text: 'has no present entry in the direct map',
              mark: 'U',
              source: 'Intel SDM vol. 3, Page-Fault Exceptions',
            },
            page,
          );
        for (let c = 0; c < 8; c++) {
          if (!(possible & (1 << c))) continue;
          if (write && !(c & TranslationBits.writable))
            return happen(
              context,
              'permission-fault',
              { text: 'is mapped without write permission', mark: 'U', source: 'Intel SDM vol. 3, Access Rights' },
              page,
            );
          const { answer } = applyRow(context, page, c & TranslationBits.shared ? sharedRows : privateAccess);
          // Where one of the translations is fatal, the access is.
          if (answer === 'td-exit' || answer === 've-unhandled') return;
        }
      }
    }
    const now = word(context, page);
    // A cached write reads the line first, and a full line written with KeyID 0 is ordinary memory again.
    if (now & PageBits.poisoned) return happen(context, 'machine-check', hostRules.poisonConsumed, page);
    if (write) setWord(context, page, word(context, page) & ~(PageBits.zeroed | PageBits.tdxPrivate));
    if ((now >> PageBits.dirtyPrivate) & 0xff && !(now & PageBits.tdxPrivate))
      happen(context, 'memory-corruption', hostRules.staleWriteBack, page);
  };

  const operation = (
    name: string,
    run: (context: OperationContext, a: number, b: number, c: number) => number | null,
    serialising = false,
  ): MachineOperation => ({
    name,
    serialising,
    run: (context, ...args) => run(context, Number(args[0] ?? 0), Number(args[1] ?? 0), Number(args[2] ?? 0)),
  });
  /** A hypercall or TDCALL for a page that is not there fails and changes nothing (KVM gives an invalid operand for MapGPA; the rest is inferred). */
  const onGuestPage = (name: string, rows: readonly GuestRow[]): MachineOperation =>
    operation(name, (context, page) => (valid(page) ? answer(applyRow(context, page, rows)) : 1), true);
  const onPage = (
    name: string,
    run: (context: OperationContext, page: number) => number,
    serialising = false,
  ): MachineOperation =>
    operation(
      name,
      (context, page) => {
        if (valid(page)) return run(context, page);
        happen(
          context,
          'page-fault',
          { text: 'does not exist in this story', mark: 'I', source: 'the scenario' },
          page,
        );
        return 0;
      },
      serialising,
    );

  /** What never changes in a story is no step of it. */
  const constants: Readonly<Record<string, number>> = {
    hw_pages: layout.pages,
    hw_leaves: config.leaves.length,
    hw_tdx_host: config.guest === 'none' ? 1 : 0,
    hw_partial_write_erratum: config.partialWriteErratum ? 1 : 0,
  };

  const operations: readonly MachineOperation[] = [
    // The shape of memory.
    operation('hw_leaf_of_page', (_, page) => layout.leafOfPage[page] ?? -1),
    operation('hw_leaf_first_page', (_, leaf) => layout.firstPage[leaf] ?? -1),
    operation('hw_leaf_pages', (_, leaf) => config.leaves[leaf] ?? 0),

    // CPUs. Stopping one by IPI or NMI is serialising for it: its buffered stores are in memory afterwards.
    operation('hw_cpu', (context) => cpuOf(context)),
    operation(
      'hw_stop_agent',
      (context, agent) => {
        if (context.status(agent) === AgentStatus.running) {
          context.drain(agent);
          context.setStatus(agent, AgentStatus.stopped);
        }
        return 0;
      },
      true,
    ),
    operation(
      'hw_start_agent',
      (context, agent) => {
        if (context.status(agent) === AgentStatus.waiting) context.setStatus(agent, AgentStatus.running);
        return 0;
      },
      true,
    ),
    operation('hw_agent_done', (context, agent) =>
      context.status(agent) === AgentStatus.done || context.status(agent) === AgentStatus.stopped ? 1 : 0,
    ),

    // Translation.
    operation(
      'hw_flush_tlb_local',
      (context) => {
        if (table !== null) flush(layout, table, context, cpuOf(context), -1);
        return 0;
      },
      true,
    ),
    operation(
      'hw_flush_tlb_all',
      (context) => {
        // An IPI to every CPU; each drains its store buffer on the way in.
        for (const agent of config.cpuOfAgent.keys()) context.drain(agent);
        if (table !== null) for (let cpu = 0; cpu < config.cpus; cpu++) flush(layout, table, context, cpu, -1);
        return 0;
      },
      true,
    ),
    onPage('hw_read', (context, page) => {
      touch(context, page, false);
      return 0;
    }),
    onPage('hw_write', (context, page) => {
      touch(context, page, true);
      return 0;
    }),

    // TDX guest; all take 4K units and give 0, or 1 where they fail.
    onGuestPage('hw_tdx_map_private', mapPrivate),
    onGuestPage('hw_tdx_map_shared', mapShared),
    onGuestPage('hw_tdx_accept', accept),
    onPage('hw_is_shared', (context, page) => ((word(context, page) & PageBits.host) === HostState.shared ? 1 : 0)),

    // TDX host.
    onPage(
      'hw_tdx_module_write',
      (context, page) => {
        setWord(
          context,
          page,
          (word(context, page) | PageBits.tdxPrivate | (1 << (PageBits.dirtyPrivate + cpuOf(context)))) &
            ~PageBits.poisoned,
        );
        return 0;
      },
      true,
    ),
    operation(
      'hw_wbinvd',
      (context, cpu) => {
        const keep = ~(1 << (PageBits.dirtyPrivate + cpu));
        for (let page = 0; page < layout.pages; page++) setWord(context, page, word(context, page) & keep);
        return 0;
      },
      true,
    ),
    onPage('hw_movdir64b', (context, page) => {
      setWord(context, page, word(context, page) & ~(PageBits.tdxPrivate | PageBits.poisoned));
      return 0;
    }),
    onPage('hw_partial_write', (context, page) => {
      const before = word(context, page);
      if (before & PageBits.tdxPrivate && config.partialWriteErratum)
        setWord(context, page, before | PageBits.poisoned);
      return 0;
    }),
    onPage('hw_is_tdx_private', (context, page) => (word(context, page) & PageBits.tdxPrivate ? 1 : 0)),
  ];

  return {
    layout,
    words: layout.words,
    operations,
    initialise: () => {},
    watched:
      table === null
        ? null
        : {
            from: table,
            to: table + 8 * config.leaves.length,
            stored: (context, address, bytes) => entryStored(layout, table, context, address, bytes),
          },
    access(context, address, _bytes, write) {
      const offset = BigInt.asUintN(64, address) - pageOffset;
      const page = Number(offset / pageSize);
      if (offset < 0n || !valid(page)) return null;
      touch(context, page, write);
      return 0n;
    },
    lastRule: () => last,
    forgetRule: () => {
      last = null;
    },
    constant: (name) => (Object.hasOwn(constants, name) ? (constants[name] ?? null) : null),
    queries: new Set(operations.map((_, index) => index).filter((index) => asks.has(operations[index]?.name ?? ''))),
  };
}

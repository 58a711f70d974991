// SPDX-License-Identifier: MIT
/** A flush of translations or caches where the patch acts on the hardware. */

import type { OutcomeId } from '../outcomes';
import { about, type Candidate, type Clue, inserted, quoted } from './candidate';
import type { MailStatement } from './mailStatements';

/** The last places at which a flush is tried. */
const mostPlaces = 4;

/** What goes wrong through a translation that is not as the page tables are any more. */
const byTranslation: ReadonlySet<OutcomeId> = new Set([
  'td-exit',
  've-unhandled',
  'vc-unvalidated',
  'rmp-violation',
  'paravisor-kill',
  'implicit-conversion',
  'memory-corruption',
  'host-exposed',
  'permission-fault',
  'writable-executable',
]);
/** What goes wrong by lines that are still dirty in a cache. */
const byCache: ReadonlySet<OutcomeId> = new Set(['memory-corruption', 'machine-check']);

/** A flush behind each of the last statements that changed something of the machine; of caches in front of it, too. */
export function flushes(clue: Clue): Candidate[] {
  const { outcome } = clue;
  const places = actsOf(clue).slice(-mostPlaces).reverse();
  const added = (s: MailStatement, where: 'before' | 'behind', flush: string): Candidate[] =>
    s.isBare
      ? []
      : about('flush', s, `${flush.replace(/;$/, '')} ${where} ${quoted(s.text)}`, inserted(s, where, [flush]));
  return places.flatMap((s) => [
    ...(byTranslation.has(outcome) ? added(s, 'behind', 'flush_tlb_all();') : []),
    ...(byCache.has(outcome)
      ? [...added(s, 'before', 'wbinvd_on_all_cpus();'), ...added(s, 'behind', 'wbinvd_on_all_cpus();')]
      : []),
  ]);
}

/** Statements of the mail that changed the machine, in it or in what they call, in order. */
function actsOf({ comparison, trace, at }: Clue): MailStatement[] {
  const { layout } = comparison.sides.after.search;
  const found = new Set<MailStatement>();
  for (const [i, step] of trace.steps.entries()) {
    const before = trace.steps[i - 1]?.state ?? trace.initial;
    const statement = at[i];
    if (!statement) continue;
    for (let word = layout.machine; word < layout.machine + layout.machineWords; word++) {
      if (before[word] === step.state[word]) continue;
      found.delete(statement);
      found.add(statement);
      break;
    }
  }
  return [...found];
}

// SPDX-License-Identifier: MIT
/** The missing half of a lock: what was taken is released, what is released was taken. */

import type { Expression, Statement } from '../../c/ast';
import { walkStatements } from '../../c/walk';
import { textOf } from './barriers';
import { about, type Candidate, type Clue, dropped, inserted, quoted, replaced } from './candidate';
import type { MailStatement } from './mailStatements';
import type { RowChange } from './rowChanges';

/** What takes a lock and what releases it: the kernel's names. */
const pairs: readonly (readonly [take: string, release: string])[] = [
  ['mutex_lock', 'mutex_unlock'],
  ['spin_lock', 'spin_unlock'],
  ['spin_lock_irq', 'spin_unlock_irq'],
  ['spin_lock_bh', 'spin_unlock_bh'],
  ['spin_lock_irqsave', 'spin_unlock_irqrestore'],
  ['raw_spin_lock', 'raw_spin_unlock'],
  ['raw_spin_lock_irqsave', 'raw_spin_unlock_irqrestore'],
  ['down_read', 'up_read'],
  ['down_write', 'up_write'],
  ['read_lock', 'read_unlock'],
  ['write_lock', 'write_unlock'],
  ['percpu_down_read', 'percpu_up_read'],
  ['percpu_down_write', 'percpu_up_write'],
  ['get_online_mems', 'put_online_mems'],
  ['mem_hotplug_begin', 'mem_hotplug_done'],
  ['cpus_read_lock', 'cpus_read_unlock'],
  ['cpus_write_lock', 'cpus_write_unlock'],
  ['get_online_cpus', 'put_online_cpus'],
  ['cpu_hotplug_disable', 'cpu_hotplug_enable'],
  ['device_lock', 'device_unlock'],
  ['lock_device_hotplug', 'unlock_device_hotplug'],
];
const releaseOf = new Map(pairs);
const takeOf = new Map(pairs.map(([take, release]) => [release, take]));

/** What is tried for locks that are not balanced, and for those that nobody gets any more. */
export function lockHalves(clue: Clue): Candidate[] {
  const { outcome } = clue;
  if (outcome !== 'lock-imbalance' && outcome !== 'deadlock' && outcome !== 'hang') return [];
  return [...superfluousReleases(clue), ...missingReleases(clue)];
}

interface LockCall {
  readonly s: MailStatement;
  readonly name: string;
  readonly lock: string;
}

const lockCalls = (statements: readonly MailStatement[], names: ReadonlyMap<string, string>): LockCall[] =>
  statements.flatMap((s) => {
    const e = s.statement.kind === 'expression' ? s.statement.expression : null;
    if (e?.kind !== 'call' || e.callee.kind !== 'identifier' || !names.has(e.callee.name)) return [];
    return [{ s, name: e.callee.name, lock: e.arguments.map(textOf).join(', ') }];
  });

/** A release that a way comes to which never took the lock: it leaves before, or takes it first. */
function superfluousReleases({ statements }: Clue): Candidate[] {
  return lockCalls(statements, takeOf).flatMap(({ s: release, name, lock }): Candidate[] => {
    const own = statements.filter((s) => s.definition === release.definition);
    const takes = lockCalls(own, releaseOf).filter((t) => t.name === takeOf.get(name) && t.lock === lock);
    const behind = behindRelease(release);
    const jumps = own.filter((s) => s.statement.kind === 'goto' && leadsTo(release, s.statement.name));
    const leaving =
      behind === null
        ? []
        : jumps.flatMap((s) =>
            about('lock', s, `${quoted(behind)} in place of ${quoted(s.text)}`, replaced(s, behind)),
          );
    const taken =
      takes.length > 0
        ? []
        : firstOf(own).flatMap((s) =>
            about(
              'lock',
              s,
              `${quoted(`${takeOf.get(name)}(${lock});`)} before ${quoted(s.text)}`,
              inserted(s, 'before', [`${takeOf.get(name)}(${lock});`]),
            ),
          );
    const gone = about('lock', release, `${quoted(release.text)} left out`, release.isBare ? [] : dropped(release));
    return [...leaving, ...taken, ...(takes.length > 0 ? [] : gone)];
  });
}

/** The statement behind a release that leaves the function: what a way may do that has nothing to release. */
function behindRelease({ definition, statement }: MailStatement): string | null {
  let found: string | null = null;
  walkStatements(definition.body, (s) => {
    if (s.kind !== 'block') return;
    const at = s.body.findIndex((inner) => inner === statement || (inner.kind === 'label' && inner.body === statement));
    const next = at < 0 ? undefined : s.body[at + 1];
    if (next?.kind === 'return') found = textOfStatement(next);
    else if (at >= 0 && s === definition.body && next === undefined) found = 'return;';
  });
  return found;
}

/** Whether a label stands directly at a statement, or in front of it in its block. */
function leadsTo({ definition, statement }: MailStatement, label: string): boolean {
  let found = false;
  walkStatements(definition.body, (s) => {
    if (s.kind !== 'block') return;
    const at = s.body.findIndex((inner) => inner === statement || (inner.kind === 'label' && inner.body === statement));
    found ||= s.body.slice(0, at + 1).some((inner) => inner.kind === 'label' && inner.name === label);
  });
  return found;
}

/** Where a way leaves a function that has taken a lock: it is released first. */
function missingReleases({ statements }: Clue): Candidate[] {
  return lockCalls(statements, releaseOf).flatMap(({ s: take, name, lock }): Candidate[] => {
    const release = `${releaseOf.get(name)}(${lock});`;
    const own = statements.filter((s) => s.definition === take.definition);
    const later = own.filter((s) => s.statement.span.start > take.statement.span.start);
    const exits = later.filter(({ statement: { kind } }) => kind === 'return' || kind === 'goto');
    const labels = labelsAt(take.definition.body, release);
    const jumps = exits.flatMap((s) =>
      s.statement.kind === 'return' && returnsVariable(s.statement.value)
        ? labels.flatMap((label) =>
            about(
              'lock',
              s,
              `${quoted(`goto ${label};`)} in place of ${quoted(s.text)}`,
              replaced(s, `goto ${label};`),
            ),
          )
        : [],
    );
    const before = exits.flatMap((s) =>
      about('lock', s, `${quoted(release)} before ${quoted(s.text)}`, releasedBefore(s, release)),
    );
    // Where ways come together, on those that come from above.
    const above = later
      .filter((s) => s.statement.kind === 'label')
      .flatMap((s) =>
        about('lock', s, `${quoted(release)} before ${quoted(s.text)}`, inserted(s, 'before', [release])),
      );
    // The end of a function that gives nothing, behind its last statement.
    const end = own.findLast((s) => s.parent === null);
    const behind =
      end && end.statement.kind !== 'return' && isVoid(end)
        ? about('lock', end, `${quoted(release)} behind ${quoted(end.text)}`, inserted(end, 'behind', [release]))
        : [];
    return [...jumps, ...before, ...above, ...behind];
  });
}

const isVoid = ({ definition: { result } }: MailStatement): boolean =>
  result.kind === 'named' && result.name === 'void';

const returnsVariable = (value: Expression | null): boolean => value === null || value.kind === 'identifier';

/** Labels from which a way goes on to a release. */
function labelsAt(body: Statement, release: string): string[] {
  const labels: string[] = [];
  if (body.kind !== 'block') return labels;
  for (const [i, s] of body.body.entries()) {
    if (s.kind !== 'label') continue;
    const rest = [...(s.body ? [s.body] : []), ...body.body.slice(i + 1)].map(textOfStatement);
    if (rest.includes(release)) labels.push(s.name);
  }
  return labels;
}

/** A release in front of a statement, with braces where it is alone behind its `if`. */
function releasedBefore(s: MailStatement, release: string): RowChange[] {
  if (!s.isBare) return inserted(s, 'before', [release]);
  const { parent } = s;
  const head = parent?.rows.filter((row) => !s.rows.includes(row)).at(-1);
  if (parent?.statement.kind !== 'if' || parent.statement.else || !head) return [];
  const last = s.rows.at(-1);
  if (!last) return [];
  return [
    { kind: 'replace', row: head, text: `${head.text.trimEnd()} {` },
    ...inserted(s, 'before', [release]),
    { kind: 'insert', row: last, where: 'behind', texts: [`${parent.indent}}`] },
  ];
}

/** The first statement of a function behind its declarations. */
function firstOf(own: readonly MailStatement[]): MailStatement[] {
  const first = own.find((s) => s.parent === null && s.statement.kind !== 'declaration');
  return first ? [first] : [];
}

const textOfStatement = ({ span }: Statement): string =>
  span.unit.source.text
    .slice(span.start, span.end)
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .trim();

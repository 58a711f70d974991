// SPDX-License-Identifier: MIT
import type { Declarator, Expression, Initializer, Span } from './ast';

/** The declaration of a per-CPU variable as that of an array in which every element begins alike. */
export function asPerCpu(declarator: Declarator): Declarator {
  const { span, type, initializer } = declarator;
  const count: Expression = { kind: 'identifier', name: 'NR_CPUS', span };
  const one = number(1n, span);
  const last: Expression = { kind: 'binary', operator: '-', left: count, right: one, span };
  const every: Initializer | null = initializer && {
    kind: 'list',
    items: [{ designator: [{ first: number(0n, span), last }], value: initializer }],
    span,
  };
  return { ...declarator, type: { kind: 'array', of: type, length: count }, initializer: every, isPerCpu: true };
}

const number = (value: bigint, span: Span): Expression => ({
  kind: 'number',
  value,
  unsigned: false,
  long: false,
  span,
});

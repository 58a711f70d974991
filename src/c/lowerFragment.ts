// SPDX-License-Identifier: MIT
/**
 * Lowers a function of which only the lines of hunks are there (see fragment.ts). What the hunks do not show may be
 * anything: variables at the beginning of each hunk, which way conditions go, what comes behind the last line.
 */

import type { FunctionDefinition, Statement } from './ast';
import type { Frame } from './context';
import { inScope, localPlace, lowerStatement } from './lowerStatement';
import { write } from './places';
import { unknown } from './unknown';
import { isAssignedFirst, undeclaredIn, useOf } from './unknownLocals';
import { constant, type Place } from './value';
import { walkStatements } from './walk';

/** Whether a function is only what hunks show of one. */
export const isFragment = (definition: FunctionDefinition): boolean => definition.span.unit.origin === 'fragment';

/** Lowers the body; a jump to what is not shown ends it, and so does a break of a loop that is not shown. */
export function lowerFragment(frame: Frame): void {
  const { definition, program, code, result } = frame;
  const { name, body, span } = definition;
  program.assume({
    kind: 'assumed',
    text: `of ${name}() only the lines that the mail shows are run, one after the other`,
    span,
  });
  const end = code.label();
  frame.breakLabel = end;
  frame.continueLabel = end;
  const parts = body.kind === 'block' ? body.body : [body];
  const unknowns = new Map<string, Place>();
  // A goto may pass over the first use.
  if (hasLabel(body)) for (const part of parts) giveUnknown(frame, unknowns, part, part, new Set());
  for (const part of parts) {
    const given = new Set<string>();
    inScope(frame, part, () => {
      for (const statement of part.kind === 'block' ? part.body : [part]) {
        giveUnknown(frame, unknowns, part, statement, given);
        lowerStatement(frame, statement);
      }
    });
  }
  code.place(end);
  for (const [label, place] of frame.labels) {
    if (code.placed(place)) continue;
    program.assume({ kind: 'assumed', text: `label ${label} of ${name}() is not shown: a goto there ends it`, span });
    code.place(place);
  }
  if (result)
    write(
      frame,
      result,
      unknown(frame, result.type, `what ${name}() returns behind the lines shown may be anything`, span),
      span,
    );
}

function hasLabel(s: Statement): boolean {
  let found = false;
  walkStatements(s, (inner) => {
    if (inner.kind === 'label') found = true;
  });
  return found;
}

/**
 * Gives what a statement uses and nobody declares an unknown value: once in each hunk, and in all of them it is the same
 * variable.
 * @param given the names that have one in this hunk
 */
function giveUnknown(
  frame: Frame,
  unknowns: Map<string, Place>,
  part: Statement,
  statement: Statement,
  given: Set<string>,
): void {
  const { program, definition } = frame;
  const { span } = statement;
  for (const name of undeclaredIn(frame, statement, unknowns)) {
    if (given.has(name)) continue;
    given.add(name);
    const { type, isObject } = useOf(frame, definition, part, name);
    let place = unknowns.get(name);
    if (!place) {
      place = localPlace(frame, name, type);
      unknowns.set(name, place);
      frame.scopes[0]?.set(name, place);
    }
    const held = place.type;
    if (isAssignedFirst(statement, name) || held.kind === 'struct' || held.kind === 'array') continue;
    if (isObject && held.kind === 'pointer') {
      const text = `${name} in ${definition.name}() points to an object that nobody else has, with any contents`;
      program.assume({ kind: 'assumed', text, span });
      write(frame, place, { expr: constant(program.unknownObject(), 64), type: held }, span);
    } else {
      const text = `what ${name} is in ${definition.name}() is not shown; any value is tried`;
      write(frame, place, unknown(frame, held, text, span), span);
    }
  }
}

// SPDX-License-Identifier: MIT
/**
 * `run_subject()`: runs one of the functions that a patch changes, with parameters of which nothing is known. Gives 1 where
 * all of it ran, 0 where only some lines of it are shown, or where this side does not have it.
 */

import type { Declarator } from './ast';
import type { Builtin, Frame } from './context';
import { type CType, pointerTo } from './ctype';
import { inline } from './lowerCall';
import { isFragment } from './lowerFragment';
import { unknown } from './unknown';
import { constant, intValue, type Value } from './value';

export const subjectBuiltins: Readonly<Record<string, Builtin>> = {
  run_subject({ frame, expression }) {
    const { subject } = frame.program;
    // The patch adds or removes the function: on the other side there is nothing to run.
    if (subject === null) return intValue(0);
    const values = subject.parameters.map((p) => (p.name === '' ? intValue(0) : argument(frame, p, subject.name)));
    inline(frame, subject, values, expression.span);
    // Of a fragment nobody knows what it would still do.
    return intValue(isFragment(subject) ? 0 : 1);
  },
};

/** Any value; for a pointer and a structure an object that nobody else has, of which the contents are not known. */
function argument(frame: Frame, parameter: Declarator, of: string): Value {
  const { program } = frame;
  const { name, span } = parameter;
  const type: CType = program.symbols.type(parameter.type);
  if (type.kind === 'int') return unknown(frame, type, `${name} of ${of}() may be anything`, span);
  const text = `${name} of ${of}() points to an object that nobody else has, with any contents`;
  program.assume({ kind: 'assumed', text, span });
  return { expr: constant(program.unknownObject(), 64), type: type.kind === 'array' ? pointerTo(type.of) : type };
}

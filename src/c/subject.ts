// SPDX-License-Identifier: MIT
/** `run_subject()`: runs one of the functions that a patch changes, with parameters of which nothing is known. */

import type { Declarator } from './ast';
import type { Builtin, Frame } from './context';
import { type CType, pointerTo } from './ctype';
import { inline } from './lowerCall';
import { unknown } from './unknown';
import { constant, intValue, type Value } from './value';

export const subjectBuiltins: Readonly<Record<string, Builtin>> = {
  run_subject({ frame, expression }) {
    const { subject } = frame.program;
    // The patch adds or removes the function: on the other side there is nothing to run.
    if (subject === null) return null;
    const values = subject.parameters.map((p) => (p.name === '' ? intValue(0) : argument(frame, p, subject.name)));
    inline(frame, subject, values, expression.span);
    return null;
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

// SPDX-License-Identifier: MIT

import type { Expression } from './ast';
import { configuration } from './configuration';
import { numberValue } from './constantValue';
import { type Frame, lookUp, reserve } from './context';
import { alignOf, type CType, char, int32, pointerTo, sizeOf, uint64, voidType } from './ctype';
import { notShown } from './fragment';
import { stringAddress } from './globals';
import { completedLiteral, initialise } from './initialise';
import { lowerCall } from './lowerCall';
import { lowerConditional, lowerLogical } from './lowerCondition';
import { inScope, lowerStatements } from './lowerStatement';
import { assign, fitted, functionPointer, lowerPlace, read, snapshot, write } from './places';
import { addTo, subtract } from './pointers';
import { isFunction } from './symbols';
import { lowerTodo } from './todo';
import { genericChoice, typeIn, typeOf } from './typeOf';
import { unknown } from './unknown';
import { arithmetic, comparison, complement, constant, convert, intValue, negate, promote, type Value } from './value';
import { isWaitCounter } from './waits';

/** Lowers an expression to a value; what cannot be lowered has an unknown value, and that is said. */
export function lowerExpression(frame: Frame, e: Expression): Value {
  const { program } = frame;
  switch (e.kind) {
    case 'number':
      return numberValue(e);
    case 'string':
      return { expr: constant(stringAddress, 64), type: pointerTo(char) };
    case 'identifier': {
      const place = lookUp(frame, e.name);
      if (place) return read(frame, place, e.span);
      const macro = program.symbols.constant(e.name, e.span.unit);
      if (macro) return lowerMacro(frame, e, macro);
      const global = program.globalAddress(e.name, e.span.unit);
      if (global) return read(frame, { kind: 'mem', address: constant(global.address, 64), type: global.type }, e.span);
      if (isFunction(program.symbols, e.name, e.span.unit)) return functionPointer(frame, e.name, e.span.unit);
      if (e.name === notShown)
        return unknown(
          frame,
          int32,
          `which way ${frame.definition.name}() takes where the mail does not show it`,
          e.span,
        );
      return wellKnown(e.name) ?? unknown(frame, int32, `${e.name} is defined nowhere; any value is tried`, e.span);
    }
    case 'unary':
      return lowerUnary(frame, e);
    case 'update': {
      const place = lowerPlace(frame, e.operand);
      if (isWaitCounter(frame, place)) return read(frame, place, e.span);
      const old = snapshot(frame, read(frame, place, e.span), e.span);
      const changed = addTo(frame, old, intValue(e.operator === '++' ? 1 : -1));
      write(frame, place, changed, e.span);
      return e.prefix ? fitted(place, changed) : old;
    }
    case 'binary':
      return lowerBinary(frame, e);
    case 'assign':
      return lowerAssignment(frame, e);
    case 'conditional':
      return lowerConditional(frame, e);
    case 'call':
      return lowerCall(frame, e, true) ?? { expr: constant(0, 32), type: voidType };
    case 'member':
    case 'index':
      return read(frame, lowerPlace(frame, e), e.span);
    case 'cast':
      return castTo(frame, lowerExpression(frame, e.operand), typeIn(frame, e.type));
    case 'literal': {
      const type = completedLiteral(frame, typeIn(frame, e.type), e);
      if (type.kind !== 'struct' && type.kind !== 'array') {
        const item = e.initializer.kind === 'list' ? e.initializer.items[0]?.value : e.initializer;
        return item?.kind === 'expression'
          ? castTo(frame, lowerExpression(frame, item.value), type)
          : convert(intValue(0), type);
      }
      const address = constant(reserve(frame, sizeOf(type), alignOf(type)), 64);
      initialise(frame, { kind: 'mem', address, type }, e.initializer, e.span);
      return { expr: address, type };
    }
    case 'sizeof': {
      const type = sizeofType(frame, e);
      return { expr: constant(sizeOf(type), 64), type: uint64 };
    }
    case 'generic': {
      const chosen = genericChoice(frame, e);
      return chosen
        ? lowerExpression(frame, chosen)
        : unknown(frame, int32, '_Generic() of no type that it names', e.span);
    }
    case 'comma':
      lowerExpression(frame, e.left);
      return lowerExpression(frame, e.right);
    case 'statements': {
      const last = e.body.at(-1);
      return inScope(frame, null, () => {
        lowerStatements(frame, last?.kind === 'expression' ? e.body.slice(0, -1) : e.body);
        return last?.kind === 'expression'
          ? lowerExpression(frame, last.expression)
          : { expr: constant(0, 32), type: voidType };
      });
    }
    case 'unknown':
      return unknown(frame, int32, `“${e.text.slice(0, 60)}” is not analysed; any value is tried`, e.span);
  }
}

/** What the compiler and the configuration define. */
function wellKnown(name: string): Value | null {
  const option = name.startsWith('CONFIG_') ? configuration(name) : null;
  if (option !== null) return intValue(option);
  if (/^__(func|FUNCTION|FILE|PRETTY_FUNCTION)__$/.test(name))
    return { expr: constant(stringAddress, 64), type: pointerTo(char) };
  return /^__(LINE|COUNTER)__$/.test(name) ? intValue(0) : null;
}

/** `sizeof(x)` of a variable reads like `sizeof(type)`: a variable of the name wins. */
function sizeofType(frame: Frame, e: Extract<Expression, { kind: 'sizeof' }>): CType {
  const name = e.type?.kind === 'named' ? e.type.name : e.operand?.kind === 'identifier' ? e.operand.name : null;
  const place = name === null ? null : lookUp(frame, name);
  if (place) return place.type;
  const global = name === null ? null : frame.program.symbols.global(name, e.span.unit);
  if (global) return frame.program.symbols.globalType(global);
  if (name !== null && !e.type && !frame.program.symbols.constant(name, e.span.unit))
    return typeIn(frame, { kind: 'named', name });
  return e.type ? typeIn(frame, e.type) : e.operand ? typeOf(frame, e.operand) : uint64;
}

/** A macro without parameters: a constant, or an expression that is lowered where it is used. */
function lowerMacro(frame: Frame, e: Extract<Expression, { kind: 'identifier' }>, body: Expression): Value {
  const { symbols, expanding } = frame.program;
  const value = symbols.constantValue(body);
  if (value) return value;
  if (expanding.has(body) || expanding.size >= deepest) {
    const global = expanding.has(body) ? frame.program.globalAddress(e.name, e.span.unit) : null;
    if (global) return read(frame, { kind: 'mem', address: constant(global.address, 64), type: global.type }, e.span);
    if (expanding.has(body) && isFunction(symbols, e.name, e.span.unit))
      return functionPointer(frame, e.name, e.span.unit);
    return unknown(frame, int32, `${e.name} is defined by itself; any value is tried`, e.span);
  }
  expanding.add(body);
  try {
    return lowerExpression(frame, body);
  } finally {
    expanding.delete(body);
  }
}

/** Macros inside macros. */
const deepest = 12;

function lowerAssignment(frame: Frame, e: Extract<Expression, { kind: 'assign' }>): Value {
  const place = lowerPlace(frame, e.left);
  if (e.operator === '=') return assign(frame, place, lowerExpression(frame, e.right), e.span);
  const right = lowerExpression(frame, e.right);
  const left = read(frame, place, e.span);
  const operator = e.operator.slice(0, -1);
  const value =
    operator === '+'
      ? addTo(frame, left, right)
      : operator === '-'
        ? subtract(frame, left, right)
        : (arithmetic(operator, left, right) ??
          unknown(frame, place.type, `operator ${e.operator} is not known`, e.span));
  return assign(frame, place, value, e.span);
}

function lowerUnary(frame: Frame, e: Extract<Expression, { kind: 'unary' }>): Value {
  switch (e.operator) {
    case '&': {
      if (
        e.operand.kind === 'identifier' &&
        !lookUp(frame, e.operand.name) &&
        !frame.program.symbols.global(e.operand.name, e.span.unit) &&
        isFunction(frame.program.symbols, e.operand.name, e.span.unit)
      ) {
        return functionPointer(frame, e.operand.name, e.span.unit);
      }
      const place = lowerPlace(frame, e.operand);
      if (place.kind === 'reg' && frame.program.triesContents)
        return { expr: constant(frame.program.unknownObject(), 64), type: pointerTo(place.type) };
      if (place.kind === 'reg')
        return unknown(frame, pointerTo(place.type), 'the address of this is not analysed', e.span);
      return { expr: place.address, type: pointerTo(place.type) };
    }
    case '*':
      return read(frame, lowerPlace(frame, e), e.span);
    case '!': {
      const value = lowerExpression(frame, e.operand);
      return {
        expr:
          value.expr.kind === 'const'
            ? constant(value.expr.value === 0n ? 1 : 0, 32)
            : { kind: 'not', width: 32, operand: value.expr },
        type: int32,
      };
    }
    case '~':
      return complement(lowerExpression(frame, e.operand));
    case '-':
      return lowerTodo(frame, e) ?? negate(lowerExpression(frame, e.operand));
    case '+':
      return promote(lowerExpression(frame, e.operand));
  }
}

function lowerBinary(frame: Frame, e: Extract<Expression, { kind: 'binary' }>): Value {
  if (e.operator === '&&' || e.operator === '||') return lowerLogical(frame, e);
  // C leaves the order of operands open; left first, and its value is kept while the right one runs.
  const left = snapshot(frame, lowerExpression(frame, e.left), e.span, e.right);
  const right = lowerExpression(frame, e.right);
  if (e.operator === '+') return addTo(frame, left, right);
  if (e.operator === '-') return subtract(frame, left, right);
  return (
    comparison(e.operator, left, right) ??
    arithmetic(e.operator, left, right) ??
    unknown(frame, int32, `operator ${e.operator} is not known`, e.span)
  );
}

function castTo(frame: Frame, value: Value, type: CType): Value {
  if (type.kind === 'struct' || type.kind === 'void' || value.type.kind === 'struct')
    return { ...value, type: type.kind === 'void' ? voidType : value.type };
  if (type.kind === 'array' || type.kind === 'function')
    return unknown(frame, int32, 'a cast to this type', frame.definition.span);
  return convert(value, type);
}

// SPDX-License-Identifier: MIT
import type { Bytes, Expr } from '../engine/program';
import type { Expression, Span } from './ast';
import type { Label } from './code';
import { type Frame, lookUp, reserve } from './context';
import { alignOf, type CType, int32, pointerTo, sizeOf, uint64, voidType } from './ctype';
import { copy, initialise } from './initialise';
import { lowerCall } from './lowerCall';
import { lowerStatements } from './lowerStatement';
import { addTo, isPointer, movePointer, pointee, subtract } from './pointers';
import { typeOf } from './typeOf';
import { unknown } from './unknown';
import {
  arithmetic,
  comparison,
  constant,
  convert,
  intValue,
  offsetBy,
  type Place,
  promote,
  truth,
  type Value,
  widthOf,
} from './value';
import { lowerTimedCondition } from './waits';

/** Lowers an expression to a value; what cannot be lowered has an unknown value, and that is said. */
export function lowerExpression(frame: Frame, e: Expression): Value {
  const { program, code } = frame;
  switch (e.kind) {
    case 'number': {
      const bits = e.long ? 64 : 32;
      return {
        expr: constant(BigInt.asIntN(bits, e.value), bits),
        type: { kind: 'int', bits, signed: !e.unsigned, bool: false },
      };
    }
    case 'string':
      return { expr: constant(0x7fff0000, 64), type: pointerTo(int32) };
    case 'identifier': {
      const place = lookUp(frame, e.name);
      if (place) return read(frame, place, e.span);
      const value = program.symbols.constant(e.name);
      if (value) return lowerExpression(frame, value);
      const global = program.globalAddress(e.name);
      if (global) return read(frame, { kind: 'mem', address: constant(global.address, 64), type: global.type }, e.span);
      if (program.symbols.function(e.name)) return functionPointer(frame, e.name);
      return unknown(frame, int32, `${e.name} is defined nowhere; any value is tried`, e.span);
    }
    case 'unary':
      return lowerUnary(frame, e);
    case 'update': {
      const place = lowerPlace(frame, e.operand);
      if (place.kind === 'reg' && frame.waitCounters.has(place.reg)) return read(frame, place, e.span);
      const old = snapshot(frame, read(frame, place, e.span), e.span);
      const changed = addTo(frame, old, intValue(e.operator === '++' ? 1 : -1));
      write(frame, place, changed, e.span);
      return e.prefix ? convert(changed, place.type) : old;
    }
    case 'binary':
      return lowerBinary(frame, e);
    case 'assign': {
      const place = lowerPlace(frame, e.left);
      if (place.type.kind === 'struct' || place.type.kind === 'array') {
        copy(frame, place, lowerExpression(frame, e.right), e.span);
        return { expr: place.kind === 'mem' ? place.address : constant(0, 64), type: place.type };
      }
      let value: Value;
      if (e.operator === '=') value = lowerExpression(frame, e.right);
      else {
        const right = lowerExpression(frame, e.right);
        const left = read(frame, place, e.span);
        const operator = e.operator.slice(0, -1);
        value =
          operator === '+'
            ? addTo(frame, left, right)
            : operator === '-'
              ? subtract(frame, left, right)
              : (arithmetic(operator, left, right) ??
                unknown(frame, place.type, `operator ${e.operator} is not known`, e.span));
      }
      const counted = place.kind === 'reg' && frame.waitCounters.has(place.reg);
      if (!counted) write(frame, place, value, e.span);
      return convert(value, place.type);
    }
    case 'conditional': {
      const result = { kind: 'reg', reg: -1, type: int32 as CType };
      const [then, otherwise, done] = [code.label(), code.label(), code.label()];
      if (e.then === null) {
        const value = snapshot(frame, lowerExpression(frame, e.condition), e.span);
        const place: Place = { kind: 'reg', reg: code.register('%?:', widthOf(value.type)), type: value.type };
        write(frame, place, value, e.span);
        code.branch(truth(value), done, otherwise, e.span);
        code.place(otherwise);
        write(frame, place, lowerExpression(frame, e.else), e.span);
        code.jump(done, e.span);
        code.place(done);
        return read(frame, place, e.span);
      }
      lowerCondition(frame, e.condition, then, otherwise);
      code.place(then);
      const first = lowerExpression(frame, e.then);
      const type =
        first.type.kind === 'void'
          ? voidType
          : first.type.kind === 'int'
            ? promoteForChoice(frame, first, e.else)
            : first.type;
      result.type = type;
      if (type.kind === 'void') {
        code.jump(done, e.span);
        code.place(otherwise);
        lowerExpression(frame, e.else);
        code.jump(done, e.span);
        code.place(done);
        return { expr: constant(0, 32), type: voidType };
      }
      const place: Place = { kind: 'reg', reg: code.register('%?:', widthOf(type)), type };
      write(frame, place, first, e.span);
      code.jump(done, e.span);
      code.place(otherwise);
      write(frame, place, lowerExpression(frame, e.else), e.span);
      code.jump(done, e.span);
      code.place(done);
      return read(frame, place, e.span);
    }
    case 'call':
      return lowerCall(frame, e, true) ?? { expr: constant(0, 32), type: voidType };
    case 'member':
    case 'index':
      return read(frame, lowerPlace(frame, e), e.span);
    case 'cast':
      return castTo(frame, lowerExpression(frame, e.operand), program.symbols.type(e.type));
    case 'literal': {
      const type = program.symbols.type(e.type);
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
      const type = e.type ? sizeofType(frame, e) : e.operand ? typeOf(frame, e.operand) : uint64;
      return { expr: constant(sizeOf(type), 64), type: uint64 };
    }
    case 'comma':
      lowerExpression(frame, e.left);
      return lowerExpression(frame, e.right);
    case 'statements': {
      const last = e.body.at(-1);
      frame.scopes.push(new Map());
      lowerStatements(frame, last?.kind === 'expression' ? e.body.slice(0, -1) : e.body);
      const value =
        last?.kind === 'expression'
          ? lowerExpression(frame, last.expression)
          : { expr: constant(0, 32), type: voidType };
      frame.scopes.pop();
      return value;
    }
    case 'unknown':
      return unknown(frame, int32, `“${e.text.slice(0, 60)}” is not analysed; any value is tried`, e.span);
  }
}

/** `sizeof(x)` of a variable reads like `sizeof(type)`: a variable of the name wins. */
function sizeofType(frame: Frame, e: Extract<Expression, { kind: 'sizeof' }>): CType {
  if (e.type?.kind === 'named') {
    const place = lookUp(frame, e.type.name) ?? null;
    if (place) return place.type;
    const global = frame.program.symbols.global(e.type.name);
    if (global) return frame.program.symbols.type(global.type);
  }
  return e.type ? frame.program.symbols.type(e.type) : uint64;
}

function promoteForChoice(frame: Frame, first: Value, other: Expression): CType {
  const type = typeOf(frame, other);
  const promoted = promote(first).type;
  if (type.kind === 'pointer') return type;
  return type.kind === 'int' && (type.bits === 64 || promoted.kind !== 'int') ? type : promoted;
}

function functionPointer(frame: Frame, name: string): Value {
  return {
    expr: constant(frame.program.functionAddress(name), 64),
    type: pointerTo({ kind: 'function', result: () => int32, parameters: [] }),
  };
}

function lowerUnary(frame: Frame, e: Extract<Expression, { kind: 'unary' }>): Value {
  switch (e.operator) {
    case '&': {
      if (
        e.operand.kind === 'identifier' &&
        !lookUp(frame, e.operand.name) &&
        !frame.program.symbols.global(e.operand.name) &&
        frame.program.symbols.function(e.operand.name)
      ) {
        return functionPointer(frame, e.operand.name);
      }
      const place = lowerPlace(frame, e.operand);
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
    case '-': {
      const value = promote(lowerExpression(frame, e.operand));
      if (value.expr.kind === 'const') {
        const folded = e.operator === '-' ? -value.expr.value : ~value.expr.value;
        return { expr: constant(BigInt.asIntN(value.expr.width, folded), value.expr.width), type: value.type };
      }
      return {
        expr: { kind: e.operator === '-' ? 'negate' : 'complement', width: value.expr.width, operand: value.expr },
        type: value.type,
      };
    }
    case '+':
      return promote(lowerExpression(frame, e.operand));
  }
}

function lowerBinary(frame: Frame, e: Extract<Expression, { kind: 'binary' }>): Value {
  const { code } = frame;
  if (e.operator === '&&' || e.operator === '||') {
    const [yes, no, done] = [code.label(), code.label(), code.label()];
    const reg = code.register(`%${e.operator}`, 32);
    lowerCondition(frame, e, yes, no);
    code.place(yes);
    code.emit({ kind: 'assign', reg, value: constant(1, 32) }, e.span);
    code.jump(done, e.span);
    code.place(no);
    code.emit({ kind: 'assign', reg, value: constant(0, 32) }, e.span);
    code.jump(done, e.span);
    code.place(done);
    return { expr: { kind: 'reg', width: 32, reg }, type: int32 };
  }
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

/** The object that an expression names. */
export function lowerPlace(frame: Frame, e: Expression): Place {
  const { program } = frame;
  switch (e.kind) {
    case 'identifier': {
      const local = lookUp(frame, e.name);
      if (local) return local;
      const global = program.globalAddress(e.name);
      if (global) return { kind: 'mem', address: constant(global.address, 64), type: global.type };
      break;
    }
    case 'unary':
      if (e.operator === '*') {
        const pointer = lowerExpression(frame, e.operand);
        return { kind: 'mem', address: convert(pointer, uint64).expr, type: pointee(pointer.type) };
      }
      break;
    case 'member': {
      let base: Expr;
      let type: CType;
      if (e.arrow) {
        const pointer = lowerExpression(frame, e.object);
        base = convert(pointer, uint64).expr;
        type = pointee(pointer.type);
      } else {
        const value = e.object.kind === 'call' || e.object.kind === 'literal' ? lowerExpression(frame, e.object) : null;
        const object: Place = value
          ? { kind: 'mem', address: value.expr, type: value.type }
          : lowerPlace(frame, e.object);
        if (object.kind === 'reg') break;
        base = object.address;
        type = object.type;
      }
      const field = type.kind === 'struct' ? type.fields.find((f) => f.name === e.field) : undefined;
      if (field) return { kind: 'mem', address: offsetBy(base, field.offset), type: field.type };
      break;
    }
    case 'index': {
      const object = lowerExpression(frame, e.object);
      const moved = movePointer(
        isPointer(object.type) ? object : { ...object, type: pointerTo(int32) },
        lowerExpression(frame, e.index),
        1,
      );
      return { kind: 'mem', address: moved.expr, type: pointee(moved.type) };
    }
    case 'cast':
    case 'literal': {
      const value = lowerExpression(frame, e);
      if (value.type.kind === 'struct') return { kind: 'mem', address: value.expr, type: value.type };
      break;
    }
    case 'call': {
      const value = lowerExpression(frame, e);
      if (value.type.kind === 'struct') return { kind: 'mem', address: value.expr, type: value.type };
      break;
    }
    case 'conditional': {
      const value = lowerExpression(frame, e);
      if (value.type.kind === 'struct') return { kind: 'mem', address: value.expr, type: value.type };
      break;
    }
    default:
      break;
  }
  const text = e.span.unit.source.text.slice(e.span.start, e.span.end).slice(0, 60);
  const value = unknown(frame, int32, `“${text}” is not modelled; any value is tried`, e.span);
  const place: Place = { kind: 'reg', reg: frame.code.register('%unknown', 32), type: int32 };
  write(frame, place, value, e.span);
  return place;
}

/** Reads a place. Structs and arrays give their address. */
export function read(frame: Frame, place: Place, span: Span): Value {
  const { type } = place;
  if (place.kind === 'reg') return { expr: { kind: 'reg', width: widthOf(type), reg: place.reg }, type };
  if (type.kind === 'array') return { expr: place.address, type: { kind: 'pointer', to: () => type.of } };
  if (type.kind === 'struct' || type.kind === 'function' || type.kind === 'void') return { expr: place.address, type };
  const width = widthOf(type);
  const reg = frame.code.register('%value', width);
  const bytes = sizeOf(type) as Bytes;
  frame.code.emit(
    { kind: 'load', reg, address: place.address, bytes, signed: type.kind === 'int' && type.signed, acquire: false },
    span,
  );
  return { expr: { kind: 'reg', width, reg }, type };
}

/** Writes a scalar to a place, converted to its type. */
export function write(frame: Frame, place: Place, value: Value, span: Span): void {
  const { expr } = convert(value, place.type);
  if (place.kind === 'reg') frame.code.emit({ kind: 'assign', reg: place.reg, value: expr }, span);
  else if (place.type.kind === 'struct' || place.type.kind === 'array') copy(frame, place, value, span);
  else
    frame.code.emit(
      { kind: 'store', address: place.address, value: expr, bytes: sizeOf(place.type) as Bytes, release: false },
      span,
    );
}

/** Keeps a value in a register of its own where what comes between could change it. */
export function snapshot(frame: Frame, value: Value, span: Span, between?: Expression): Value {
  if (value.expr.kind === 'const' || value.type.kind === 'void') return value;
  if (between && !hasEffect(between)) return value;
  const reg = frame.code.register('%kept', value.expr.width);
  frame.code.emit({ kind: 'assign', reg, value: value.expr }, span);
  return { expr: { kind: 'reg', width: value.expr.width, reg }, type: value.type };
}

/** Whether evaluating the expression may change a register that another value rests on. */
function hasEffect(e: Expression): boolean {
  switch (e.kind) {
    case 'number':
    case 'string':
    case 'identifier':
    case 'sizeof':
    case 'unknown':
      return false;
    case 'unary':
    case 'cast':
      return hasEffect(e.operand);
    case 'member':
      return hasEffect(e.object);
    case 'index':
      return hasEffect(e.object) || hasEffect(e.index);
    case 'binary':
      return hasEffect(e.left) || hasEffect(e.right);
    default:
      return true;
  }
}

function castTo(frame: Frame, value: Value, type: CType): Value {
  if (type.kind === 'struct' || type.kind === 'void' || value.type.kind === 'struct')
    return { ...value, type: type.kind === 'void' ? voidType : value.type };
  if (type.kind === 'array' || type.kind === 'function')
    return unknown(frame, int32, 'a cast to this type', frame.definition.span);
  return convert(value, type);
}

/** Goes to `then` where the expression is true, else to `otherwise`, with C's short circuits. */
export function lowerCondition(frame: Frame, e: Expression, then: Label, otherwise: Label): void {
  const { code } = frame;
  if (e.kind === 'unary' && e.operator === '!') return lowerCondition(frame, e.operand, otherwise, then);
  if (e.kind === 'binary' && (e.operator === '&&' || e.operator === '||')) {
    const middle = code.label();
    if (e.operator === '&&') lowerCondition(frame, e.left, middle, otherwise);
    else lowerCondition(frame, e.left, then, middle);
    code.place(middle);
    return lowerCondition(frame, e.right, then, otherwise);
  }
  if (lowerTimedCondition(frame, e, then, otherwise)) return;
  const value = lowerExpression(frame, e);
  code.branch(truth(value), then, otherwise, e.span);
}

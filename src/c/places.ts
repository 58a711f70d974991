// SPDX-License-Identifier: MIT
/** Objects: which one an expression names, how it is read and written. */
import type { Bytes, Expr } from '../engine/program';
import type { Expression, Span, Unit } from './ast';
import { type Frame, lookUp } from './context';
import { type CType, type Field, int32, pointerTo, sizeOf, uint8, uint64 } from './ctype';
import { copy } from './initialise';
import { lowerExpression } from './lowerExpression';
import { isPointer, movePointer, pointee } from './pointers';
import { unknown } from './unknown';
import { isUnmodelled, unmodelledObject } from './unmodelled';
import { constant, convert, fieldOf, offsetBy, type Place, type Value, widthOf, withField } from './value';
import { isWaitCounter } from './waits';

/** The object that an expression names. */
export function lowerPlace(frame: Frame, e: Expression): Place {
  const { program } = frame;
  switch (e.kind) {
    case 'identifier': {
      const local = lookUp(frame, e.name);
      if (local) return local;
      const macro = program.symbols.constant(e.name, e.span.unit);
      if (macro && !program.expanding.has(macro)) {
        program.expanding.add(macro);
        const place = lowerPlace(frame, macro);
        program.expanding.delete(macro);
        return place;
      }
      const global = program.globalAddress(e.name, e.span.unit);
      if (global) return { kind: 'mem', address: constant(global.address, 64), type: global.type };
      break;
    }
    case 'unary':
      if (e.operator === '*') {
        const pointer = lowerExpression(frame, e.operand);
        // What is no pointer counts as one to int, as for an index.
        const type = isPointer(pointer.type) ? pointee(pointer.type) : int32;
        return { kind: 'mem', address: convert(pointer, uint64).expr, type };
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
        const object = lowerPlace(frame, e.object);
        if (object.kind === 'reg') break;
        base = object.address;
        type = object.type;
      }
      const field = fieldNamed(frame, type, e.field, e.span.unit);
      if (!field) {
        const whole = program.unmodelled === null ? null : program.symbols.wholeType(type);
        const real = whole ? fieldNamed(frame, whole, e.field, e.span.unit) : undefined;
        if (real) return unmodelledField(frame, e, base, real);
      }
      if (field)
        return {
          kind: 'mem',
          address: offsetBy(base, field.offset),
          type: field.type,
          ...(field.bits && { bits: field.bits }),
        };
      break;
    }
    case 'index': {
      const object = lowerExpression(frame, e.object);
      const index = lowerExpression(frame, e.index);
      // `2[array]` is the same as `array[2]`; what is no pointer at all counts as one to ints.
      const turned = !isPointer(object.type) && isPointer(index.type);
      const pointer = turned ? index : isPointer(object.type) ? object : convert(object, pointerTo(int32));
      const moved = movePointer(pointer, turned ? object : index, 1);
      return { kind: 'mem', address: moved.expr, type: pointee(moved.type) };
    }
    case 'cast':
    case 'call':
    case 'conditional':
    case 'comma':
    case 'assign':
    case 'statements':
    case 'literal': {
      const value = lowerExpression(frame, e);
      if (value.type.kind === 'struct' || value.type.kind === 'array')
        return { kind: 'mem', address: value.expr, type: value.type };
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

/** The field of a type; its name may be a macro for the real one. */
function fieldNamed(frame: Frame, type: CType, name: string, from: Unit): Field | undefined {
  if (type.kind !== 'struct') return undefined;
  const named = type.fields.find((f) => f.name === name);
  const macro = named ? null : frame.program.symbols.constant(name, from);
  return macro?.kind === 'identifier' ? type.fields.find((f) => f.name === macro.name) : named;
}

/**
 * A field that a kernel tree has and the model of the structure has not: its value may be anything. The object that it is
 * a field of has to be there all the same.
 */
function unmodelledField(
  frame: Frame,
  e: Extract<Expression, { kind: 'member' }>,
  base: Expr,
  field: Field,
): Extract<Place, { kind: 'mem' }> {
  if (e.arrow && base.kind !== 'const')
    frame.code.emit(
      {
        kind: 'load',
        reg: frame.code.register('%object', 32),
        address: base,
        bytes: 1,
        signed: false,
        acquire: false,
      },
      e.span,
    );
  return {
    kind: 'mem',
    address: constant(unmodelledObject, 64),
    type: field.type,
    ...(field.bits && { bits: field.bits }),
  };
}

/** Reads a place. Structs and arrays give their address. */
export function read(frame: Frame, place: Place, span: Span): Value {
  const { type } = place;
  if (place.kind === 'reg') return { expr: { kind: 'reg', width: widthOf(type), reg: place.reg }, type };
  if (type.kind === 'array') return { expr: place.address, type: { kind: 'pointer', to: () => type.of } };
  if (type.kind === 'struct' || type.kind === 'function' || type.kind === 'void') return { expr: place.address, type };
  const value = load(frame, place, false, span);
  return place.bits ? fieldOf(value, place.bits) : value;
}

/** Writes a value to a place, converted to its type; a struct is copied. */
export function write(frame: Frame, place: Place, value: Value, span: Span): void {
  const { type } = place;
  if (place.kind === 'reg') {
    // A variable of type void is nobody's C, but it has a register.
    const { expr } = convert(value, type.kind === 'void' ? int32 : type);
    frame.code.emit({ kind: 'assign', reg: place.reg, value: expr }, span);
  } else if (type.kind === 'struct' || type.kind === 'array') copy(frame, place, value, span);
  else if (place.bits) {
    // The rest of the integer is read and written back, as the compiler does it.
    const whole: typeof place = type.kind === 'int' && type.bool ? { ...place, type: uint8 } : place;
    const kept = withField(load(frame, whole, false, span), place.bits, convert(value, type));
    store(frame, whole, kept, false, span);
  } else store(frame, place, value, false, span);
}

/** Stores a scalar in memory. */
export function store(
  frame: Frame,
  place: Extract<Place, { kind: 'mem' }>,
  value: Value,
  release: boolean,
  span: Span,
): void {
  const { type, address } = place;
  if (!isScalar(type)) return frame.program.assume({ kind: 'assumed', text: `a ${type.kind} is not written`, span });
  // Nobody can read it back.
  if (address.kind === 'const' && isUnmodelled(address.value)) return;
  const bytes = sizeOf(type) as Bytes;
  frame.code.emit({ kind: 'store', address, value: convert(value, type).expr, bytes, release }, span);
}

/** Loads a scalar from memory. */
export function load(frame: Frame, place: Extract<Place, { kind: 'mem' }>, acquire: boolean, span: Span): Value {
  const { type, address } = place;
  if (address.kind === 'const' && isUnmodelled(address.value)) {
    const text = span.unit.source.text.slice(span.start, span.end).replace(/\s+/g, ' ').slice(0, 60);
    return unknown(frame, type, `“${text}” is set by code that is not run; any value is tried`, span);
  }
  const width = widthOf(type);
  const reg = frame.code.register('%value', width);
  const bytes = sizeOf(type) as Bytes;
  const signed = type.kind === 'int' && type.signed;
  frame.code.emit({ kind: 'load', reg, address, bytes, signed, acquire }, span);
  return { expr: { kind: 'reg', width, reg }, type };
}

/** Whether values of the type are read and written in one access. */
export const isScalar = (type: CType): boolean => type.kind === 'int' || type.kind === 'pointer';

/** Assigns as `=` does; gives the value that the object has then. */
export function assign(frame: Frame, place: Place, value: Value, span: Span): Value {
  if (place.kind === 'mem' && (place.type.kind === 'struct' || place.type.kind === 'array')) {
    copy(frame, place, value, span);
    return { expr: place.address, type: place.type };
  }
  // The counter of a wait stands still.
  if (isWaitCounter(frame, place)) return read(frame, place, span);
  const kept = fitted(place, value);
  write(frame, place, kept, span);
  // What was assigned may rest on the register that has just changed.
  return place.kind === 'reg' ? read(frame, place, span) : kept;
}

/** The value that a place has once another one was written to it. */
export function fitted(place: Place, value: Value): Value {
  const kept = convert(value, place.type);
  return place.kind === 'mem' && place.bits ? fieldOf(kept, { ...place.bits, from: 0 }) : kept;
}

/** The value of a pointer to a function. */
export function functionPointer(frame: Frame, name: string, from: Unit): Value {
  const { program } = frame;
  const definition = program.symbols.function(name, from);
  if (!definition) {
    program.missing(name);
    program.assume({
      kind: 'assumed',
      text: `${name}() is declared and defined nowhere: it changes nothing`,
      span: null,
    });
  }
  const type = definition
    ? {
        kind: 'function' as const,
        result: () => program.symbols.type(definition.result),
        parameters: definition.parameters.map((p) => p.type),
      }
    : { kind: 'function' as const, result: () => int32, parameters: [] };
  return { expr: constant(program.functionAddress(name, from), 64), type: pointerTo(type) };
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
export function hasEffect(e: Expression): boolean {
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

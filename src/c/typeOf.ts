// SPDX-License-Identifier: MIT
import type { Expression } from './ast';
import { type Frame, lookUp } from './context';
import { type CType, int32, pointerTo, resolveType, uint64 } from './ctype';
import { arithmetic, constant, widthOf } from './value';

/** The type an expression has, without running it. */
export function typeOf(frame: Frame, e: Expression): CType {
  const { symbols } = frame.program;
  const pointed = (type: CType): CType =>
    type.kind === 'pointer' ? type.to() : type.kind === 'array' ? type.of : int32;
  switch (e.kind) {
    case 'number':
      return { kind: 'int', bits: e.long ? 64 : 32, signed: !e.unsigned, bool: false };
    case 'identifier': {
      const local = lookUp(frame, e.name);
      if (local) return local.type;
      const global = symbols.global(e.name);
      if (global) return symbols.type(global.type);
      const value = symbols.constant(e.name);
      return value ? typeOf(frame, value) : int32;
    }
    case 'unary':
      if (e.operator === '*') return pointed(typeOf(frame, e.operand));
      if (e.operator === '&') return pointerTo(typeOf(frame, e.operand));
      return e.operator === '!' ? int32 : typeOf(frame, e.operand);
    case 'update':
      return typeOf(frame, e.operand);
    case 'assign':
      return typeOf(frame, e.left);
    case 'member': {
      const object = typeOf(frame, e.object);
      const type = e.arrow ? pointed(object) : object;
      return (type.kind === 'struct' && type.fields.find((f) => f.name === e.field)?.type) || int32;
    }
    case 'index':
      return pointed(typeOf(frame, e.object));
    case 'cast':
    case 'literal':
      return symbols.type(e.type);
    case 'sizeof':
      return uint64;
    case 'binary': {
      if (/^(&&|\|\||[=!<>]=|<|>)$/.test(e.operator)) return int32;
      const [left, right] = [typeOf(frame, e.left), typeOf(frame, e.right)];
      if (left.kind === 'pointer' || left.kind === 'array') return left;
      if (right.kind === 'pointer' || right.kind === 'array') return right;
      return (
        arithmetic(
          '+',
          { expr: constant(0, widthOf(left)), type: left },
          { expr: constant(0, widthOf(right)), type: right },
        )?.type ?? int32
      );
    }
    case 'conditional':
      return typeOf(frame, e.else);
    case 'comma':
      return typeOf(frame, e.right);
    case 'call': {
      const definition = e.callee.kind === 'identifier' ? symbols.function(e.callee.name) : null;
      return definition ? resolveType(definition.result, symbols) : int32;
    }
    default:
      return int32;
  }
}

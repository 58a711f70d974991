// SPDX-License-Identifier: MIT
import type { Expr } from '../engine/program';
import type { Declarator, Expression, FunctionDefinition, Span, TypeName } from './ast';
import { changesNothing, findBuiltin } from './builtins';
import { type AddressedFunction, type Assumption, type BuiltinCall, type Frame, lookUp } from './context';
import { type CType, int32, sizeOf, uint64 } from './ctype';
import { lowerExpression } from './lowerExpression';
import { isFragment, lowerFragment } from './lowerFragment';
import { localPlace, lowerStatement } from './lowerStatement';
import { functionPointer, lowerPlace, read, snapshot, write } from './places';
import { isFunction as isNamed } from './symbols';
import { unknown } from './unknown';
import { isUnmodelled, liesInUnmodelled } from './unmodelled';
import { constant, convert, intValue, type Place, type Value, widthOf } from './value';
import { isDelay } from './waitCounters';
import { walkExpressions } from './walk';

type Call = Extract<Expression, { kind: 'call' }>;

/**
 * Lowers a call: a kernel primitive, an operation of the machine, a function that is inlined, or a pointer to one.
 * @param wanted whether the value is used; null comes back for void and for what nobody wants
 */
export function lowerCall(frame: Frame, e: Call, wanted: boolean): Value | null {
  const { program } = frame;
  if (e.callee.kind !== 'identifier') {
    const object = program.unmodelled !== null && e.callee.kind === 'member' ? lowerPlace(frame, e.callee) : null;
    if (object?.kind === 'mem' && object.address.kind === 'const' && isUnmodelled(object.address.value))
      return unknownCallee(frame, e, object.type, wanted);
    const callee = object ? read(frame, object, e.callee.span) : lowerExpression(frame, e.callee);
    return lowerIndirect(frame, e, callee, wanted);
  }
  const name = e.callee.name;
  const local = lookUp(frame, name);
  if (local?.kind === 'reg' && local.fixed)
    return lowerIndirect(frame, e, { expr: local.fixed, type: local.type }, wanted);
  if (local) return lowerIndirect(frame, e, read(frame, local, e.span), wanted);

  const from = e.span.unit;
  const found = program.symbols.function(name, from);
  // What the lowering knows goes before what a kernel tree has.
  const isDefined = program.operation(name) !== null || (found !== null && found.span.unit.origin !== 'tree');
  const builtin = isDefined && changesNothing(name) ? null : findBuiltin(name);
  if (builtin) return builtin(builtinCall(frame, e, name));
  if (name === 'hw_cpu' && frame.cpu) return frame.cpu;
  const fixed = program.machineConstant(name);
  if (fixed !== null) return intValue(fixed);
  const operation = program.operation(name);
  if (operation !== null) return lowerOperation(frame, e, operation);
  const definition = isDefined || (found && !isDelay(name) && treeDepth(frame) < deepestInTree) ? found : null;
  if (definition)
    return inline(
      frame,
      definition,
      e.arguments.map((a, i) => callback(frame, a, definition.parameters[i]) ?? lowerArgument(frame, a)),
      e.span,
    );
  if (program.symbols.global(name, from)) {
    const global = program.globalAddress(name, from);
    if (global)
      return lowerIndirect(
        frame,
        e,
        read(frame, { kind: 'mem', address: constant(global.address, 64), type: global.type }, e.span),
        wanted,
      );
  }
  for (const argument of e.arguments) lowerExpression(frame, argument);
  if (isDelay(name)) return null;
  program.missing(name);
  const why = found
    ? `${name}() of the kernel tree is not followed, ${deepestInTree} calls below what the patch changes: it changes nothing that is modelled`
    : `${name}() is not modelled: it changes nothing that is modelled`;
  const declared = program.symbols.prototype(name, from);
  const type = declared?.type.kind === 'function' ? program.symbols.type(declared.type.result) : int32;
  if (wanted && type.kind !== 'void') return unknown(frame, type, `${why} and may return anything`, e.span);
  program.assume({ kind: 'assumed', text: why, span: e.span });
  return null;
}

function lowerArgument(frame: Frame, e: Expression): Value {
  return snapshot(frame, lowerExpression(frame, e), e.span);
}

/** A name that nobody defines, given where a pointer to a function is wanted: a function that is not modelled. */
function callback(frame: Frame, e: Expression, parameter: Declarator | undefined): Value | null {
  if (e.kind !== 'identifier' || !parameter) return null;
  const { symbols } = frame.program;
  const { unit } = e.span;
  if (lookUp(frame, e.name) || symbols.constant(e.name, unit) || symbols.global(e.name, unit)) return null;
  const wanted = symbols.type(parameter.type);
  const isPointer = wanted.kind === 'pointer' && wanted.to().kind === 'function';
  return isPointer && !isNamed(symbols, e.name, unit) ? functionPointer(frame, e.name, unit) : null;
}

function builtinCall(frame: Frame, expression: Call, name: string): BuiltinCall {
  const argument = (index: number): Expression =>
    expression.arguments[index] ?? {
      kind: 'unknown',
      text: `argument ${index + 1} of ${name}()`,
      span: expression.span,
    };
  return {
    frame,
    expression,
    name,
    value: (index) => lowerArgument(frame, argument(index)),
    place: (index) => lowerPlace(frame, argument(index)),
    target: (index) => {
      const e = argument(index);
      if (e.kind === 'unary' && e.operator === '&') return lowerPlace(frame, e.operand);
      const pointer = lowerArgument(frame, e);
      return {
        kind: 'mem',
        address: convert(pointer, uint64).expr,
        type: pointer.type.kind === 'pointer' ? pointer.type.to() : int32,
      };
    },
  };
}

/** An operation of the machine: arguments are ints (page numbers, CPUs, flags) or, where it says so, addresses; its result is an int. */
function lowerOperation(frame: Frame, e: Call, operation: number): Value {
  const type = frame.program.isWide(operation) ? uint64 : int32;
  const values = e.arguments.map((a) => convert(lowerArgument(frame, a), type).expr);
  const reg = frame.code.register('%machine', 32);
  frame.code.emit({ kind: 'machine', operation, arguments: values, reg }, e.span);
  return { expr: { kind: 'reg', width: 32, reg }, type: int32 };
}

/** What one agent's program may grow to, with everything put in line. */
const mostSteps = 30_000;
const deepestCalls = 48;
/** Calls of functions of a kernel tree, one inside the other, that are followed. */
export const deepestInTree = 6;

function treeDepth(frame: Frame): number {
  let depth = 0;
  for (let f: Frame | null = frame; f; f = f.caller) if (f.definition.span.unit.origin === 'tree') depth++;
  return depth;
}

/**
 * Puts the body of a function where it is called.
 * @param byPointer whether it is one of several that a pointer may mean
 */
export function inline(
  caller: Frame,
  definition: FunctionDefinition,
  values: readonly Value[],
  span: Span,
  byPointer = false,
): Value | null {
  const { program, code } = caller;
  let depth = 0;
  const type = program.symbols.type(definition.result);
  const skipped = (text: string, kind: Assumption['kind'], at: Span = span): Value | null => {
    program.assume({ kind, text, span: at });
    return type.kind === 'void' ? null : unknown(caller, int32, text, span);
  };
  let isOneOfSeveral = byPointer;
  for (let f: Frame | null = caller; f; f = f.caller, depth++) {
    if (f.definition === definition && isOneOfSeveral && program.beyond !== null) {
      // The pointer hardly ever means what is running already: where it does, nothing is claimed.
      code.emit({ kind: 'outcome', outcome: program.beyond }, span);
      return type.kind === 'void' ? null : intValue(0);
    }
    isOneOfSeveral ||= f.byPointer;
    if (f.definition === definition)
      return skipped(`${definition.name}() calls itself; the inner call is not followed`, 'assumed');
  }
  if (code.size() > mostSteps || depth > deepestCalls)
    return skipped(`${definition.name}() is not analysed: the program is too large`, 'unanalysed');
  if (definition.errorAt !== null) {
    const at = { unit: definition.span.unit, start: definition.errorAt, end: definition.errorAt };
    return skipped(`${definition.name}() is not analysed: it could not be parsed`, 'unanalysed', at);
  }
  program.use(definition);
  code.here(span);
  const result = resultPlace(caller, definition.name, type);
  const frame: Frame = {
    program,
    code,
    definition,
    caller,
    scopes: [new Map()],
    labels: new Map(),
    result,
    returnLabel: code.label(),
    breakLabel: null,
    continueLabel: null,
    cleanups: [],
    breakKeeps: 0,
    continueKeeps: 0,
    block: null,
    cases: null,
    waitCounters: new Map(),
    top: caller.top,
    cpu: caller.cpu,
    byPointer,
    addressTaken: addressTaken(definition),
    broughtByPatch:
      caller.broughtByPatch ||
      program.changed(span) ||
      program.changed({ ...definition.span, end: definition.body.span.start }),
  };
  const outer = code.brought;
  code.brought = frame.broughtByPatch;
  const scope = frame.scopes[0] as Map<string, Place>;
  definition.parameters.forEach((parameter, index) => {
    if (parameter.name === '') return;
    const place = localPlace(frame, parameter.name, program.symbols.type(parameter.type));
    const value = values[index] ?? intValue(0);
    const isFixed =
      place.kind === 'reg' &&
      value.expr.kind === 'const' &&
      isFunction(place.type) &&
      !assigned(definition).has(parameter.name);
    scope.set(parameter.name, isFixed ? { ...place, fixed: value.expr } : place);
    write(frame, place, value, parameter.span);
  });
  if (isFragment(definition)) lowerFragment(frame);
  else lowerStatement(frame, definition.body);
  for (const [name, label] of frame.labels) {
    if (!code.placed(label)) {
      program.assume({
        kind: 'unanalysed',
        text: `label ${name} is nowhere in ${definition.name}()`,
        span: definition.span,
      });
      code.place(label);
    }
  }
  code.place(frame.returnLabel);
  code.brought = outer;
  return result ? read(caller, result, span) : null;
}

function resultPlace(caller: Frame, name: string, type: CType): Place | null {
  if (type.kind === 'void') return null;
  if (type.kind === 'struct') return localPlace(caller, `${name}()`, type);
  return { kind: 'reg', reg: caller.code.register(`%${name}()`, widthOf(type)), type };
}

const addressCache = new WeakMap<FunctionDefinition, ReadonlySet<string>>();

/** Names of locals whose address the function takes. */
export function addressTaken(definition: FunctionDefinition): ReadonlySet<string> {
  let names = addressCache.get(definition);
  if (!names) {
    const found = new Set<string>();
    walkExpressions(definition.body, (e) => {
      if (e.kind === 'unary' && e.operator === '&' && e.operand.kind === 'identifier') found.add(e.operand.name);
    });
    names = found;
    addressCache.set(definition, names);
  }
  return names;
}

const assignedCache = new WeakMap<FunctionDefinition, ReadonlySet<string>>();

/** Names of variables that the function assigns to. */
function assigned(definition: FunctionDefinition): ReadonlySet<string> {
  let names = assignedCache.get(definition);
  if (!names) {
    const found = new Set<string>();
    walkExpressions(definition.body, (e) => {
      const target = e.kind === 'assign' ? e.left : e.kind === 'update' ? e.operand : null;
      if (target?.kind === 'identifier') found.add(target.name);
    });
    names = found;
    assignedCache.set(definition, names);
  }
  return names;
}

const isFunction = (type: CType): boolean =>
  type.kind === 'function' || (type.kind === 'pointer' && type.to().kind === 'function');

/** A call through a pointer that code sets which does not run: by the rule for functions that nobody defines. */
function unknownCallee(frame: Frame, e: Call, pointer: CType, wanted: boolean): Value | null {
  for (const argument of e.arguments) lowerExpression(frame, argument);
  const text = e.callee.span.unit.source.text.slice(e.callee.span.start, e.callee.span.end).slice(0, 60);
  const why = `${text}() is set by code that is not run: what it calls changes nothing that is modelled`;
  let target = pointer.kind === 'pointer' ? pointer.to() : pointer;
  if (target.kind === 'pointer') target = target.to();
  const type = target.kind === 'function' ? target.result() : int32;
  if (wanted && type.kind !== 'void') return unknown(frame, type, `${why} and may return anything`, e.span);
  frame.program.assume({ kind: 'assumed', text: why, span: e.span });
  return null;
}

/** A call through a pointer: every function of the same shape whose address is taken may be meant. */
function lowerIndirect(frame: Frame, e: Call, pointer: Value, wanted: boolean): Value | null {
  const { program, code } = frame;
  const values = e.arguments.map((a) => lowerArgument(frame, a));
  let target = pointer.type.kind === 'pointer' ? pointer.type.to() : pointer.type;
  if (target.kind === 'pointer') target = target.to();
  const type = target.kind === 'function' ? target.result() : int32;
  const shape = target.kind === 'function' && target.parameters.length > 0 ? target.parameters : null;
  const result = wanted && type.kind !== 'void' ? resultPlace(frame, 'result', type) : null;
  const done = code.label();
  const address = snapshot(frame, convert(pointer, uint64), e.span);
  const isMeant = (candidate: AddressedFunction): boolean => {
    const { definition } = candidate;
    if (address.expr.kind === 'const' && address.expr.value !== candidate.address) return false;
    // One that could not be parsed may be meant whatever its parameters look like.
    if (definition?.errorAt === null && !fits(frame, definition, shape, values.length)) return false;
    // One that gives nothing is never meant where what it gives is used.
    const givesNothing = definition !== null && program.symbols.type(definition.result).kind === 'void';
    return !(givesNothing && wanted && type.kind !== 'void');
  };
  for (const candidate of program.addressed(isMeant)) {
    const { definition } = candidate;
    if (!isMeant(candidate)) continue;
    const [hit, next] = [code.label(), code.label()];
    code.branch(
      {
        kind: 'compare',
        width: 32,
        operandWidth: 64,
        operator: 'eq',
        left: address.expr,
        right: constant(candidate.address, 64),
      },
      hit,
      next,
      e.span,
    );
    code.place(hit);
    const value = definition
      ? inline(frame, definition, values, e.span, true)
      : unknownResult(frame, candidate.name, type, wanted, e.span);
    if (result && value) write(frame, result, value, e.span);
    code.jump(done, e.span);
    code.place(next);
  }
  if (program.unmodelled !== null) {
    const [lost, nowhere] = [code.label(), code.label()];
    code.branch(liesInUnmodelled(address.expr), lost, nowhere, e.span);
    code.place(lost);
    if (program.triesContents) {
      const text = 'what a function does that nobody knows changes nothing that is modelled';
      if (result) write(frame, result, unknown(frame, type, `${text}, and it may return anything`, e.span), e.span);
      else program.assume({ kind: 'assumed', text, span: e.span });
      code.jump(done, e.span);
    } else code.emit({ kind: 'outcome', outcome: program.unmodelled }, e.span);
    code.place(nowhere);
  }
  // No such function: a jump to nowhere. Asking for the address, whatever comes of it, tells whether it is known.
  const fault = program.outcome('page-fault');
  if (fault !== null) {
    const [nowhere, wild] = [code.label(), code.label()];
    if (address.expr.kind !== 'const') code.branch(isNull(address.expr), nowhere, wild, e.span);
    code.place(nowhere);
    code.emit({ kind: 'outcome', outcome: fault }, e.span);
    code.place(wild);
    if (address.expr.kind !== 'const') code.emit({ kind: 'outcome', outcome: fault }, e.span);
  }
  code.jump(done, e.span);
  code.place(done);
  return result ? read(frame, result, e.span) : wanted && type.kind !== 'void' ? intValue(0) : null;
}

const isNull = (address: Expr): Expr => ({
  kind: 'compare',
  width: 32,
  operandWidth: 64,
  operator: 'eq',
  left: address,
  right: constant(0n, 64),
});

/** What a function gives back that is declared and defined nowhere. */
function unknownResult(frame: Frame, name: string, type: CType, wanted: boolean, span: Span): Value | null {
  if (!wanted || type.kind === 'void') return null;
  return unknown(frame, type, `${name}() is defined nowhere and may return anything`, span);
}

/** Whether a function can be called with these parameters; one that takes fewer leaves the rest alone. */
function fits(frame: Frame, definition: FunctionDefinition, shape: readonly TypeName[] | null, count: number): boolean {
  if (definition.parameters.length > (shape?.length ?? count)) return false;
  const same = (a: CType, b: CType): boolean =>
    a.kind === b.kind && (a.kind !== 'int' || b.kind !== 'int' || a.bits === b.bits) && sizeOf(a) === sizeOf(b);
  return (
    shape === null ||
    definition.parameters.every((p, i) =>
      same(frame.program.symbols.type(p.type), frame.program.symbols.type(shape[i] as TypeName)),
    )
  );
}

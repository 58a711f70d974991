// SPDX-License-Identifier: MIT
import type { Declarator, Statement } from './ast';
import type { Label } from './code';
import { type Frame, reserve } from './context';
import { alignOf, type CType, sizeOf } from './ctype';
import { initialise } from './initialise';
import { lowerListLoop } from './listLoops';
import { lowerCall } from './lowerCall';
import { lowerCondition, lowerExpression, write } from './lowerExpression';
import { constant, type Place, widthOf } from './value';
import { asWait } from './waits';

/** Lowers statements in order. */
export function lowerStatements(frame: Frame, body: readonly Statement[]): void {
  for (const statement of body) lowerStatement(frame, statement);
}

/** Lowers one statement; a statement that is left out of this program does nothing. */
export function lowerStatement(frame: Frame, s: Statement): void {
  const { code, program } = frame;
  // A label stays when what it marks is left out, or the gotos to it would have no end.
  if (
    s.kind !== 'block' &&
    s.kind !== 'label' &&
    s.kind !== 'case' &&
    s.kind !== 'declaration' &&
    program.removed(s.span)
  )
    return;
  switch (s.kind) {
    case 'expression':
      if (s.expression.kind === 'call') lowerCall(frame, s.expression, false);
      else lowerExpression(frame, s.expression);
      return;
    case 'declaration':
      for (const declarator of s.declarators) declare(frame, declarator);
      return;
    case 'block':
      frame.scopes.push(new Map());
      lowerStatements(frame, s.body);
      frame.scopes.pop();
      return;
    case 'if': {
      const [then, otherwise, done] = [code.label(), code.label(), code.label()];
      lowerCondition(frame, s.condition, then, otherwise);
      code.place(then);
      lowerStatement(frame, s.then);
      code.jump(done, s.span);
      code.place(otherwise);
      if (s.else) lowerStatement(frame, s.else);
      code.jump(done, s.span);
      code.place(done);
      return;
    }
    case 'while':
    case 'do':
    case 'for':
      return lowerLoop(frame, s);
    case 'macroLoop':
      return lowerListLoop(frame, s);
    case 'switch':
      return lowerSwitch(frame, s);
    case 'case': {
      const found = frame.cases?.find((c) => c.statement === s);
      if (found) code.place(found.label);
      lowerStatements(frame, s.body);
      return;
    }
    case 'label':
      code.place(gotoLabel(frame, s.name));
      if (s.body) lowerStatement(frame, s.body);
      return;
    case 'goto':
      code.jump(gotoLabel(frame, s.name), s.span);
      code.place(code.label());
      return;
    case 'break':
    case 'continue': {
      const target = s.kind === 'break' ? frame.breakLabel : frame.continueLabel;
      if (target === null)
        return program.assume({ kind: 'assumed', text: `${s.kind} outside a loop does nothing`, span: s.span });
      code.jump(target, s.span);
      code.place(code.label());
      return;
    }
    case 'return':
      if (s.value) {
        const value = lowerExpression(frame, s.value);
        if (frame.result && value.type.kind !== 'void') write(frame, frame.result, value, s.span);
      }
      code.jump(frame.returnLabel, s.span);
      code.place(code.label());
      return;
    case 'empty':
      return;
  }
}

function gotoLabel(frame: Frame, name: string): Label {
  let label = frame.labels.get(name);
  if (label === undefined) {
    label = frame.code.label();
    frame.labels.set(name, label);
  }
  return label;
}

/** Declares a local: in a register, or in private memory where its address is taken or it has parts. */
function declare(frame: Frame, d: Declarator): void {
  const { program } = frame;
  const type = program.symbols.type(sized(d));
  if (type.kind === 'function') return;
  const scope = frame.scopes.at(-1) as Map<string, Place>;
  if (d.isStatic || d.isExtern) {
    const global = d.isStatic ? program.staticAddress(d) : program.globalAddress(d.name);
    if (global) scope.set(d.name, { kind: 'mem', address: constant(global.address, 64), type: global.type });
    return;
  }
  const place = localPlace(frame, d.name, type);
  scope.set(d.name, place);
  if (d.initializer && !program.removed(d.span)) initialise(frame, place, d.initializer, d.span);
}

/** `int a[] = { 1, 2 }` has the length of its initialiser. */
function sized(d: Declarator): Declarator['type'] {
  if (d.type.kind !== 'array' || d.type.length !== null || d.initializer?.kind !== 'list') return d.type;
  return {
    ...d.type,
    length: { kind: 'number', value: BigInt(d.initializer.items.length), unsigned: false, long: false, span: d.span },
  };
}

/** A fresh variable of a frame. */
export function localPlace(frame: Frame, name: string, type: CType): Place {
  if (type.kind === 'struct' || type.kind === 'array' || frame.addressTaken.has(name)) {
    return { kind: 'mem', address: constant(reserve(frame, sizeOf(type), alignOf(type)), 64), type };
  }
  return { kind: 'reg', reg: frame.code.register(name, widthOf(type)), type };
}

/** Runs `body` with its own targets for break and continue. */
export function withLoop(frame: Frame, breakLabel: Label, continueLabel: Label, body: () => void): void {
  const { breakLabel: outerBreak, continueLabel: outerContinue } = frame;
  frame.breakLabel = breakLabel;
  frame.continueLabel = continueLabel;
  body();
  frame.breakLabel = outerBreak;
  frame.continueLabel = outerContinue;
}

function lowerLoop(frame: Frame, s: Extract<Statement, { kind: 'while' | 'do' | 'for' }>): void {
  const { code } = frame;
  const [top, body, next, done] = [code.label(), code.label(), code.label(), code.label()];
  frame.scopes.push(new Map());
  if (s.kind === 'for' && s.initial) lowerStatement(frame, s.initial);
  asWait(frame, s, () => {
    withLoop(frame, done, next, () => {
      if (s.kind === 'do') {
        code.place(body);
        lowerStatement(frame, s.body);
        code.place(next);
        lowerCondition(frame, s.condition, body, done);
        code.place(top);
      } else {
        code.place(top);
        if (s.condition) lowerCondition(frame, s.condition, body, done);
        code.place(body);
        lowerStatement(frame, s.body);
        code.place(next);
        if (s.kind === 'for' && s.update) lowerExpression(frame, s.update);
        code.jump(top, s.span);
      }
    });
    code.place(done);
  });
  frame.scopes.pop();
}

function lowerSwitch(frame: Frame, s: Extract<Statement, { kind: 'switch' }>): void {
  const { code } = frame;
  const value = lowerExpression(frame, s.value);
  const done = code.label();
  const statements = s.body.kind === 'block' ? s.body.body : [s.body];
  const cases = statements.filter((c) => c.kind === 'case').map((statement) => ({ statement, label: code.label() }));
  for (const { statement, label } of cases) {
    if (statement.kind !== 'case' || statement.value === null) continue;
    const next = code.label();
    const wanted = lowerExpression(frame, statement.value);
    const width = value.expr.width;
    const against =
      wanted.expr.width === width
        ? wanted.expr
        : constant(BigInt.asIntN(width, frame.program.symbols.evaluate(statement.value) ?? 0n), width);
    code.branch(
      { kind: 'compare', width: 32, operandWidth: width, operator: 'eq', left: value.expr, right: against },
      label,
      next,
      statement.span,
    );
    code.place(next);
  }
  const fallback = cases.find(({ statement }) => statement.kind === 'case' && statement.value === null);
  code.jump(fallback?.label ?? done, s.span);
  const outer = frame.cases;
  frame.cases = cases;
  withLoop(frame, done, frame.continueLabel ?? done, () => lowerStatement(frame, s.body));
  frame.cases = outer;
  code.place(done);
}

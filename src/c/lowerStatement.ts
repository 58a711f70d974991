// SPDX-License-Identifier: MIT
import type { Declarator, Expression, Statement } from './ast';
import { cleanUpVariable, leave, leaveFor, lowerGuard, readGuard } from './cleanups';
import type { Label } from './code';
import { type Frame, reserve } from './context';
import { alignOf, type CType, sizeOf } from './ctype';
import { canBeLeftOut, decided } from './decided';
import { notShown } from './fragment';
import { initialise } from './initialise';
import { completed } from './initializerPlan';
import { lowerListLoop } from './listLoops';
import { lowerCall } from './lowerCall';
import { lowerCondition } from './lowerCondition';
import { lowerExpression } from './lowerExpression';
import { snapshot, write } from './places';
import { removable } from './removable';
import { typeIn } from './typeOf';
import { comparison, constant, convert, intValue, type Place, promote, truth, widthOf } from './value';
import { asWait } from './waits';
import { walkStatements } from './walk';

/** Lowers statements in order. */
export function lowerStatements(frame: Frame, body: readonly Statement[]): void {
  for (const statement of body) lowerStatement(frame, statement);
}

/** Lowers one statement; one that may be left out has a branch in front of it. */
export function lowerStatement(frame: Frame, s: Statement): void {
  // A label stays when what it marks is left out, or the gotos to it would have no end.
  if (s.kind === 'block' || s.kind === 'label' || s.kind === 'case' || s.kind === 'declaration') lowerKept(frame, s);
  else removable(frame, s.span, () => lowerKept(frame, s));
}

function lowerKept(frame: Frame, s: Statement): void {
  const { code, program } = frame;
  switch (s.kind) {
    case 'expression': {
      const guard = readGuard(s.expression);
      if (guard) return lowerGuard(frame, guard.name, guard.values, s.span);
      if (s.expression.kind === 'call') lowerCall(frame, s.expression, false);
      else lowerExpression(frame, s.expression);
      return;
    }
    case 'declaration':
      for (const declarator of s.declarators) declare(frame, declarator);
      return;
    case 'block':
      return inScope(frame, s, () => lowerStatements(frame, s.body));
    case 'if': {
      const known = decided(frame, s.condition);
      const never = known === null ? null : known ? s.else : s.then;
      if (known !== null && (never === null || canBeLeftOut(never))) {
        const runs = known ? s.then : s.else;
        if (runs) lowerStatement(frame, runs);
        return;
      }
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
      leaveFor(frame, s.name);
      code.jump(gotoLabel(frame, s.name), s.span);
      code.place(code.label());
      return;
    case 'break':
    case 'continue': {
      const target = s.kind === 'break' ? frame.breakLabel : frame.continueLabel;
      if (target === null)
        return program.assume({ kind: 'assumed', text: `${s.kind} outside a loop does nothing`, span: s.span });
      leave(frame, s.kind === 'break' ? frame.breakKeeps : frame.continueKeeps);
      code.jump(target, s.span);
      code.place(code.label());
      return;
    }
    case 'return':
      if (s.value) {
        const value = lowerExpression(frame, s.value);
        if (frame.result && value.type.kind !== 'void') write(frame, frame.result, value, s.span);
      }
      leave(frame, 0);
      code.jump(frame.returnLabel, s.span);
      code.place(code.label());
      return;
    case 'empty':
      return;
  }
}

/** Lowers what stands in a block: its names and its cleanups end with it. */
export function inScope<T>(frame: Frame, block: Statement | null, body: () => T): T {
  const { block: outer } = frame;
  const kept = frame.cleanups.length;
  frame.scopes.push(new Map());
  frame.block = block;
  const result = body();
  if (frame.code.open()) leave(frame, kept);
  frame.cleanups.length = kept;
  frame.block = outer;
  frame.scopes.pop();
  return result;
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
  const type = completed(typeIn(frame, d.type), d, program.symbols);
  if (type.kind === 'function') return;
  const scope = frame.scopes.at(-1) as Map<string, Place>;
  if (d.isStatic || d.isExtern) {
    const global = d.isStatic ? program.staticAddress(d) : program.globalAddress(d.name, d.span.unit);
    if (global) scope.set(d.name, { kind: 'mem', address: constant(global.address, 64), type: global.type });
    return;
  }
  const place = localPlace(frame, d.name, type);
  scope.set(d.name, place);
  if (frame.caller?.caller === null) program.local(d.name, place);
  const { initializer } = d;
  if (initializer) removable(frame, d.span, () => initialise(frame, place, initializer, d.span));
  cleanUpVariable(frame, d);
}

/** A fresh variable of a frame. */
export function localPlace(frame: Frame, name: string, type: CType): Place {
  if (type.kind === 'struct' || type.kind === 'array' || frame.addressTaken.has(name)) {
    return { kind: 'mem', address: constant(reserve(frame, sizeOf(type), alignOf(type)), 64), type };
  }
  return { kind: 'reg', reg: frame.code.register(name, widthOf(type)), type };
}

/** Runs `body` with its own targets for break and continue. */
export function withLoop(frame: Frame, breakLabel: Label, continueLabel: Label | null, body: () => void): void {
  const { breakLabel: outerBreak, continueLabel: outerContinue, breakKeeps, continueKeeps } = frame;
  frame.breakLabel = breakLabel;
  frame.continueLabel = continueLabel;
  frame.breakKeeps = frame.cleanups.length;
  if (continueLabel !== outerContinue) frame.continueKeeps = frame.cleanups.length;
  body();
  frame.breakKeeps = breakKeeps;
  frame.continueKeeps = continueKeeps;
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
  if (s.value.kind === 'identifier' && s.value.name === notShown) return lowerHiddenSwitch(frame, s);
  const value = promote(snapshot(frame, lowerExpression(frame, s.value), s.span));
  const done = code.label();
  const cases = casesOf(s.body).map((statement) => ({ statement, label: code.label() }));
  const branch = (operator: string, to: Expression, then: Label, otherwise: Label): void => {
    const wanted = convert(lowerExpression(frame, to), value.type);
    code.branch(truth(comparison(operator, value, wanted) ?? intValue(0)), then, otherwise, to.span);
  };
  for (const { statement, label } of cases) {
    if (statement.value === null) continue;
    const next = code.label();
    if (statement.endValue) {
      const upper = code.label();
      branch('>=', statement.value, upper, next);
      code.place(upper);
      branch('<=', statement.endValue, label, next);
    } else branch('==', statement.value, label, next);
    code.place(next);
  }
  const fallback = cases.find(({ statement }) => statement.value === null);
  code.jump(fallback?.label ?? done, s.span);
  lowerCases(frame, s, cases, done);
}

/** A switch of which the value is not shown: every case is tried. */
function lowerHiddenSwitch(frame: Frame, s: Extract<Statement, { kind: 'switch' }>): void {
  const { code } = frame;
  const done = code.label();
  const cases = casesOf(s.body).map((statement) => ({ statement, label: code.label() }));
  for (const { label } of cases.slice(1)) {
    const next = code.label();
    code.branch(truth(lowerExpression(frame, s.value)), label, next, s.span);
    code.place(next);
  }
  code.jump(cases[0]?.label ?? done, s.span);
  lowerCases(frame, s, cases, done);
}

function lowerCases(
  frame: Frame,
  s: Extract<Statement, { kind: 'switch' }>,
  cases: readonly { readonly statement: Case; readonly label: Label }[],
  done: Label,
): void {
  const { code } = frame;
  const outer = frame.cases;
  frame.cases = cases;
  withLoop(frame, done, frame.continueLabel, () => lowerStatement(frame, s.body));
  frame.cases = outer;
  // A case whose statement was left out.
  for (const { label } of cases) if (!code.placed(label)) code.place(label);
  code.place(done);
}

type Case = Extract<Statement, { kind: 'case' }>;

/** The cases of a switch, also those inside blocks and behind labels, without those of a switch inside it. */
function casesOf(body: Statement): Case[] {
  const found: Case[] = [];
  walkStatements(body, (s) => {
    if (s.kind === 'switch') return false;
    if (s.kind === 'case') found.push(s);
    return true;
  });
  return found;
}

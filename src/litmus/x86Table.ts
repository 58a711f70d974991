// SPDX-License-Identifier: MIT
/** The table of an x86 test: columns of instructions, one for each thread. */
import type { Bytes } from '../engine/program';
import { Problem } from './problem';
import type { Range } from './sections';
import { type Operand, readOperand } from './x86Operands';

export interface Instruction {
  /** In lower case, without a prefix. */
  readonly mnemonic: string;
  readonly isLocked: boolean;
  /** The destination first. */
  readonly operands: readonly Operand[];
  /** Labels in front of it; an instruction without a mnemonic only carries labels. */
  readonly labels: readonly string[];
  /** What a jump goes to, or null. */
  readonly target: string | null;
  readonly offset: number;
}

export interface Thread {
  readonly number: number;
  readonly instructions: readonly Instruction[];
}

const mostThreads = 24;
const mostInstructions = 4000;

/** Reads the table. `isAtt`: the source stands first, as AT&T writes. Throws a Problem. */
export function readTable(text: string, range: Range, isAtt: boolean): Thread[] {
  const rows = rowsOf(text, range);
  const head = rows.shift();
  if (head === undefined) throw new Problem('the table of instructions is missing', range.to);
  const threads = head.map(({ text: cell, offset }) => {
    const number = /^(?:P|proc:?)\s*(\d{1,4})$/i.exec(cell)?.[1];
    if (number === undefined) throw new Problem(`“${cell.slice(0, 40)}” is no thread (P0, P1…)`, offset);
    return { number: Number(number), instructions: [] as Instruction[] };
  });
  if (threads.length > mostThreads) throw new Problem(`more than ${mostThreads} threads`, range.from);
  const twice = threads.find((thread, i) => threads.slice(0, i).some(({ number }) => number === thread.number));
  if (twice) throw new Problem(`P${twice.number} is there twice`, range.from);
  let count = 0;
  for (const row of rows) {
    row.forEach((cell, column) => {
      if (cell.text === '') return;
      const thread = threads[column];
      if (thread === undefined) throw new Problem('there are more columns than threads', cell.offset);
      thread.instructions.push(readInstruction(cell, isAtt));
      if (++count > mostInstructions) throw new Problem(`more than ${mostInstructions} instructions`, cell.offset);
    });
  }
  return threads;
}

interface Cell {
  /** Without blanks around it. */
  readonly text: string;
  readonly offset: number;
}

/** Rows end with a semicolon; the one behind a LOCK prefix ends none. */
function rowsOf(text: string, { from, to }: Range): Cell[][] {
  const rows: Cell[][] = [];
  let row: Cell[] = [];
  let start = from;
  const close = (end: number): void => {
    const part = text.slice(start, end);
    const trimmed = part.trim();
    row.push({ text: trimmed, offset: start + (trimmed === '' ? 0 : part.indexOf(trimmed[0] as string)) });
    start = end + 1;
  };
  for (let at = from; at < to; at++) {
    if (text[at] === '|') close(at);
    else if (text[at] === ';' && !/\block\s*$/i.test(text.slice(Math.max(start, at - 20), at))) {
      close(at);
      rows.push(row);
      row = [];
    }
  }
  close(to);
  rows.push(row);
  return rows.filter((cells) => cells.some((cell) => cell.text !== ''));
}

const jump = /^(jmp|j[a-z]{1,3}|loop)$/;

function readInstruction({ text, offset }: Cell, isAtt: boolean): Instruction {
  const labels: string[] = [];
  let rest = text;
  for (let match = /^([A-Za-z_.]\w*)\s*:\s*/.exec(rest); match; match = /^([A-Za-z_.]\w*)\s*:\s*/.exec(rest)) {
    labels.push(match[1] as string);
    rest = rest.slice(match[0].length);
  }
  const at = offset + text.length - rest.length;
  const lock = /^lock[;\s]+/i.exec(rest);
  const isLocked = lock !== null;
  rest = rest.slice(lock?.[0].length ?? 0);
  const match = /^([A-Za-z]\w*)\s*([\s\S]*)$/.exec(rest);
  if (!match) {
    if (rest !== '' || isLocked) throw new Problem(`“${text.slice(0, 60)}” is no instruction`, at);
    return { mnemonic: '', isLocked, operands: [], labels, target: null, offset: at };
  }
  const mnemonic = (match[1] as string).toLowerCase();
  const operandText = (match[2] as string).trim();
  if (jump.test(mnemonic)) return { mnemonic, isLocked, operands: [], labels, target: operandText, offset: at };
  const operands = splitOperands(operandText).map((operand) => readOperand(operand, isAtt, at));
  if (isAtt) operands.reverse();
  return { mnemonic, isLocked, operands, labels, target: null, offset: at };
}

/** Cuts at commas outside of brackets. */
function splitOperands(text: string): string[] {
  if (text === '') return [];
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(' || text[at] === '[') depth++;
    else if (text[at] === ')' || text[at] === ']') depth--;
    else if (text[at] === ',' && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)].map((part) => part.trim());
}

/** The size that the operands say: that of a register, or 4 bytes. */
export function operandBytes({ operands }: Instruction, isWide: boolean): Bytes {
  for (const operand of operands) if (operand.kind === 'memory' && operand.bytes !== null) return operand.bytes;
  for (const operand of operands) {
    if (operand.kind !== 'register') continue;
    return Math.min(operand.part.bits / 8, isWide ? 8 : 4) as Bytes;
  }
  return 4;
}

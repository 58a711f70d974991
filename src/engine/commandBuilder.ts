// SPDX-License-Identifier: MIT
/** Machine operations by hand: a body that says what happens, in order, becomes a `Command`. */
import type { Place } from './builder';
import type { Command, Effect } from './program';
import { exprOf, type Operand, toValue, type Value } from './values';

/** What a command does, in order; see `Effect`. */
export interface CommandBuilder {
  /** An argument that the agent's step gives, cut to 32 bits. */
  argument(index: number): Value;
  /** One of the machine's words, as the effects so far have left it. */
  word(index: number): Value;
  /** Memory past every store buffer, zero-extended; at most 4 bytes, inside an aligned word. */
  load(from: Place): Value;
  /** The operation cannot run now where the condition is 0: the agent waits. */
  require(condition: Operand): void;
  set(word: number, value: Operand): void;
  outcome(id: string): void;
  when(condition: Operand, then: () => void, otherwise?: () => void): void;
}

/** The command that a body describes, for a machine of `words` words; `outcomeIndex` numbers outcomes by their names. */
export function buildCommand(
  words: number,
  outcomeIndex: (id: string) => number,
  body: (command: CommandBuilder) => void,
): Command {
  let parameters = 0;
  for (;;) {
    const before = parameters;
    let loads = 0;
    const all: Effect[] = [];
    let effects = all;
    const register = (reg: number): Value => toValue({ kind: 'reg', width: 32, reg });
    const inside = (run: (() => void) | undefined): readonly Effect[] => {
      const outer = effects;
      const inner: Effect[] = [];
      effects = inner;
      run?.();
      effects = outer;
      return inner;
    };
    body({
      argument(index) {
        parameters = Math.max(parameters, index + 1);
        return register(index);
      },
      word: (index) => register(before + index),
      load({ address, bytes }) {
        const reg = before + words + loads++;
        effects.push({ kind: 'load', reg, address: exprOf(address), bytes: bytes === 8 ? 4 : bytes, signed: false });
        return register(reg);
      },
      require: (condition) => effects.push({ kind: 'require', condition: exprOf(condition) }),
      set: (word, value) => effects.push({ kind: 'set', word, value: exprOf(value) }),
      outcome: (id) => effects.push({ kind: 'outcome', outcome: outcomeIndex(id) }),
      when: (condition, then, otherwise) =>
        effects.push({ kind: 'when', condition: exprOf(condition), then: inside(then), else: inside(otherwise) }),
    });
    // Registers are numbered behind the arguments, and how many there are is known at the end: then once more.
    if (parameters === before) return { parameters, words, registers: parameters + words + loads, effects: all };
  }
}

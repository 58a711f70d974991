// SPDX-License-Identifier: MIT
/** What a finding says. One or two sentences that a kernel maintainer would nod at. */

import type { Decision } from './decide';
import type { FatalEnd } from './explain';
import type { OutcomeId } from './outcomes';
import type { Scenario } from './scenario';
import type { BaselineState, WhatIf } from './types';

/** A diagnostic holds no more. */
const shortLimit = 200;

/** What a finding says: the whole, and what fits into a diagnostic. */
export interface Wording {
  readonly message: string;
  readonly short: string;
}

/**
 * @param end who does what to which page at the fatal step, a sentence, and where others stand then; for `absent` that of
 *   the run before the patch
 * @param isUnrelated whether the patch has nothing to do with it (see `Finding.unrelated`)
 */
export function wordFinding(
  scenario: Pick<Scenario, 'machine' | 'title'>,
  outcome: OutcomeId,
  state: BaselineState,
  end: Pick<FatalEnd, 'full' | 'others'>,
  decision: Decision,
  portable: 'x86-only' | 'yes',
  isUnrelated: boolean,
): Wording {
  const sentence = end.full.replace(/\.$/, '');
  const unbegun = sentence.charAt(0) === 'T' ? sentence.charAt(0).toLowerCase() + sentence.slice(1) : sentence;
  const lower = end.others === '' ? unbegun : `${end.others}, ${unbegun}`;
  const plain = lower === unbegun ? sentence : lower.charAt(0).toUpperCase() + lower.slice(1);
  /** What happens, shorter and shorter. */
  const tellings = [lower, unbegun, unbegun.split('; ')[0] ?? unbegun];
  const where = `${scenario.machine}: ${scenario.title}`;
  const portability =
    portable === 'x86-only' ? ' This holds on x86 only: the kernel’s memory model still allows the outcome.' : '';
  if (isUnrelated)
    return {
      message: `${plain} (${where}), with the patch as without it; the patch changes nothing that the hardware sees here.`,
      short: cut(...tellings.map((what) => `${outcome} with the patch as without it: ${what}.`)),
    };
  switch (state) {
    case 'absent':
      return {
        message: `The patch removes ${outcome} (${where}). ${decision.how.kind === 'flips' ? 'Without this line' : 'Without the patch'}, ${lower}.${portability}`,
        short: cut(
          ...tellings.map(
            (what) =>
              `Fixes ${outcome}${portable === 'x86-only' ? ' on x86 only' : ''}: ${decision.how.kind === 'flips' ? 'without this line' : 'without the patch'}, ${what}.`,
          ),
        ),
      };
    case 'new':
    case 'unchanged': {
      const verb = state === 'new' ? 'introduces' : 'leaves';
      const head = `${outcome} ${state === 'new' ? 'introduced' : 'remains'}`;
      const reason = because(decision);
      return {
        message: `${reason ? `${reason} ` : ''}${reason ? 'So ' : ''}${reason ? lower : plain} (${where}); the patch ${verb} ${outcome}.`,
        short: cut(
          ...tellings.map((what) => `${head}: ${reason ? `${unstarted(reason)}; ${what}` : what}.`),
          ...(reason ? [`${head}: ${unstarted(reason)}.`] : []),
        ),
      };
    }
  }
}

/**
 * What a mail is told that has no code and names a function.
 * @param name of the function
 * @param explanation who does what to which page at the fatal step, a sentence
 * @param version of the kernel that the models stand for
 */
export function wordProse(
  scenario: Scenario,
  outcome: OutcomeId,
  name: string,
  explanation: string,
  version: string,
): Wording {
  const plain = explanation.replace(/\.$/, '');
  return {
    message: `${name}() runs in ${scenario.id} (${scenario.machine}: ${scenario.title}). On the bundled models alone, as of Linux ${version}, that comes to ${outcome}: ${plain}.`,
    short: cut(`${name}() runs in ${scenario.id}: on the bundled models alone that comes to ${outcome}.`),
  };
}

/** What a barrier that is not enough does order, on x86. */
const orders = {
  compiler: 'the compiler',
  read: 'loads',
  write: 'stores',
  full: 'what comes before it',
  atomic: 'the atomic operation beside it',
} as const;

function because(decision: Decision): string {
  const { how } = decision;
  if (how.kind !== 'buffered') return '';
  const order =
    how.between === null
      ? 'nothing orders the two'
      : `${how.between.text.replace(/;$/, '')} orders only ${orders[how.between.fence]}`;
  return `The store of ${how.store} may still be buffered when ${how.load} is read: ${order}.`;
}

/**
 * What is offered for an outcome: `Simulated: smp_mb() in place of “barrier();” removes it.`
 * @param at where that is, with a blank in front
 */
export function wordWhatIf({ text, portable }: WhatIf, at = ''): string {
  const where = portable === 'x86-only' ? ' on x86 (the kernel’s memory model still allows it)' : '';
  return `Simulated: ${text}${at} removes it${where}.`;
}

/** What is said of a finding that stands at the line of an edit: that it is decided there. */
export function wordDecided({ message, short }: Wording, { text, portable }: WhatIf): Wording {
  const decided = `With ${text} it does not happen${portable === 'x86-only' ? ' on x86' : ''}.`;
  return { message: `${message} ${decided}`, short: cut(`${short} ${decided}`, short) };
}

/** A sentence as a part of another one. */
const unstarted = (sentence: string): string =>
  (sentence.charAt(0).toLowerCase() + sentence.slice(1)).replace(/\.$/, '');

/** The first of the texts that fits into a diagnostic; the last one is cut at a word. */
function cut(...texts: readonly string[]): string {
  return texts.find((text) => text.length <= shortLimit) ?? shortened(texts.at(-1) ?? '');
}

/**
 * A text cut at a word, with an ellipsis, where it has more characters than a diagnostic should.
 * @param behind characters that are to follow it
 */
export function shortened(text: string, behind = 0): string {
  const room = shortLimit - behind;
  return text.length <= room ? text : `${text.slice(0, room - 1).replace(/\s+\S*$/, '')}…`;
}

/** One sentence on how a run ends in which nothing fatal happens. */
export function wordCleanEnd(vacuous: readonly string[]): string {
  if (vacuous.length > 0) return `Void: it never happened that ${vacuous.join(', nor that ')}.`;
  return 'Runs to its end: nothing fatal is reachable within the bounds.';
}

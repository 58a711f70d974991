// SPDX-License-Identifier: MIT
/** Findings with the small edits that remove them, and with the deciding line where only an edit tells it. */

import { storyOf } from '../series/tellSeries';
import type { Finding, Hooks, Notice, Place } from '../types';
import { wordDecided } from '../wording';
import type { PatchQuestions } from './question';
import { type Answer, tryWhatIfs } from './tryWhatIfs';

/**
 * @param findings as they are told; those of a series may be copies of what was asked about
 * @returns as many findings, in the same order, and what is to be said of the edits
 */
export async function addWhatIfs(
  text: string,
  findings: readonly Finding[],
  questions: readonly PatchQuestions[],
  hooks: Hooks,
  deadline: number,
): Promise<{ readonly findings: readonly Finding[]; readonly notices: readonly Notice[] }> {
  const result = await tryWhatIfs(text, questions, hooks, deadline);
  const note = (message: string): Notice => ({ level: 'note', message, place: null });
  if (result.kind === 'cut')
    return { findings, notices: [note('the time ran out while small edits of the patch were tried: none is offered')] };
  const answers = new Map(result.answers.map((answer) => [keyOf(answer.asked.finding), answer]));
  const told = findings.map((finding) => {
    const answer = finding.baselineState === 'absent' ? undefined : answers.get(keyOf(finding));
    return answer ? withWhatIfs(finding, answer) : finding;
  });
  const notices: Notice[] = [];
  if (result.isCut) notices.push(note('there are more small edits of the patch than are tried: some were left out'));
  if (result.refused !== null && !told.some(({ whatIfs }) => whatIfs))
    notices.push(note(`no small edit of this patch can be shown: ${result.refused}`));
  return { findings: told, notices };
}

const keyOf = (finding: Finding): string => `${storyOf(finding)} ${placeText(finding.place)}`;
const placeText = ({ line, column }: Place): string => `${line}:${column}`;

/** The smallest edit tells where an outcome is decided that no line decides otherwise. */
function withWhatIfs(finding: Finding, { asked, whatIfs }: Answer): Finding {
  const [smallest] = whatIfs;
  if (!smallest) return finding;
  return { ...finding, whatIfs, ...(asked.isOpen && { ...wordDecided(finding, smallest), place: smallest.place }) };
}

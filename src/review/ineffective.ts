// SPDX-License-Identifier: MIT
import { outcomes } from './outcomes';
import type { Finding } from './types';

/**
 * The findings of one patch as they count. Where its code changes nothing that the hardware sees in any story, and runs
 * on one kind of machine only, it is meant for that machine and does not do what it is for: what remains counts in full.
 * Code that runs on several kinds (a lock around every conversion) has nothing to do with what is wrong on each: where it
 * removes nothing and brings nothing on any of them, all that remains is a note.
 * @param kinds the kinds of machine of the stories that have findings
 */
export function ineffective(findings: readonly Finding[], kinds: ReadonlySet<string>): readonly Finding[] {
  if (kinds.size > 1 && findings.every((f) => f.baselineState === 'unchanged'))
    return findings.map((finding) => ({ ...finding, unrelated: true, level: 'note' }));
  if (kinds.size > 1 || findings.some((f) => !f.unrelated)) return findings;
  return findings.map(({ unrelated: _, ...finding }) => ({ ...finding, level: outcomes[finding.ruleId][0] }));
}

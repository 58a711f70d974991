// SPDX-License-Identifier: MIT
import { readDocument } from '../patch/readDocument';
import { type Told, toldOf } from '../review/people';
import { replyTo } from '../review/reply/reply';
import { endProgress, loadReviewer, readReviewable, terminalHooks } from './input';
import { budgetOf } from './reviewInputs';
import { treeOption } from './treeOption';
import { budgetOption, positive, readOptions, UsageError } from './usage';

/**
 * `reply FILE`: the findings as a reply mail, numbered as `review` shows them; what a patch has nothing to do with only where
 * its number is given. Gives the exit status: 2 where the file cannot be read, a finding does not exist or a file of the
 * user's was left out, else 3 where a budget ran out, else 0, whatever was found.
 */
export async function replyCommand(words: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(words, {
    finding: { type: 'string', multiple: true },
    scenario: { type: 'string', multiple: true },
    tree: { type: 'string' },
    'budget-ms': { type: 'string' },
  });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0)
    throw new UsageError('reply needs exactly one FILE, or - for standard input');
  const numbers = (values.finding ?? []).map((value) => positive('finding', value, 1));
  const budget = budgetOf(budgetOption(values['budget-ms']));
  const tree = await treeOption(values.tree);
  const input = await readReviewable(file);
  const { reviewer, leftOut } = await loadReviewer();
  const review = await reviewer.review(
    input.text,
    { scenarios: values.scenario ?? [], ...budget, ...tree },
    terminalHooks(),
  );
  endProgress();
  const told = chosen(toldOf(review.findings), numbers);
  process.stdout.write(replyTo(readDocument(input.text, input.hasRawBytes), told));
  if (told.length === 0)
    process.stderr.write(`kernel-patch-review: ${input.name}: there is no finding to reply with\n`);
  if (leftOut) return 2;
  return review.partial ? 3 : 0;
}

/** The findings with these numbers; without any, all that the patches have to do with. Throws a UsageError for a number that none has. */
function chosen(told: readonly Told[], numbers: readonly number[]): readonly Told[] {
  if (numbers.length === 0) return told.filter(({ finding }) => !finding.unrelated);
  for (const number of numbers) {
    if (told.some((one) => one.number === number)) continue;
    const there =
      told.length === 0
        ? 'nothing was found'
        : told.length === 1
          ? 'there is only finding 1'
          : `there are 1 to ${told.length}`;
    throw new UsageError(`there is no finding ${number}: ${there}`);
  }
  return told.filter(({ number }) => numbers.includes(number));
}

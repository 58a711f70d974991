// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readDocument } from '../../../src/patch/readDocument';
import { compareText, compareVersions, type Version } from '../../../src/review/series/compare';
import { compareTexts, versionsIn } from '../../../src/review/series/versions';
import type { Finding } from '../../../src/review/types';
import { changes, reviewToy, seriesOf } from './toy';

async function versionOf(name: string, text: string): Promise<Version> {
  return { name, file: name, lines: text.split('\n'), findings: (await reviewToy(text)).findings };
}

const short = (findings: readonly Finding[]): string[] =>
  findings.map(({ scenario, ruleId, place }) => `${scenario} ${ruleId} @${place.line}`);

const broken = seriesOf([
  [1, changes.breaks],
  [2, changes.elsewhere],
]);
const whole = seriesOf(
  [
    [1, changes.breaks],
    [2, changes.elsewhere],
    [3, changes.helper],
    [4, changes.repairs],
  ],
  { version: 2 },
);

describe('two versions of a series', () => {
  it('a finding is still there though its line has moved', async () => {
    const before = await versionOf('old', broken);
    const after = await versionOf('new', `\n\n${broken}`);
    const { problems, fixes } = compareVersions(before, after);
    assert.deepEqual(
      problems.still.map((pair) => [pair.before.place.line, pair.after.place.line]),
      [[26, 28]],
    );
    assert.deepEqual([problems.gone, problems.new, fixes.gone, fixes.new, fixes.still], [[], [], [], [], []]);
  });

  it('what the later one repairs is a fix that is new, and the other way round one that is gone', async () => {
    const [before, after] = [await versionOf('v1', broken), await versionOf('v2', whole)];
    const there = compareVersions(before, after);
    assert.deepEqual(short(there.fixes.new), ['toy bug-on @94']);
    const back = compareVersions(after, before);
    assert.deepEqual(short(back.fixes.gone), ['toy bug-on @94']);
  });

  it('what only one of them has is gone or new', async () => {
    const clean = await versionOf('clean', seriesOf([[1, changes.elsewhere]]));
    const bad = await versionOf('bad', seriesOf([[1, changes.breaks]]));
    assert.deepEqual(short(compareVersions(clean, bad).problems.new), ['toy bug-on @26']);
    assert.deepEqual(short(compareVersions(bad, clean).problems.gone), ['toy bug-on @26']);
  });

  it('the same line is matched before one that was written anew', async () => {
    const version = await versionOf('v1', broken);
    const [finding] = version.findings;
    assert.ok(finding);
    const other: Finding = { ...finding, place: { ...finding.place, line: finding.place.line + 1 } };
    const { problems } = compareVersions({ ...version, findings: [finding, other] }, { ...version, findings: [other] });
    assert.deepEqual(
      problems.still.map((pair) => [pair.before, pair.after]),
      [[other, other]],
    );
    assert.deepEqual(problems.gone, [finding]);
  });

  it('both may be in one document', async () => {
    const text = `${broken}${whole}`;
    const versions = versionsIn(readDocument(text), 'a', text.split('\n'), (await reviewToy(text)).findings);
    assert.ok(versions);
    const [before, after] = versions;
    assert.deepEqual([before.name, after.name], ['v1', 'v2']);
    assert.match(compareText(before, after), /^ {2}a:\d+ \(line 26\): warning: bug-on in toy: /m);
    assert.equal(
      compareText(before, after).split('\n')[0],
      'v2 beside v1: 0 gone, 0 new, 1 still there; 0 no longer fixed, 1 fixed only now, 0 fixed as before',
    );
    assert.equal(versionsIn(readDocument(broken), 'a', broken.split('\n'), []), null);
  });

  it('the one with the smaller version comes first, whichever is asked from', async () => {
    const one = { name: 'a', text: broken, findings: (await reviewToy(broken)).findings };
    const two = { name: 'b', text: whole, findings: (await reviewToy(whole)).findings };
    for (const compared of [compareTexts(one, two), compareTexts(two, one)])
      assert.match(compared ?? '', /^b beside a: /);
    assert.equal(compareTexts(one, null), null);
  });
});

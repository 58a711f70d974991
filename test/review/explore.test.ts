// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Exploration, ExploreRequest, Finding, Side } from '../../src/review/types';
import { root } from '../support/shared';
import { quiet, review, theReviewer } from './support';

const text = readFileSync(path.join(root, 'media/samples/guest-kexec.eml'), 'utf8');

describe('ways of one’s own', () => {
  let findings: readonly Finding[];
  before(async () => {
    ({ findings } = await review(text, ['guest-kexec', 'guest-kexec-converting']));
  });

  const request = (finding: Finding, side: Side, choices: readonly number[]): ExploreRequest => ({
    text,
    scenario: finding.scenario,
    line: finding.place.line,
    side,
    choices,
  });
  async function explore(finding: Finding, side: Side, choices: readonly number[]): Promise<Exploration> {
    return (await theReviewer()).explore(request(finding, side, choices), quiet);
  }

  it('run what a review chose to the same end, on both sides', async () => {
    assert.ok(findings.length > 0);
    for (const finding of findings) {
      for (const side of ['before', 'after'] as const) {
        const told = finding.replay[side];
        assert.ok(told);
        const { way, next } = await explore(finding, side, told.choices);
        assert.deepEqual(way.steps, told.steps, `${finding.scenario} ${side}`);
        assert.equal(way.fatal?.ruleId, told.fatal?.ruleId);
        assert.equal(next.length, 0);
      }
    }
  });

  it('name every step that may come next, and each does what was said', async () => {
    const finding = findings.find(({ scenario }) => scenario === 'guest-kexec-converting') ?? findings[0];
    const told = finding?.replay.after;
    assert.ok(finding && told);
    let several = 0;
    for (const step of told.steps) {
      const { next } = await explore(finding, 'after', told.choices.slice(0, step.taken));
      if (next.length > 1) several++;
      for (const one of next) {
        const { way } = await explore(finding, 'after', [...told.choices.slice(0, step.taken), ...one.choices]);
        const last = way.steps.at(-1);
        assert.equal(last?.agent, one.agent);
        assert.equal(last?.kind, one.kind);
        if (way.fatal) assert.equal(one.outcome, way.fatal.ruleId);
      }
    }
    assert.ok(several > 0, 'there was something to choose');
  });

  it('lead from the start of the story to an end, whatever is chosen', async () => {
    const [finding] = findings;
    assert.ok(finding?.replay.after);
    let choices: readonly number[] = finding.replay.after.choices.slice(0, finding.replay.after.prepared);
    let way = (await explore(finding, 'after', choices)).way;
    assert.deepEqual(way.steps, []);
    for (let i = 0; i < 2000; i++) {
      const { next, way: now } = await explore(finding, 'after', choices);
      way = now;
      const one = next.at(i % Math.max(next.length, 1));
      if (!one) break;
      choices = [...choices, ...one.choices];
    }
    assert.ok(way.fatal !== null || /done/.test(way.summary), way.summary);
  });

  it('of an edited patch go the same way as far as they can, on lines of the patch as it is', async () => {
    const found = findings.find(
      ({ scenario, ruleId }) => scenario === 'guest-kexec-converting' && ruleId === 'td-exit',
    );
    const told = found?.replay.after;
    assert.ok(found && told?.fatal);
    const lines = text.split('\n');
    const line = lines.findIndex((each) => each.includes('barrier();')) + 1;
    const column = (lines[line - 1] ?? '').indexOf('barrier') + 1;
    const place = { file: 'document', line, column, endLine: line, endColumn: column + 'barrier'.length };
    // A line more shifts all behind it.
    const edits = [{ place, text: 'smp_mb();\n+\tbarrier' }];
    const { way } = await (await theReviewer()).explore({ ...request(found, 'after', told.choices), edits }, quiet);
    assert.equal(way.fatal, null);
    const placed = (steps: typeof told.steps): string[] =>
      steps.flatMap((step) => (step.place?.file === 'document' ? [`${step.place.line} ${step.text}`] : []));
    const [original, edited] = [placed(told.steps), placed(way.steps)];
    assert.ok(edited.includes(`${line} smp_mb();`), edited.join('\n'));
    const shared = original.filter((step) => edited.includes(step));
    assert.ok(
      shared.some((step) => Number.parseInt(step, 10) > line),
      shared.join('\n'),
    );
  });

  it('are refused where the code does not run them', async () => {
    const [finding] = findings;
    assert.ok(finding?.replay.after);
    await assert.rejects(explore(finding, 'after', [120]), /does not run this way any more/);
    const other = { ...request(finding, 'after', finding.replay.after.choices), scenario: 'no-such' };
    await assert.rejects((await theReviewer()).explore(other, quiet), /there is no scenario “no-such”/);
    const nothing = { ...request(finding, 'after', finding.replay.after.choices), text: 'At noon?' };
    await assert.rejects((await theReviewer()).explore(nothing, quiet), /does not run this way any more/);
  });
});

describe('the side of a replay that does not come to the outcome', () => {
  it('runs the same statements in the same order as the other side, as far as it can', async () => {
    const { findings } = await review(text, ['guest-kexec']);
    const fixed = findings.find(({ baselineState }) => baselineState === 'absent');
    const { before, after } = fixed?.replay ?? {};
    assert.ok(before?.fatal && after && after.fatal === null);
    assert.deepEqual(after.start.pages, before.start.pages);
    // Every statement that ran without the patch and is still there runs with it, in this order.
    const statements = after.steps.map((step) => `${step.agent} ${step.function} ${step.text}`);
    let at = -1;
    for (const step of before.steps.slice(0, -1)) {
      at = statements.indexOf(`${step.agent} ${step.function} ${step.text}`, at + 1);
      assert.ok(at >= 0, step.text);
    }
  });
});

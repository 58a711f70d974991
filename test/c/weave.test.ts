// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { WeaveRow } from '../../src/c/hunkPlan';
import { mapFile, originAt } from '../../src/c/mappedText';
import { placementThreshold } from '../../src/c/planEdit';
import { type Woven, weave } from '../../src/c/weave';
import { randomOf } from './support';

/** Rows from lines that begin with `+`, `-` or a blank. */
function rowsOf(text: string): WeaveRow[] {
  return text.split('\n').map((line, i) => ({
    kind: line[0] === '+' ? 'add' : line[0] === '-' ? 'del' : 'context',
    text: line.slice(1),
    origin: { file: 'document', line: 100 + i, column: 2 },
  }));
}

const model = mapFile(
  'model.c',
  `static int convert(struct page *page, bool enc)
{
	int err;

	/* stop others first */
	mutex_lock(&lock);
	err = prepare(page, enc);
	if (err)
		goto out;
	flush(page);
	err = change(page, enc);
	if (err)
		pr_err("failed\\n");
out:
	mutex_unlock(&lock);
	return err;
}`,
);

const woven = (...hunks: readonly string[]): Woven | null => {
  const result = weave(model, hunks.map(rowsOf));
  return result.kind === 'woven' ? result : null;
};
/** The lines that one text has and the other has not. */
const difference = (before: string, after: string): string[] => {
  const [a, b] = [before.split('\n'), after.split('\n')];
  return [
    ...a.filter((l) => !b.includes(l)).map((l) => `-${l.trim()}`),
    ...b.filter((l) => !a.includes(l)).map((l) => `+${l.trim()}`),
  ];
};

describe('hunks woven into the text of their function', () => {
  it('in its place, with where every line came from', () => {
    const result = woven(' \tif (err)\n \t\tgoto out;\n+\tbarrier();\n \tflush(page);\n \terr = change(page, enc);');
    assert.ok(result);
    assert.equal(result.score, 1);
    assert.equal(result.turned, false);
    assert.equal(result.before.text, model.text);
    assert.equal(result.after.text, model.text.replace('\tflush(page);\n', '\tbarrier();\n\tflush(page);\n'));
    const at = result.after.text.indexOf('barrier');
    assert.deepEqual(originAt(result.after, at), { file: 'document', line: 102, column: 3 });
    assert.deepEqual(originAt(result.after, result.after.text.indexOf('flush')), {
      file: 'model.c',
      line: 10,
      column: 2,
    });
  });

  it('with the place of what a mailer wrapped', () => {
    const [context, added] = rowsOf(' \tflush(page);\n+\tconvert_all(page, enc);');
    assert.ok(context && added);
    const wrapped = { ...added, wraps: [{ offset: 19, line: 102, column: 1 }] };
    const after = [' \terr = change(page, enc);'].flatMap(rowsOf);
    const result = weave(model, [[context, wrapped, ...after]]);
    assert.ok(result.kind === 'woven');
    const at = (text: string): unknown => originAt(result.after, result.after.text.indexOf(text));
    assert.deepEqual(at('convert_all'), { file: 'document', line: 101, column: 3 });
    assert.deepEqual(at('enc);\n\terr = change'), { file: 'document', line: 102, column: 1 });
  });

  it('with white space lost', () => {
    const result = woven(' if (err)\n goto out;\n-  flush(page);\n+flush_all(page);\n err=change(page,enc);');
    assert.ok(result);
    assert.deepEqual(difference(result.before.text, result.after.text), ['-flush(page);', '+flush_all(page);']);
  });

  it('with lines around it that the text does not have', () => {
    const result = woven(
      ' \tunrelated(page);\n \tif (err)\n \t\tgoto out;\n+\tbarrier();\n \tflush(page);\n \tcount_event(PAGE_FLUSH);',
    );
    assert.ok(result);
    assert.ok(result.score < 1 && result.score > placementThreshold);
    assert.match(result.after.text, /goto out;\n\tbarrier\(\);\n\tflush\(page\);/);
  });

  it('with a comment changed that the text does not have', () => {
    const result = woven(
      ' \terr = prepare(page, enc);\n \t/*\n-\t * It may fail.\n+\t * It may fail, and then\n+\t * nothing has changed.\n \t */\n \tif (err)\n-\t\tgoto out;\n+\t\treturn err;\n \tflush(page);',
    );
    assert.ok(result);
    assert.deepEqual(
      difference(result.before.text, result.after.text).filter((l) => l !== '+'),
      ['-goto out;', '+return err;'],
    );
  });

  it('turned round where the added lines are there already', () => {
    const result = woven(' \t\tgoto out;\n+\tflush(page);\n \terr = change(page, enc);\n \tif (err)');
    assert.ok(result);
    assert.equal(result.turned, true);
    assert.equal(result.after.text, model.text);
    assert.deepEqual(difference(result.before.text, result.after.text), ['+flush(page);']);
  });

  it('turned round where a line was replaced already', () => {
    const result = woven(
      ' \t\tgoto out;\n-\tflush_one(page);\n+\tflush(page);\n \terr = change(page, enc);\n \tif (err)',
    );
    assert.ok(result);
    assert.equal(result.turned, true);
    assert.deepEqual(difference(result.before.text, result.after.text), ['-flush_one(page);', '+flush(page);']);
  });

  it('pure deletions', () => {
    const result = woven(' \t\tgoto out;\n-\tflush(page);\n \terr = change(page, enc);');
    assert.ok(result);
    assert.equal(result.turned, false);
    assert.equal(result.after.text, model.text.replace('\tflush(page);\n', ''));
  });

  it('several hunks of one function', () => {
    const result = woven(
      ' \tint err;\n \n-\t/* stop others first */\n \tmutex_lock(&lock);\n+\twait();\n \terr = prepare(page, enc);',
      ' \tif (err)\n \t\tpr_err("failed\\n");\n+\tdone();\n out:\n \tmutex_unlock(&lock);',
    );
    assert.ok(result);
    assert.match(result.after.text, /mutex_lock\(&lock\);\n\twait\(\);\n/);
    assert.match(result.after.text, /pr_err\("failed\\n"\);\n\tdone\(\);\nout:/);
  });

  it('an added line that looks like its neighbours goes where the hunk has it', () => {
    const result = woven(
      ' \terr = change(page, enc);\n \tif (err)\n \t\tpr_err("failed\\n");\n+\tif (err)\n+\t\tpr_err("again\\n");\n out:',
    );
    assert.ok(result);
    assert.match(result.after.text, /pr_err\("failed\\n"\);\n\tif \(err\)\n\t\tpr_err\("again\\n"\);\nout:/);
  });

  it('is refused where too little of it is known', () => {
    assert.equal(woven(' \tfoo(a);\n \tbar(b);\n+\tbaz(c);\n \tqux(d);'), null);
    assert.equal(woven('+\tbaz(c);'), null);
    assert.equal(woven(' \n+\tbaz(c);\n }'), null);
    assert.equal(
      woven(' \tmutex_lock(&lock);\n+\tx();\n \tfoo(a, b, c, d);\n \tbar(e, f, g, h);\n \tbaz(i, j, k, l);'),
      null,
    );
  });

  /** A function of lines that are now and then alike, as code is. */
  const functionOf = (seed: number): string[] => {
    const r = randomOf(seed);
    const names = ['page', 'err', 'enc', 'cpu', 'count', 'start', 'end', 'lock'];
    const calls = ['flush', 'prepare', 'change', 'notify', 'account', 'map', 'unmap', 'accept'];
    const line = (): string =>
      r.pick([
        () => `\t${r.pick(names)} = ${r.pick(calls)}(${r.pick(names)}, ${r.pick(names)});`,
        () => `\t${r.pick(calls)}(${r.pick(names)});`,
        () => `\tif (${r.pick(names)})\n\t\treturn ${r.pick(['-EINVAL', '0', 'err'])};`,
        () =>
          `\tfor (${r.pick(names)} = 0; ${r.pick(names)} < ${r.below(9)}; ${r.pick(names)}++)\n\t\t${r.pick(calls)}(${r.pick(names)});`,
        () => '',
        () => `\t/* ${r.pick(names)} ${r.pick(calls)} */`,
      ])();
    return [
      'int f(void)',
      '{',
      ...Array.from({ length: 5 + r.below(30) }, line)
        .join('\n')
        .split('\n'),
      '}',
    ];
  };

  it('gives exactly the edited function for a random edit of a random function', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const r = randomOf(seed + 1);
        const lines = functionOf(seed);
        const from = 2 + r.below(lines.length - 3);
        const removed = r.below(Math.min(4, lines.length - 1 - from));
        const added = Array.from(
          { length: r.below(4) + (removed === 0 ? 1 : 0) },
          (_, i) => `\tfresh_${i}(${r.below(1000)}, page);`,
        );
        const context = 3;
        const rows = [
          ...lines.slice(Math.max(0, from - context), from).map((l) => ` ${l}`),
          ...lines.slice(from, from + removed).map((l) => `-${l}`),
          ...added.map((l) => `+${l}`),
          ...lines.slice(from + removed, from + removed + context).map((l) => ` ${l}`),
        ];
        const wanted = [...lines.slice(0, from), ...added, ...lines.slice(from + removed)];
        const plain = (t: string): string =>
          t
            .split('\n')
            .filter((l) => l.trim() !== '' && !/^\s*\/\*.*\*\/$/.test(l))
            .join('\n');
        const old = plain(
          rows
            .filter((l) => l[0] !== '+')
            .map((l) => l.slice(1))
            .join('\n'),
        );
        // What stands there twice, or is a few words, cannot be placed; then it may be refused.
        // So may a hunk that only removes: with little around it, it cannot be told whether that is done already.
        const tells = added.length > 0 && (old.match(/\w+/g) ?? []).length > 5;
        const certain = tells && plain(lines.join('\n')).split(old).length === 2;
        const result = weave(mapFile('f.c', lines.join('\n')), [rowsOf(rows.join('\n'))]);
        if (result.kind === 'refused') {
          assert.ok(!certain, rows.join('\n'));
          return;
        }
        assert.equal(result.turned, false);
        assert.equal(plain(result.after.text), plain(wanted.join('\n')), rows.join('\n'));
        assert.equal(result.before.text, lines.join('\n'));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes a large function and a large hunk in good time', () => {
    const lines = Array.from({ length: 1500 }, (_, i) => `\tcall_${i % 97}(value_${i % 31}, other);`);
    const rows = lines.slice(200, 600).flatMap((l, i) => (i % 40 === 0 ? [`+\tfresh_${i}();`, ` ${l}`] : [` ${l}`]));
    const result = weave(mapFile('f.c', lines.join('\n')), [rowsOf(rows.join('\n'))]);
    assert.equal(result.kind, 'woven');
  });
});

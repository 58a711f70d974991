// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { results } from './support';

/** All results of f(), which ends in the given statements. */
const resultsOf = (
  statements: string,
  model = 'int f_todo(int error) { return choose(2) ? error : 7; }',
): Promise<number[]> =>
  results(
    `#define EINVAL 22\n${model}\nint f(void)\n{\n\tint ret;\n${statements}\n}\nlong result; void run(void) { result = f(); }`,
  );

describe('a TODO in the middle of a series', () => {
  const todo = '\t/*\n\t * TODO:\n\t *\n\t *  - the rest\n\t */\n';

  it('gives what the model of the rest gives, where an error is returned or assigned behind it', async () => {
    assert.deepEqual(await resultsOf(`${todo}\treturn -EINVAL;`), [7, -22]);
    assert.deepEqual(await resultsOf(`${todo}\tret = -EINVAL;\n\treturn ret;`), [7, -22]);
    assert.deepEqual(await resultsOf('\t/* TODO: the rest */\n\treturn -EINVAL;'), [7, -22]);
  });

  it('is nothing without a model of the rest', async () => {
    assert.deepEqual(await resultsOf(`${todo}\treturn -EINVAL;`, ''), [-22]);
    assert.deepEqual(await resultsOf(`${todo}\treturn -EINVAL;`, 'int g_todo(int error) { return 0; }'), [-22]);
  });

  it('is only what stands right behind the comment', async () => {
    assert.deepEqual(await resultsOf('\t/* Not a TODO. */\n\treturn -EINVAL;'), [-22]);
    assert.deepEqual(await resultsOf(`${todo}\tret = 1;\n\treturn -EINVAL;`), [-22]);
    assert.deepEqual(await resultsOf(`${todo}\t/* another */\n\treturn -EINVAL;`), [-22]);
    assert.deepEqual(await resultsOf(`${todo}\treturn -22;`), [-22]);
    assert.deepEqual(await resultsOf(`${todo}\treturn 1 + -EINVAL;`), [-21]);
  });
});

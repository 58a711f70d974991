// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readDocument } from '../../src/patch/readDocument';
import { numstatLines, numstatLinesOf } from '../support/gitOutput';
import { describeWithShared } from '../support/shared';

describeWithShared('conformance: debian-linux', (shared) => {
  const folder = path.join(shared, 'corpus', 'debian-linux');
  const expected = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.numstat'),
  );

  it(`debian-linux: ${expected.length} of ${expected.length} patches have the files, additions and deletions that git counts`, () => {
    assert.ok(expected.length > 0);
    const wrong = expected.filter((name) => {
      const file = path.join(folder, name);
      const { messages } = readDocument(readFileSync(file.slice(0, -'.numstat'.length), 'utf8'));
      const lines = numstatLines(readFileSync(file, 'utf8'));
      return numstatLinesOf(messages).sort().join('\n') !== lines.sort().join('\n');
    });
    assert.deepEqual(wrong, []);
  });
});

// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readMessageIds } from '../../src/mail/messageIds';

describe('ids of mails', () => {
  const cases: [string, string, string | null][] = [
    ['in brackets', '<1@example.org>', '1@example.org'],
    ['without', '1@example.org', '1@example.org'],
    ['with words around', 'Your message of "Tuesday" <1@example.org> (seen)', '1@example.org'],
    ['empty', '<>', null],
    ['missing', ' ', null],
  ];
  for (const [name, value, expected] of cases) {
    it(name, () => {
      const fields = ['message-id', 'in-reply-to'].map((field, line) => ({ name: field, value, line }));
      assert.deepEqual(readMessageIds(fields), { messageId: expected, inReplyTo: expected, references: [] });
    });
  }

  it('references stand apart by blanks, commas or nothing', () => {
    for (const between of [' ', ', ', '', '\t']) {
      const value = `<1@example.org>${between}<2@example.org>`;
      const { references } = readMessageIds([{ name: 'references', value, line: 0 }]);
      assert.deepEqual(references, ['1@example.org', '2@example.org'], JSON.stringify(between));
    }
  });
});

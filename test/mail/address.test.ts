// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readAuthor } from '../../src/mail/address';

describe('senders', () => {
  const cases: [string, ReturnType<typeof readAuthor>][] = [
    ['Jane Doe <jane@example.org>', { name: 'Jane Doe', email: 'jane@example.org' }],
    ['"Doe, Jane" <jane@example.org>', { name: 'Doe, Jane', email: 'jane@example.org' }],
    ['"Jane \\"J\\" Doe" <jane@example.org>', { name: 'Jane "J" Doe', email: 'jane@example.org' }],
    ['jane@example.org (Jane Doe)', { name: 'Jane Doe', email: 'jane@example.org' }],
    ['jane@example.org', { name: 'jane@example.org', email: 'jane@example.org' }],
    ['<jane@example.org>', { name: 'jane@example.org', email: 'jane@example.org' }],
    ['Doe, Jane', { name: 'Doe, Jane', email: null }],
    ['Jane Doe <jane@...mple.org>', { name: 'Jane Doe', email: 'jane@...mple.org' }],
    ['Jane Doe jane at example.org', { name: 'Jane Doe', email: 'jane at example.org' }],
    ['  ', null],
  ];
  for (const [value, author] of cases) {
    it(value.trim() === '' ? 'nothing' : value, () => assert.deepEqual(readAuthor(value), author));
  }
});

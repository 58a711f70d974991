// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { cleanSubject, readSubjectPrefix } from '../../src/mail/subject';

describe('subjects', () => {
  const plain = { rfc: false, resend: false, version: 1, part: null, total: null, tree: null };
  const cases: [string, Partial<ReturnType<typeof readSubjectPrefix>>, string][] = [
    ['mm: a change', {}, 'mm: a change'],
    ['[PATCH] mm: a change', {}, 'mm: a change'],
    ['[PATCH v12 19/22] mm: a change', { version: 12, part: 19, total: 22 }, 'mm: a change'],
    ['Re: [PATCHv6 10/16] mm: a change', { version: 6, part: 10, total: 16 }, 'mm: a change'],
    ['[RFC PATCH 0/3] mm: a change', { rfc: true, part: 0, total: 3 }, 'mm: a change'],
    ['[PATCH RFC v2] mm: a change', { rfc: true, version: 2 }, 'mm: a change'],
    ['[RFCv3 PATCH] mm: a change', { rfc: true, version: 3 }, 'mm: a change'],
    ['[PATCH v5.1 10/12] mm: a change', { version: 5.1, part: 10, total: 12 }, 'mm: a change'],
    ['[RESEND PATCH v2] mm: a change', { resend: true, version: 2 }, 'mm: a change'],
    ['[PATCH RESEND] mm: a change', { resend: true }, 'mm: a change'],
    ['[PATCH net-next v2 1/3] net: a change', { tree: 'net-next', version: 2, part: 1, total: 3 }, 'net: a change'],
    ['[PATCH -tip] x86: a change', { tree: 'tip' }, 'x86: a change'],
    ['[tip: x86/tdx] x86/tdx: a change', { tree: 'tip:x86/tdx' }, 'x86/tdx: a change'],
    ['[PATCH 1/3 v3] mm: a change', { version: 3, part: 1, total: 3 }, 'mm: a change'],
    ['RE: Re: [list] [PATCH v2] mm: a  change', { version: 2 }, 'mm: a change'],
    ['mm: an index [1/2] in a sentence', {}, 'mm: an index [1/2] in a sentence'],
  ];
  for (const [subject, prefix, cleaned] of cases) {
    it(subject, () => {
      assert.deepEqual(readSubjectPrefix(subject), { ...plain, ...prefix });
      assert.equal(cleanSubject(subject), cleaned);
    });
  }
});

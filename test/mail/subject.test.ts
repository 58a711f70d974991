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
    ['[PATCH 00/11 v2] mm: a change', { version: 2, part: 0, total: 11 }, 'mm: a change'],
    ['[RFC PATCH v5.1 3/7] mm: a change', { rfc: true, version: 5.1, part: 3, total: 7 }, 'mm: a change'],
    ['[PATCH 6.1 12/200] mm: a change', { tree: '6.1', part: 12, total: 200 }, 'mm: a change'],
    ['[PATCH AUTOSEL 6.6 26/29] mm: a change', { tree: '6.6', part: 26, total: 29 }, 'mm: a change'],
    ['[RFC RFT PATCH 1/4] mm: a change', { rfc: true, part: 1, total: 4 }, 'mm: a change'],
    ['[PATCH Part1 RFC v3 21/22] mm: a change', { rfc: true, version: 3, part: 21, total: 22 }, 'mm: a change'],
    ['[Resend RFC PATCH V4 13/13] x', { rfc: true, resend: true, version: 4, part: 13, total: 13 }, 'x'],
    ['[PATCH v2-RESEND 1/2] x', { resend: true, version: 2, part: 1, total: 2 }, 'x'],
    ['[PATCH-v3 1/2] x', { version: 3, part: 1, total: 2 }, 'x'],
    ['[PATCH -v3 1/2] x', { version: 3, part: 1, total: 2 }, 'x'],
    ['[PATCH] drm: a change (v4)', { version: 4 }, 'drm: a change (v4)'],
    ['[PATCH 2/3] drm: a change (v4)', { part: 2, total: 3 }, 'drm: a change (v4)'],
    ['[PATCH,v2,3/4] x', { version: 2, part: 3, total: 4 }, 'x'],
    ['[net-next,v2,3/4] x', { tree: 'net-next', version: 2, part: 3, total: 4 }, 'x'],
    ['[PATCH][v2] x', { version: 2 }, 'x'],
    ['[PATCH 1 of 3] x', { part: 1, total: 3 }, 'x'],
    ['[patch for-5.8 4/4] x', { tree: 'for-5.8', part: 4, total: 4 }, 'x'],
    ['Re: Re: [PATCH v3] x', { version: 3 }, 'x'],
    ['[GIT PULL] x86 fixes', {}, 'x86 fixes'],
    ['[LKP] [x86/boot] 5b51ae969e: failed', {}, '5b51ae969e: failed'],
    ['PATCH 1/3 v3: x', { version: 3, part: 1, total: 3 }, 'PATCH 1/3 v3: x'],
    ['patches for v3 of it', {}, 'patches for v3 of it'],
    ['mm: an index [1/2] in a sentence', {}, 'mm: an index [1/2] in a sentence'],
  ];
  for (const [subject, prefix, cleaned] of cases) {
    it(subject, () => {
      assert.deepEqual(readSubjectPrefix(subject), { ...plain, ...prefix });
      assert.equal(cleanSubject(subject), cleaned);
    });
  }
});

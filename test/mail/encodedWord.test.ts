// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { decodeWords } from '../../src/mail/encodedWord';

describe('encoded words', () => {
  const cases: [string, string][] = [
    ['plain', 'plain'],
    ['=?UTF-8?q?caf=C3=A9_x?= y', 'café x y'],
    ['=?utf-8?B?Y2Fmw6k=?=', 'café'],
    ['=?iso-8859-1?q?caf=E9?=', 'café'],
    ['=?iso-8859-2?q?=B9?=', 'š'],
    ['=?utf-8?q?a?= =?utf-8?q?b?=', 'ab'],
    ['=?utf-8?q?=C3?= =?utf-8?q?=A9?=', 'é'],
    ['=?utf-8?q?a?=\u00a0=?utf-8?q?b?=', 'a\u00a0b'],
    ['=?utf-8?q?a b?=', 'a b'],
    ['=?utf-8?q?a?= b =?utf-8?q?c?=', 'a b c'],
    ['=?gb2312?B?xOO6ww==?=', '你好'],
    ['=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=', '日本'],
    ['=?no-such-charset?q?caf=C3=A9?=', 'café'],
    ['=?utf-8?q?=FF?=', '�'],
    ['=?utf-8?x?a?=', '=?utf-8?x?a?='],
  ];
  for (const [encoded, decoded] of cases) {
    it(encoded, () => assert.equal(decodeWords(encoded), decoded));
  }
});

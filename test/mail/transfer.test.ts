// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TextBuilder } from '../../src/mail/charset';
import { splitLines } from '../../src/mail/lines';
import { decodeBase64, decodeQuotedPrintable } from '../../src/mail/transfer';

function decoded(encoding: 'base64' | 'quoted', text: string, charset = 'utf-8'): { text: string; map: Int32Array } {
  const lines = splitLines(text);
  const builder = new TextBuilder(charset);
  const startOf = (line: number): number => lines.start[line] ?? 0;
  if (encoding === 'base64') decodeBase64(lines, 0, lines.count, startOf, builder);
  else decodeQuotedPrintable(lines, 0, lines.count, startOf, builder);
  return builder.build(text.length);
}

describe('quoted-printable', () => {
  it('joins soft line breaks, keeps blanks as git does and the place of every character', () => {
    const { text, map } = decoded('quoted', 'a=3Db=\nc=C3=A9d  \ne= \nf');
    assert.equal(text, 'a=bcéd  \nef\n');
    assert.deepEqual([...map.subarray(0, 11)], [0, 1, 4, 7, 8, 14, 15, 16, 17, 18, 22]);
  });

  it('keeps a sign that starts no escape', () => {
    assert.equal(decoded('quoted', 'a = b == c =zz').text, 'a = b == c =zz\n');
  });

  it('keeps characters that the editor has decoded already', () => {
    assert.equal(decoded('quoted', 'é =C3=A9 €').text, 'é é €\n');
  });

  it('gives back any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const encoded = [...Buffer.from(text)]
          .map((byte) => `=${byte.toString(16).padStart(2, '0').toUpperCase()}`)
          .join('');
        const back = decoded('quoted', encoded.replace(/(.{72})(?=.)/g, '$1=\n'));
        assert.equal(back.text, text === '' ? '' : `${text.replace(/[\ud800-\udfff](?![\udc00-\udfff])/gu, '�')}\n`);
      }),
    );
  });
});

describe('base64', () => {
  it('gives back any text, and places that rise with it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const back = decoded(
          'base64',
          Buffer.from(text)
            .toString('base64')
            .replace(/(.{12})/g, '$1\n'),
        );
        assert.equal(back.text, Buffer.from(text).toString());
        for (let i = 1; i < back.map.length; i++) assert.ok(back.map[i]! >= back.map[i - 1]!);
      }),
    );
  });

  it('reads parts that were encoded piece by piece', () => {
    assert.equal(decoded('base64', 'YQ==\nYg==').text, 'ab');
  });
});

describe('charsets', () => {
  it('decodes what mails are labelled with', () => {
    assert.equal(decoded('quoted', '=E9', 'iso-8859-1').text, 'é\n');
    assert.equal(decoded('quoted', '=A4', 'iso-8859-15').text, '€\n');
    assert.equal(decoded('quoted', '=93a=94 =80=85', 'windows-1252').text, '“a” €…\n');
    assert.equal(decoded('quoted', '=93a=94', 'iso-8859-1').text, '\x93a\x94\n');
    assert.equal(decoded('quoted', '=1B$BF|K\\=1B(B x', 'iso-2022-jp').text, '日本 x\n');
    assert.equal(decoded('quoted', '=C3=A9', 'utf-7-or-so').text, 'é\n');
  });
});

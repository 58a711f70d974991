// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findMessages } from '../../src/mail/container';
import { splitLines } from '../../src/mail/lines';
import { openBody } from '../../src/mail/openBody';
import { decodeBytes, rawByteAt } from '../../src/mail/rawBytes';
import { readDocument } from '../../src/patch/readDocument';
import { randomMime } from '../support/randomMime';

function bodyOf(text: string, hasRawBytes = false) {
  const lines = splitLines(text);
  const [span] = findMessages(lines, []);
  assert.ok(span);
  return { lines, body: openBody(lines, span, hasRawBytes) };
}

/** The text that was read, and the document offset of each of its characters. */
function readingOf(text: string, hasRawBytes = false): { text: string; places: number[] } {
  const { lines, body } = bodyOf(text, hasRawBytes);
  const { text: own, start, end } = body.lines;
  const from = start[body.from] ?? 0;
  const to = body.packing.end > body.from ? (end[body.packing.end - 1] ?? 0) : from;
  const places: number[] = [];
  for (let offset = from; offset < to; offset++) {
    const position = body.position(body.lines.lineOf(offset), offset);
    places.push((lines.start[position.line - 1] ?? 0) + position.column - 1);
  }
  return { text: own.slice(from, to), places };
}

function mail(...lines: readonly string[]): string {
  return ['From: Jane Doe <jane@example.org>', 'Subject: x', ...lines, ''].join('\n');
}

describe('parts of mails', () => {
  it('any tree of parts: its texts come back in order, each character with its place', () => {
    fc.assert(
      fc.property(randomMime, ({ bytes, expected, skipped }) => {
        const { text, hasRawBytes } = decodeBytes(bytes);
        const found = readingOf(text, hasRawBytes);
        const wanted = expected.map((leaf) => leaf?.text ?? '\n').join('');
        assert.equal(found.text, wanted.replace(/\n$/, ''), text);
        let index = 0;
        let digits = 0;
        for (const leaf of expected) {
          digits = 0;
          let last = -1;
          for (const char of leaf?.text ?? '\n') {
            const place = found.places[index] ?? text.length;
            const there = text.charAt(place);
            if (leaf?.encoding === 'base64') {
              // The digit that has the first bit of the character's first byte.
              assert.match(there, /[A-Za-z0-9+/]/);
              if (leaf.charset === 'utf-8') {
                const first = Math.floor((digits * 8) / 6);
                const from = found.places[index - [...leaf.text].indexOf(char)] ?? 0;
                assert.ok(place >= from && place - from <= first + Math.ceil(first / 20));
              }
              digits += Buffer.byteLength(char);
            } else if (leaf?.encoding === 'quoted-printable') {
              assert.ok(
                there === char || there === '=' || leaf.charset === 'utf-7',
                `${char} at ${text.slice(place, place + 5)}`,
              );
            } else if (leaf !== null && char !== '\n') {
              const isCoded = leaf.charset === 'utf-7' || rawByteAt(text, place) >= 0 || there > '\x7f';
              assert.ok(isCoded || text.startsWith(char, place), `${char} at ${text.slice(place, place + 5)}`);
            }
            assert.ok(place >= last, 'places rise');
            last = place;
            index += char.length;
          }
        }
        const notices = bodyOf(text, hasRawBytes).body.packing.notices.filter(({ message }) =>
          /image\/png/.test(message),
        );
        assert.equal(notices.length, skipped);
      }),
      { numRuns: 300 },
    );
  });

  it('every line of the document has a role, boundaries and headers of parts that of a header', () => {
    fc.assert(
      fc.property(randomMime, ({ bytes }) => {
        const { text, hasRawBytes } = decodeBytes(bytes);
        const [message] = readDocument(text, hasRawBytes).messages;
        const lines = text.split('\n').slice(0, -1);
        const roles = new Map((message?.lines ?? []).map((info) => [info.line, info.role]));
        for (const [i, line] of lines.entries()) {
          const role = roles.get(i + 1);
          // A line of base64 in which nothing starts is the only one that may be part of the one before.
          assert.ok(role !== undefined || /^[A-Za-z0-9+/=]+$/.test(line), `${i + 1}: ${line}`);
          if (/^(?:--=_part|--alt|Content-)/.test(line)) assert.ok(role === 'header' || role === 'footer', line);
        }
        for (const info of message?.lines ?? []) {
          const length = lines[info.line - 1]?.length ?? -1;
          assert.ok(info.column >= 1 && info.column <= info.endColumn && info.endColumn <= length + 1, `${info.line}`);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('empty lines behind base64 have a role, though they encode nothing', () => {
    const text = mail('Content-Transfer-Encoding: base64', '', 'YQo=', '', '');
    const [message] = readDocument(text).messages;
    const last = message?.lines.map(({ line, role }) => `${line} ${role}`).slice(-3);
    assert.deepEqual(last, ['5 text', '6 footer', '7 footer']);
  });

  it('a part that nobody closes ends with the one around it', () => {
    const text = mail(
      'Content-Type: multipart/mixed; boundary=out',
      '',
      '--out',
      'Content-Type: multipart/mixed; boundary=in',
      '',
      '--in',
      '',
      'inner',
      '--out',
      '',
      'outer',
    );
    assert.equal(readingOf(text).text, 'inner\nouter');
  });

  it('a boundary that the header does not name is told and found', () => {
    const text = mail(
      'Content-Type: multipart/mixed; boundary=wrong',
      '',
      '--right',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      'caf=C3=A9',
      '--right--',
    );
    assert.equal(readingOf(text).text, 'café\n');
    assert.match(bodyOf(text).body.packing.notices[0]?.message ?? '', /boundary “wrong”/);
  });

  it('without any boundary the text is read as it is, and the lack is told', () => {
    const text = mail('Content-Type: multipart/mixed; boundary=wrong', '', 'all the text');
    assert.equal(readingOf(text).text, 'all the text');
    const { notices } = readDocument(text);
    assert.match(notices[0]?.message ?? '', /^Line 1: .*boundary “wrong”/);
  });

  it('an unknown charset is read as UTF-8 and told', () => {
    const head = ['Content-Type: text/plain; charset="x-odd"', 'Content-Transfer-Encoding: quoted-printable', ''];
    const text = mail(...head, 'caf=C3=A9');
    assert.equal(readingOf(text).text, 'café');
    assert.match(bodyOf(text).body.packing.notices[0]?.message ?? '', /charset “x-odd”/);
    assert.deepEqual(bodyOf(mail(...head, 'cafe')).body.packing.notices, []);
  });

  it('bytes that are no UTF-8 are read by the charset that the mail names, else as Windows has them', () => {
    const coded = (charset: string): string => {
      const bytes = Buffer.from(
        mail(`Content-Type: text/plain${charset}`, 'Content-Transfer-Encoding: 8bit', '', 'caf\xe9 \xd0\xa4'),
        'latin1',
      );
      const { text, hasRawBytes } = decodeBytes(bytes);
      assert.equal(hasRawBytes, true);
      return readingOf(text, hasRawBytes).text;
    };
    assert.equal(coded('; charset=koi8-r'), 'cafИ п╓');
    assert.equal(coded('; charset=iso-8859-1'), 'café Ð¤');
    assert.equal(coded(''), 'café Ф');
    assert.equal(coded('; charset=utf-8'), 'caf\ufffd Ф');
  });

  it('a file in UTF-16 is known by its byte order mark', () => {
    const text = mail('', 'é €');
    const little = Buffer.from(`\ufeff${text}`, 'utf16le');
    assert.deepEqual(decodeBytes(little), { text, hasRawBytes: false });
    assert.deepEqual(decodeBytes(Buffer.from(little).swap16()), { text, hasRawBytes: false });
  });

  it('a footer that a list puts below base64 is read as it is', () => {
    const coded = Buffer.from('one\ntwo\n').toString('base64');
    const text = mail('Content-Transfer-Encoding: base64', '', coded, '', '___', 'a-list mailing list');
    const { text: found, places } = readingOf(text);
    assert.equal(found, 'one\ntwo\n\n___\na-list mailing list');
    assert.equal(places[found.indexOf('___')], text.indexOf('___'));
  });

  it('text that somebody decoded and left under its header is read as it is', () => {
    const text = mail('Content-Transfer-Encoding: base64', '', 'Hello', '', 'this is text already.');
    assert.equal(readingOf(text).text, 'Hello\n\nthis is text already.');
  });

  it('an attached signature is part of the patch, as for git, and no text to read', () => {
    const text = mail(
      'Content-Type: multipart/signed; boundary=b',
      '',
      '--b',
      '',
      '> quoted',
      'an answer',
      '--b',
      'Content-Type: application/pgp-signature; name=signature.asc',
      '',
      '-----BEGIN PGP SIGNATURE-----',
      '+abc',
      '--b--',
    );
    const [message] = readDocument(text).messages;
    assert.equal(message?.comments.length, 1);
    assert.deepEqual(message?.files, []);
    assert.match(message?.body ?? '', /an answer\n-----BEGIN PGP SIGNATURE-----\n\+abc\n\n$/);
    assert.deepEqual(
      message?.lines.filter(({ line }) => line >= 12 && line <= 13).map(({ role }) => role),
      ['signature', 'signature'],
    );
  });

  it('parameters are read split and encoded', () => {
    const split = ['Content-Type: multipart/mixed;', " boundary*0*=us-ascii'en'on;", ' boundary*1*=e%3F', ' ; x=y'];
    assert.equal(readingOf(mail(...split, '', '--one?', '', 'text', '--one?--')).text, 'text\n');
  });
});

describe('flowed text', () => {
  const head = (delsp: string): string[] => [`Content-Type: text/plain; format=flowed${delsp}`, ''];

  it('is joined, with blanks and signatures kept', () => {
    const text = mail(...head(''), 'one ', 'two', '  three', '-- ', 'Jane');
    assert.deepEqual(readingOf(text).text, 'one two\n three\n-- \nJane');
    const { text: joined, places } = readingOf(text);
    for (const [i, char] of [...joined].entries()) {
      if (char !== '\n') assert.equal(text.charAt(places[i] ?? -1), char);
    }
  });

  it('loses the blank at the end where delsp says so', () => {
    assert.equal(readingOf(mail(...head('; delsp=yes'), 'foo ', 'bar')).text, 'foobar');
  });

  it('keeps empty lines of a diff in an answer', () => {
    const diff = ['+a', '  ', '+b'];
    assert.equal(readingOf(mail(...head(''), '> why', ...diff)).text, '> why\n+a\n \n+b');
    assert.equal(readingOf(mail(...head(''), ...diff)).text, '+a\n +b');
  });

  it('is joined at one depth of quotes only', () => {
    const text = mail(...head(''), '> one ', '> two ', '>> three ', 'four', '> ', '>   ', '> five', '> -- ', '> Jane');
    assert.equal(readingOf(text).text, '> one two \n>> three \nfour\n> \n>   \n> five\n> -- \n> Jane');
  });
});

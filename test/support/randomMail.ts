// SPDX-License-Identifier: MIT
import fc from 'fast-check';

/** A mail as bytes, and the charset that its text was encoded with. */
export interface RandomMail {
  readonly bytes: Buffer;
  readonly charset: string;
}

const names = fc.constantFrom(
  'Jane Doe',
  '"Doe, Jane"',
  '"Jane \\"J\\" Doe"',
  'Jane (Work) Doe',
  '"Jane Doe (Work)"',
  '=?utf-8?q?J=C3=B6rg_M=C3=BCller?=',
  '=?UTF-8?B?SsO2cmc=?= =?UTF-8?B?IE3DvGxsZXI=?=',
  '"=?iso-8859-1?q?J=F6rg?= Doe"',
  '=?utf-8?q?J=C3?= =?utf-8?q?=B6rg?=',
  '=?utf-8?q?=22Doe=2C_Jane=22?=',
  '',
  'Jane   Doe',
  'X',
  `${'Jane '.repeat(14)}Doe`,
  'jane@example.net',
);
const senders = fc.oneof(
  names.map((name) => `${name} <jane.doe@example.org>`),
  fc.constantFrom(
    'jane@example.org',
    'jane@example.org (Jane Doe)',
    '<jane@example.org>',
    'Jane Doe <jane@example.org> (Comment)',
    'Jane Doe\n\t<jane@example.org>',
    'Jane Doe <jane @example.org>',
    'Jane Doe <jane@...mple.org>',
  ),
);
const subjects = fc.constantFrom(
  '[PATCH] a: change it',
  '[PATCH v2 1/3] a:  change   it',
  'Re: [PATCH] [RFC] a: change it',
  're: Re: a: change [1] it',
  '[PATCH\n\tv2] a: change\n it',
  '=?utf-8?q?=5BPATCH=5D_a=3A_ch=C3=A4nge?=\n =?utf-8?q?_it?=',
  '[PATCH a: change it',
  ': [tag] : a',
  '[a][b] [c] d',
  'a: change it =?utf-8?q?=C3=A9?= more',
  'Re:',
  'R',
  'Reply: a',
);
const dates = fc.constantFrom(
  'Tue, 02 Jan 2024 03:04:05 +0000',
  'Tue,  2 Jan 2024 03:04:05 -0800 (PST)',
  '2 Jan 2024\n 03:04:05 +0100',
);
const otherFields = fc.constantFrom(
  'To: list@example.org',
  'Cc: a@example.org,\n\tb@example.org',
  'X-Thing: 1',
  'Message-ID: <1@example.org>',
  'Subject: an earlier subject',
  '>From jane Tue Jan  2 03:04:05 2024',
  'X-Blank: a\n \n b',
);
const inBody = fc.constantFrom(
  'From: Richard Roe <rick@example.org>\n\n',
  'From: Richard Roe <rick@example.org>\nSubject: another subject\nDate: Wed, 03 Jan 2024 01:02:03 +0000\n\n',
  'Subject: a long\n subject that goes on\n\tand on\nFrom: Richard Roe\n  <rick@example.org>\n\n\n',
  '[PATCH] given in the body\n\n',
  'Subject: one\nSubject: two\n\n',
  'from:Richard Roe <rick@example.org>\n\n',
  'Date: today\nNo header: this\n',
  '>From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\nFrom: Richard Roe <rick@example.org>\n\n',
  '>From here on\n\n',
  'From: =?utf-8?q?J=C3=B6rg?= <joerg@example.org>\n\n',
  '\n\n',
  ' \n\n',
);
const prose = fc.constantFrom(
  'It did what it should not.',
  '',
  '',
  '  indented text',
  '\ttext',
  'From here on 10:30:00 sharp',
  '>From the start',
  '-- >8 --',
  '---- 8< ---- cut here ---- 8< ----',
  'Subject: not a header here',
  '-----------',
  '--',
  'a = b=20c =',
  '.',
  'Größe: 5 µm',
  'Signed-off-by: Jane Doe <jane@example.org>',
  'ends with a blank ',
  'x'.repeat(90),
);
const patch = fc
  .tuple(
    fc.constantFrom('---\n a.c | 2 +-\n\n', '', '---   \n'),
    fc.constantFrom('x', 'é', 'a  ', '=3D', 'ü\tü', '-- '),
  )
  .map(
    ([top, word]) =>
      `${top}diff --git a/a.c b/a.c\nindex 1234567..89abcde 100644\n--- a/a.c\n+++ b/a.c\n@@ -1,3 +1,3 @@ int f(void)\n {\n-\told ${word};\n+\tnew ${word};\n }\n-- \n2.40.1\n\n`,
  );

const charsets = fc.constantFrom('utf-8', 'utf-8', 'UTF-8', 'iso-8859-1', 'iso-8859-15');
const encodings = fc.constantFrom('7bit', '8bit', 'quoted-printable', 'base64');

/** Text in a charset: all that the texts above hold is in Latin-1. */
function bytesOf(text: string, charset: string): Buffer {
  return Buffer.from(text, charset.toLowerCase() === 'utf-8' ? 'utf8' : 'latin1');
}

function encode(text: string, charset: string, encoding: string, width: number): Buffer {
  const bytes = bytesOf(text, charset);
  if (encoding === 'base64') {
    return Buffer.from(`${(bytes.toString('base64').match(new RegExp(`.{1,${width * 4}}`, 'g')) ?? []).join('\n')}\n`);
  }
  if (encoding !== 'quoted-printable') return bytes;
  const lines = bytes
    .toString('latin1')
    .split('\n')
    .map((line) => {
      const coded = line
        .replace(/[=\x80-\xff]/g, (char) => `=${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
        .replace(/[ \t]$/, (char) => (char === ' ' ? '=20' : '=09'));
      return (coded.match(new RegExp(`(?:=..|[^=]){1,${width + 10}}`, 'g')) ?? ['']).join('=\n');
    });
  return Buffer.from(lines.join('\n'));
}

interface Piece {
  readonly text: string;
  readonly encoding: string;
  readonly type: string;
}

function entity(piece: Piece, charset: string, width: number, extra: string): Buffer {
  const head = `${extra}Content-Type: ${piece.type}; charset="${charset}"\nContent-Transfer-Encoding: ${piece.encoding}\n\n`;
  return Buffer.concat([Buffer.from(head), encode(piece.text, charset, piece.encoding, width)]);
}

/** git takes what stands above the first boundary of an inner multipart for text, the boundary too if nothing does. */
function mixed(preamble: string, boundary: string, ...parts: readonly Buffer[]): Buffer {
  const pieces = parts.flatMap((part) => [Buffer.from(`--${boundary}\n`), part, Buffer.from('\n')]);
  const head = `Content-Type: multipart/mixed; boundary="${boundary}"\n\n${preamble}\n`;
  return Buffer.concat([Buffer.from(head), ...pieces, Buffer.from(`--${boundary}--\n`)]);
}

/** Any mail with a patch of its own: header fields, in-body headers, text, patch; plain, encoded, or in parts. */
export const randomMail: fc.Arbitrary<RandomMail> = fc
  .record({
    from: senders,
    subject: subjects,
    date: dates,
    other: fc.array(otherFields, { maxLength: 3 }),
    inBody: fc.option(inBody, { nil: '' }),
    prose: fc.array(prose, { maxLength: 6 }),
    patch,
    charset: charsets,
    encoding: encodings,
    second: encodings,
    width: fc.integer({ min: 3, max: 19 }),
    shape: fc.constantFrom('plain', 'plain', 'mixed', 'attached', 'nested', 'signed'),
    flow: fc.constantFrom('', '', '; format=flowed', '; format=flowed; delsp=yes'),
    preamble: fc.constantFrom('', 'This is a message in several parts.\n'),
  })
  .map((mail) => {
    const { charset, width } = mail;
    const head = [...mail.other, `From: ${mail.from}`, `Subject: ${mail.subject}`, `Date: ${mail.date}`].join('\n');
    // git joins flowed lines across depths of quotes, and where they are encoded it takes their line ends for those of
    // the code: RFC 3676 does neither, nor do we.
    const [encoding, second] = mail.flow === '' ? [mail.encoding, mail.second] : ['8bit', '7bit'];
    const lines = mail.prose.filter((line) => mail.flow === '' || !line.startsWith('>'));
    const stuffed = (part: string): string => (mail.flow === '' ? part : part.replace(/^(?= |From )/gm, ' '));
    const text = stuffed(`${mail.inBody}${lines.join('\n')}\n`);
    const changes = stuffed(mail.patch);
    const type = `text/plain${mail.flow}`;
    const whole: Piece = { text: text + changes, encoding, type };
    const message: Piece = { text, encoding, type };
    const diff: Piece = { text: changes, encoding: second, type: `text/x-patch${mail.flow}; name="0001.patch"` };
    const one = (piece: Piece): Buffer => entity(piece, charset, width, '');
    const shapes: Record<string, () => Buffer> = {
      plain: () => one(whole),
      mixed: () => mixed(mail.preamble, '=-abc/1', one(whole)),
      attached: () =>
        mixed(mail.preamble, 'b 1', one(message), entity(diff, charset, width, 'Content-Disposition: attachment\n')),
      nested: () => mixed(mail.preamble, 'outer', mixed('', 'inner', one(message), one(diff))),
      signed: () =>
        mixed(
          mail.preamble,
          'sig',
          one(whole),
          Buffer.from(
            'Content-Type: application/pgp-signature; name="s.asc"\n\n-----BEGIN PGP SIGNATURE-----\n\nabc\n',
          ),
        ),
    };
    const body = shapes[mail.shape]?.() ?? one(whole);
    return { bytes: Buffer.concat([Buffer.from(`${head}\nMIME-Version: 1.0\n`), body]), charset };
  });

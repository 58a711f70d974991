// SPDX-License-Identifier: MIT
import fc from 'fast-check';

/** A text part as it was put into a mail: where its coded bytes start in the file, and what they say. */
export interface Leaf {
  readonly text: string;
  readonly charset: string;
  readonly encoding: 'none' | 'quoted-printable' | 'base64';
}

/** A mail with parts in parts. */
export interface RandomMime {
  readonly bytes: Buffer;
  /** The texts that have to be read, in order; null where a multipart ends and git writes an empty line. */
  readonly expected: readonly (Leaf | null)[];
  /** How many parts are skipped and have to be told. */
  readonly skipped: number;
}

type Node =
  | ({ readonly kind: 'text' } & Leaf)
  | { readonly kind: 'image' }
  | { readonly kind: 'mixed'; readonly parts: readonly Node[]; readonly isClosed: boolean }
  | { readonly kind: 'alternative'; readonly plain: Node }
  | { readonly kind: 'forward'; readonly mail: Node };

const encoders = new Map<string, ReadonlyMap<string, readonly number[]>>();

/** The characters that a charset has, with their bytes, by asking its decoder. */
function encoderOf(charset: string): ReadonlyMap<string, readonly number[]> {
  const known = encoders.get(charset);
  if (known !== undefined) return known;
  const found = new Map<string, readonly number[]>();
  const decoder = new TextDecoder(charset);
  const add = (...bytes: readonly number[]): void => {
    const char = decoder.decode(Uint8Array.from(bytes));
    if (char.length === 1 && char !== '\ufffd' && !found.has(char)) found.set(char, bytes);
  };
  for (let first = 0; first < 256; first++) add(first);
  if (!/^(?:iso-8859|koi8|windows)/.test(charset)) {
    for (let first = 0x81; first < 0xfe; first += 5)
      for (let second = 0x40; second < 0xfe; second += 7) add(first, second);
  }
  encoders.set(charset, found);
  return found;
}

/** Bytes of a text in a charset; characters that it lacks become question marks, so the text comes back changed. */
function toBytes(text: string, charset: string): { readonly bytes: Buffer; readonly text: string } {
  if (charset === 'utf-8') return { bytes: Buffer.from(text), text: Buffer.from(text).toString() };
  if (charset === 'utf-7') {
    const bytes = text.replace(/[^\n -*,-}]+/g, (run) => {
      const units = Buffer.from(run, 'utf16le').swap16().toString('base64').replace(/=+$/, '');
      return `+${units}-`;
    });
    return { bytes: Buffer.from(bytes), text };
  }
  const encoder = encoderOf(charset);
  const bytes: number[] = [];
  let kept = '';
  for (const char of text) {
    const own = encoder.get(char) ?? [63];
    kept += encoder.has(char) ? char : '?';
    bytes.push(...own);
  }
  return { bytes: Buffer.from(bytes), text: kept };
}

const charsets = ['utf-8', 'iso-8859-2', 'koi8-r', 'windows-1252', 'gb18030', 'euc-kr', 'shift_jis', 'big5', 'utf-7'];

const leaf: fc.Arbitrary<Node> = fc
  .record({
    charset: fc.constantFrom(...charsets),
    encoding: fc.constantFrom('none' as const, 'quoted-printable' as const, 'base64' as const),
    lines: fc.array(fc.array(fc.nat({ max: 5000 }), { maxLength: 12 }), { maxLength: 5 }),
  })
  .map(({ charset, encoding, lines }) => {
    const printable = /^[^\p{C}\p{Zl}\p{Zp}-]$/u;
    const ascii = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));
    const own = charset.startsWith('utf') ? [...'éßЖ中😀', ...ascii] : [...encoderOf(charset).keys()];
    const alphabet = own.filter((char) => printable.test(char));
    const text = lines.map((line) => `.${line.map((i) => alphabet[i % alphabet.length]).join('')}.\n`).join('');
    return { kind: 'text', charset, encoding, text: toBytes(text, charset).text };
  });

const tree = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.constant<Node>({ kind: 'image' }),
    fc.record({
      kind: fc.constant('mixed' as const),
      parts: fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
      isClosed: fc.boolean(),
    }),
    leaf.map((plain): Node => ({ kind: 'alternative', plain })),
    tie('node').map((mail): Node => ({ kind: 'forward', mail })),
  ),
})).node;

/** Any tree of parts with text in it, in any charset and encoding, with and without the lines that close multiparts. */
export const randomMime: fc.Arbitrary<RandomMime> = fc
  .array(tree, { minLength: 1, maxLength: 3 })
  .filter((parts) => parts.some(hasText) && parts.every((part) => depthOf(part) < 6))
  .map((parts) => {
    const expected: (Leaf | null)[] = [];
    let skipped = 0;
    let boundaries = 0;
    const close = (): void => {
      if (expected.at(-1) !== null) expected.push(null);
    };
    const multipart = (kind: string, children: readonly Node[], isClosed: boolean): Buffer => {
      const boundary = `=_part ${boundaries++}?`;
      const pieces = children.flatMap((child) => [Buffer.from(`--${boundary}\n`), render(child)]);
      if (isClosed) close();
      const head = `Content-Type: multipart/${kind};\n\tboundary="${boundary}"\n\npreamble\n`;
      return Buffer.concat([Buffer.from(head), ...pieces, Buffer.from(isClosed ? `--${boundary}--\nepilogue\n` : '')]);
    };
    const render = (node: Node): Buffer => {
      switch (node.kind) {
        case 'text':
          expected.push(node);
          return renderText(node);
        case 'image':
          skipped++;
          return Buffer.from('Content-Type: image/png; name="a.png"\nContent-Transfer-Encoding: base64\n\niVBORw0K\n');
        case 'mixed':
          return multipart('mixed', node.parts, node.isClosed);
        case 'forward':
          return Buffer.concat([
            Buffer.from('Content-Type: message/rfc822\n\nSubject: forwarded\n'),
            render(node.mail),
          ]);
        case 'alternative': {
          const boundary = `alt${boundaries++}`;
          const plain = render(node.plain);
          close();
          return Buffer.concat([
            Buffer.from(`Content-Type: multipart/alternative; boundary=${boundary}\n\n--${boundary}\n`),
            plain,
            Buffer.from(`--${boundary}\nContent-Type: text/html\n\n<p>the same</p>\n--${boundary}--\n`),
          ]);
        }
      }
    };
    const body = multipart('mixed', parts, true);
    // Text that happens to be UTF-8 is read as that, unless something else in the mail is not.
    const head = 'From: Jane Doe <jane@example.org>\nSubject: parts\nX-Byte: \xff\nMIME-Version: 1.0\n';
    return { bytes: Buffer.concat([Buffer.from(head, 'latin1'), body]), expected, skipped };
  });

function hasText(node: Node): boolean {
  if (node.kind === 'mixed') return node.parts.some(hasText);
  return node.kind === 'forward' ? hasText(node.mail) : node.kind !== 'image';
}

function depthOf(node: Node): number {
  if (node.kind === 'mixed') return 1 + Math.max(...node.parts.map(depthOf));
  return node.kind === 'forward' ? depthOf(node.mail) : 1;
}

function renderText({ text, charset, encoding }: Leaf): Buffer {
  const { bytes } = toBytes(text, charset);
  const head = `Content-Type: text/plain; charset=${charset}\nContent-Transfer-Encoding: ${encoding === 'none' ? '8bit' : encoding}\n\n`;
  return Buffer.concat([Buffer.from(head), coded(bytes, encoding)]);
}

function coded(bytes: Buffer, encoding: Leaf['encoding']): Buffer {
  if (encoding === 'none') return bytes;
  if (encoding === 'base64')
    return Buffer.from(
      bytes
        .toString('base64')
        .replace(/(.{20})/g, '$1\n')
        .replace(/(?<=.)$/, '\n'),
    );
  const text = bytes
    .toString('latin1')
    .replace(/[^\n!-<>-~]/g, (char) => `=${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
    .replace(/(?:=..|[^=\n]){8}(?=.)/g, '$&=\n');
  return Buffer.from(text);
}

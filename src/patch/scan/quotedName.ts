// SPDX-License-Identifier: MIT
/** File names in double quotes, as git and GNU diff write those with bytes that would mislead a reader. */

const escapes: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, '\\': 92 };

/** A name as `rename from x` gives it: what stands in quotes if there are any, its escapes undone; else `text` itself. */
export function unquoteName(text: string): string {
  if (!text.startsWith('"')) return text;
  const end = closingQuote(text);
  return end < 0 ? text : decodeEscapes(text.slice(1, end));
}

/** The index of the quote that closes the one `text` starts with, or -1. */
export function closingQuote(text: string): number {
  for (let i = 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i;
  }
  return -1;
}

/** C escapes; octal ones are bytes of UTF-8. A text with an escape that C does not have is left as it is. */
function decodeEscapes(text: string): string {
  let decoded = '';
  let bytes: number[] = [];
  const flush = (): void => {
    if (bytes.length > 0) decoded += new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes));
    bytes = [];
  };
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '\\') {
      flush();
      decoded += text[i];
      continue;
    }
    const octal = /^[0-3][0-7]{2}/.exec(text.slice(i + 1, i + 4));
    const code = octal === null ? escapes[text.charAt(i + 1)] : Number.parseInt(octal[0], 8);
    if (code === undefined) return text;
    bytes.push(code);
    i += octal === null ? 1 : 3;
  }
  flush();
  return decoded;
}

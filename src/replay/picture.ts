// SPDX-License-Identifier: MIT
/** A picture as a list of shapes, which becomes SVG as text or is painted on a canvas. */

/** Colours and fonts of the theme that is in use, as CSS writes them. */
export interface Palette {
  readonly background: string;
  readonly foreground: string;
  readonly quiet: string;
  readonly line: string;
  readonly bad: string;
  readonly good: string;
  readonly warn: string;
  readonly wait: string;
  readonly note: string;
  readonly font: string;
  readonly code: string;
}

export type Shape =
  | {
      readonly kind: 'box';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly fill: string | null;
      readonly stroke: string | null;
      readonly dashed: boolean;
    }
  | {
      readonly kind: 'line';
      readonly x: number;
      readonly y: number;
      readonly toX: number;
      readonly toY: number;
      readonly stroke: string;
      readonly width: number;
      readonly dashed: boolean;
    }
  | {
      readonly kind: 'dot';
      readonly x: number;
      readonly y: number;
      readonly radius: number;
      readonly fill: string;
      readonly stroke: string;
    }
  | {
      readonly kind: 'text';
      readonly x: number;
      /** Of the line that letters stand on. */
      readonly y: number;
      readonly text: string;
      readonly fill: string;
      readonly size: number;
      readonly code: boolean;
      readonly bold: boolean;
    };

/** Sizes are in pixels. */
export interface Picture {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly background: string;
  readonly fonts: { readonly font: string; readonly code: string };
  readonly shapes: readonly Shape[];
}

/** Text of a size, black on nothing unless said otherwise. */
export function textShape(
  x: number,
  y: number,
  text: string,
  fill: string,
  more: Partial<{ readonly size: number; readonly code: boolean; readonly bold: boolean }> = {},
): Shape {
  return { kind: 'text', x, y, text, fill, size: 13, code: false, bold: false, ...more };
}

/** Breaks a text into lines that fit into a width in pixels, by the usual width of letters; long words are cut. */
export function wrapText(text: string, width: number, size: number, code: boolean): string[] {
  const most = Math.max(4, Math.floor(width / (size * (code ? 0.61 : 0.54))));
  const lines: string[] = [];
  let line = '';
  for (let word of text.split(/\s+/).filter(Boolean)) {
    while (word.length > most) {
      if (line) lines.push(line);
      line = '';
      lines.push(word.slice(0, most));
      word = word.slice(most);
    }
    if (line && line.length + 1 + word.length > most) {
      lines.push(line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  if (line) lines.push(line);
  return lines;
}

/** The picture as a file of its own. */
export function toSvg(picture: Picture): string {
  const { width, height, background, fonts, title } = picture;
  const body = picture.shapes.map((shape) => `  ${svgOf(shape, fonts)}`).join('\n');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
  <title>${xmlText(title)}</title>
  <rect width="${width}" height="${height}" fill="${xmlText(background)}"/>
${body}
</svg>
`;
}

function svgOf(shape: Shape, fonts: Picture['fonts']): string {
  switch (shape.kind) {
    case 'box':
      return `<rect x="${shape.x}" y="${shape.y}" width="${shape.width}" height="${shape.height}" rx="3" fill="${xmlText(shape.fill ?? 'none')}" stroke="${xmlText(shape.stroke ?? 'none')}"${dash(shape.dashed)}/>`;
    case 'line':
      return `<line x1="${shape.x}" y1="${shape.y}" x2="${shape.toX}" y2="${shape.toY}" stroke="${xmlText(shape.stroke)}" stroke-width="${shape.width}"${dash(shape.dashed)}/>`;
    case 'dot':
      return `<circle cx="${shape.x}" cy="${shape.y}" r="${shape.radius}" fill="${xmlText(shape.fill)}" stroke="${xmlText(shape.stroke)}" stroke-width="2"/>`;
    case 'text':
      return `<text x="${shape.x}" y="${shape.y}" font-family="${xmlText(shape.code ? fonts.code : fonts.font)}" font-size="${shape.size}"${shape.bold ? ' font-weight="bold"' : ''} fill="${xmlText(shape.fill)}" xml:space="preserve">${xmlText(shape.text)}</text>`;
    default:
      return unreachable(shape);
  }
}

const dash = (dashed: boolean): string => (dashed ? ' stroke-dasharray="3 3"' : '');

/** Text of a patch is text here, too; what XML does not allow at all is left out. */
function xmlText(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}

function unreachable(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}

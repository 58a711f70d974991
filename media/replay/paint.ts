// SPDX-License-Identifier: MIT
/** Pictures of the replay in the theme's colours: as SVG text, or painted as PNG. */

import { lanesPicture } from '../../src/replay/lanesPicture';
import { type Model, shownSide, stepOf } from '../../src/replay/model';
import { type Palette, type Picture, type Shape, toSvg } from '../../src/replay/picture';
import { stepPicture } from '../../src/replay/stepPicture';
import type { FromReplay, Way } from '../../src/replay/types';

/** Pixels of a PNG for each of the picture's, so that it is sharp on a slide. */
const scale = 2;
/** Browsers refuse canvases that are larger in one direction. */
const mostPixels = 16_000;

const wayNames: Readonly<Record<Way, string>> = { before: 'before the patch', after: 'with the patch', own: 'own way' };

/** The message that hands a picture over; null where there is nothing to draw. */
export function pictureMessage(model: Model, what: 'step' | 'lanes', format: 'svg' | 'png'): FromReplay | null {
  const side = shownSide(model);
  if (!side || !model.replay) return null;
  const palette = readPalette();
  const title = `${model.replay.title}, ${wayNames[model.way]}`;
  const step = stepOf(model);
  const picture = what === 'step' ? stepPicture(side, step, title, palette) : lanesPicture(side, title, palette);
  const name = [model.replay.scenario, model.way, ...(what === 'step' ? [`step-${step}`] : [])].join('-');
  return { type: 'picture', format, name, data: format === 'svg' ? toSvg(picture) : toPng(picture) };
}

/** The theme's colours as they are now. */
function readPalette(): Palette {
  const style = getComputedStyle(document.body);
  const read = (name: string, other: string): string => style.getPropertyValue(`--vscode-${name}`).trim() || other;
  const foreground = read('foreground', style.color);
  return {
    background: read('editor-background', style.backgroundColor),
    foreground,
    quiet: read('descriptionForeground', foreground),
    line: read('contrastBorder', read('widget-border', read('panel-border', foreground))),
    bad: read('charts-red', foreground),
    good: read('charts-green', foreground),
    warn: read('charts-yellow', foreground),
    wait: read('charts-orange', foreground),
    note: read('charts-blue', foreground),
    font: read('font-family', 'sans-serif'),
    code: read('editor-font-family', 'monospace'),
  };
}

/** The picture as PNG, in base64; smaller than life where it would be too long for a canvas. */
function toPng(picture: Picture): string {
  const factor = Math.min(scale, mostPixels / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(picture.width * factor);
  canvas.height = Math.ceil(picture.height * factor);
  const paper = canvas.getContext('2d');
  if (!paper) return '';
  paper.scale(factor, factor);
  paper.fillStyle = picture.background;
  paper.fillRect(0, 0, picture.width, picture.height);
  for (const shape of picture.shapes) paint(paper, shape, picture.fonts);
  return canvas.toDataURL('image/png').replace(/^[^,]*,/, '');
}

function paint(paper: CanvasRenderingContext2D, shape: Shape, fonts: Picture['fonts']): void {
  paper.beginPath();
  switch (shape.kind) {
    case 'box':
      paper.setLineDash(shape.dashed ? [3, 3] : []);
      paper.roundRect(shape.x, shape.y, shape.width, shape.height, 3);
      fillAndStroke(paper, shape.fill, shape.stroke, 1);
      return;
    case 'line':
      paper.setLineDash(shape.dashed ? [3, 3] : []);
      paper.moveTo(shape.x, shape.y);
      paper.lineTo(shape.toX, shape.toY);
      fillAndStroke(paper, null, shape.stroke, shape.width);
      return;
    case 'dot':
      paper.setLineDash([]);
      paper.arc(shape.x, shape.y, shape.radius, 0, 2 * Math.PI);
      fillAndStroke(paper, shape.fill, shape.stroke, 2);
      return;
    case 'text':
      paper.font = `${shape.bold ? 'bold ' : ''}${shape.size}px ${shape.code ? fonts.code : fonts.font}`;
      paper.fillStyle = shape.fill;
      paper.fillText(shape.text, shape.x, shape.y);
      return;
    default:
      return unreachable(shape);
  }
}

function fillAndStroke(
  paper: CanvasRenderingContext2D,
  fill: string | null,
  stroke: string | null,
  width: number,
): void {
  if (fill !== null) {
    paper.fillStyle = fill;
    paper.fill();
  }
  if (stroke === null) return;
  paper.strokeStyle = stroke;
  paper.lineWidth = width;
  paper.stroke();
}

function unreachable(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}

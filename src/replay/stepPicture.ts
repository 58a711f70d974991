// SPDX-License-Identifier: MIT
/** The machine at one step as a picture: what runs, what it means, the pages, the store buffers, the variables. */

import type { PageCell, ReplaySide } from '../review/types';
import { endOf } from './lanesPicture';
import {
  changedFields,
  fieldNames,
  fieldText,
  pageFields,
  pageLook,
  stateAt,
  stepAt,
  tellingVariables,
  variableRows,
} from './look';
import { type Palette, type Picture, type Shape, textShape, wrapText } from './picture';
import { lessons, placeName, stepText } from './words';

const width = 860;
const lineHeight = 18;
const cardWidth = 200;
const perRow = 4;

/** @param step how many steps have run @param title what stands above, such as the story and the side */
export function stepPicture(side: ReplaySide, step: number, title: string, palette: Palette): Picture {
  const shapes: Shape[] = [];
  const ran = stepAt(side, step);
  const from = stateAt(side, Math.max(step - 1, 0));
  const to = stateAt(side, step);
  let y = 28;
  const say = (text: string, fill: string, more: Parameters<typeof textShape>[4] = {}): void => {
    for (const line of wrapText(text, width - 32, more.size ?? 13, more.code ?? false)) {
      shapes.push(textShape(16, y, line, fill, more));
      y += lineHeight;
    }
  };
  say(title, palette.foreground, { size: 16, bold: true });
  y += 4;
  const who = ran ? (side.agents[ran.agent]?.name ?? '') : '';
  say(
    ran ? `Step ${step} of ${side.steps.length}, ${who}${ran.place ? `, ${placeName(ran.place)}` : ''}` : 'Start',
    palette.quiet,
  );
  if (ran) say(stepText(ran), palette.foreground, { code: true });
  for (const lesson of lessons(side, step)) say(lesson, palette.foreground);
  if (step === side.steps.length && step > 0)
    for (const part of endOf(side)) say(part, side.fatal ? palette.bad : palette.foreground);

  y += 10;
  const shown = to.pages.slice(0, 64);
  for (let row = 0; row < shown.length; row += perRow) {
    const cells = shown.slice(row, row + perRow);
    const heights = cells.map((cell, i) =>
      drawCard(side, from.pages[row + i], cell, row + i, 16 + i * (cardWidth + 8), y),
    );
    y += Math.max(...heights) + 8;
  }
  to.agents.forEach(({ buffer }, agent) => {
    for (const store of buffer) say(`In the store buffer of ${side.agents[agent]?.name}: ${store}`, palette.wait);
  });
  const telling = tellingVariables(side);
  y += 8;
  for (const { name, value, old, changed } of variableRows(from, to)) {
    if (!telling.has(name)) continue;
    say(
      `${name} = ${value}${changed && old !== null ? `  (was ${old})` : ''}`,
      changed ? palette.foreground : palette.quiet,
      { size: 12, code: true, bold: changed },
    );
  }
  const fonts = { font: palette.font, code: palette.code };
  return { title, width, height: y + 4, background: palette.background, fonts, shapes };

  /** Draws one page and gives the height that it took. */
  function drawCard(
    way: ReplaySide,
    old: PageCell | undefined,
    cell: PageCell,
    page: number,
    x: number,
    cardTop: number,
  ): number {
    const changed = changedFields(old, cell);
    const colour = colourOf(cell, palette);
    const lines = pageFields
      .filter((field) => field !== 'tlb' || cell.tlb.length > 0 || changed.has('tlb'))
      .flatMap((field) =>
        wrapText(`${fieldNames[field]}: ${fieldText(cell, field)}`, cardWidth - 20, 12, false).map((text) => ({
          text,
          bold: changed.has(field),
        })),
      );
    const height = 30 + lines.length * lineHeight;
    shapes.push({
      kind: 'box',
      x,
      y: cardTop,
      width: cardWidth,
      height,
      fill: null,
      stroke: changed.size > 0 ? palette.note : palette.line,
      dashed: false,
    });
    shapes.push({ kind: 'box', x, y: cardTop, width: 5, height, fill: colour, stroke: null, dashed: false });
    shapes.push(textShape(x + 14, cardTop + 19, cell.letter, palette.foreground, { code: true, bold: true }));
    shapes.push(
      textShape(x + 32, cardTop + 19, way.pages[page]?.name ?? `page ${page}`, palette.foreground, { bold: true }),
    );
    lines.forEach(({ text, bold }, i) => {
      shapes.push(
        textShape(x + 14, cardTop + 40 + i * lineHeight, text, bold ? palette.foreground : palette.quiet, {
          size: 12,
          bold,
        }),
      );
    });
    return height;
  }
}

function colourOf(cell: PageCell, palette: Palette): string {
  const look = pageLook(cell);
  return {
    private: palette.good,
    shared: palette.warn,
    pending: palette.wait,
    poisoned: palette.bad,
    absent: palette.quiet,
    other: palette.quiet,
  }[look];
}

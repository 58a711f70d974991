// SPDX-License-Identifier: MIT
/** The whole of one way as a picture: time downwards, a lane for each agent, one for memory, and the end in words. */

import type { ReplaySide } from '../review/types';
import { effectsOf, stateAt } from './look';
import { type Palette, type Picture, type Shape, textShape, wrapText } from './picture';
import { bufferedBy, drained, isFatalStep, placeName, splitText } from './words';

const numbers = 40;
const lane = 230;
const memory = 270;
const lineHeight = 17;
const top = 78;

/** @param title what stands above, such as the story and the side */
export function lanesPicture(side: ReplaySide, title: string, palette: Palette): Picture {
  const shapes: Shape[] = [];
  const count = side.agents.length;
  const width = numbers + count * lane + memory + 16;
  const laneX = (agent: number): number => numbers + agent * lane;
  shapes.push(textShape(16, 26, title, palette.foreground, { size: 16, bold: true }));
  side.agents.forEach(({ name, role }, agent) => {
    shapes.push(textShape(laneX(agent) + 16, 50, name, palette.foreground, { bold: true }));
    if (role !== name) shapes.push(textShape(laneX(agent) + 16, 66, role, palette.quiet, { size: 12 }));
  });
  shapes.push(textShape(laneX(count) + 16, 50, 'memory', palette.foreground, { bold: true }));
  shapes.push(textShape(laneX(count) + 16, 66, side.keeper, palette.quiet, { size: 12 }));
  shapes.push(rule(top, width, palette));

  let y = top;
  side.steps.forEach((step, index) => {
    const number = index + 1;
    const fatal = isFatalStep(side, number);
    const { statement, remark } = splitText(step.text);
    const buffered = bufferedBy(side, number);
    const notes = [
      ...(step.kind === 'drain' ? ['reaches memory'] : []),
      ...(remark && buffered.length === 0 ? [remark] : []),
      ...(step.place ? [placeName(step.place)] : []),
    ].join(' · ');
    const room = lane - 36;
    const words = wrapText(step.kind === 'drain' ? drained(step) : statement, room, 12, true);
    const small = [
      ...wrapText(notes, room, 12, false),
      ...buffered.flatMap((store) => wrapText(`buffered: ${store}`, room, 12, false)),
    ];
    const done = effectsOf(side, number).flatMap(({ what, to }) => wrapText(`${what}: ${to}`, memory - 24, 12, false));
    const height = Math.max(words.length + small.length + (fatal ? 1 : 0), done.length, 1) * lineHeight + 8;
    const x = laneX(step.agent);
    stateAt(side, number).agents.forEach(({ status, buffer }, agent) => {
      if (status === 'running' || status === 'waiting')
        shapes.push(
          down(laneX(agent) + 6, y, height, status === 'running' ? palette.note : palette.line, status === 'waiting'),
        );
      if (buffer.length > 0)
        shapes.push({
          kind: 'box',
          x: laneX(agent) + lane - 14,
          y,
          width: 8,
          height,
          fill: null,
          stroke: palette.wait,
          dashed: true,
        });
    });
    shapes.push(textShape(12, y + 15, String(number), palette.quiet, { size: 12 }));
    const mark = step.kind === 'drain' ? palette.background : fatal ? palette.bad : palette.note;
    shapes.push({
      kind: 'dot',
      x: x + 6,
      y: y + 11,
      radius: fatal ? 6 : 4,
      fill: mark,
      stroke: fatal ? palette.bad : step.kind === 'drain' ? palette.wait : palette.note,
    });
    let at = y + 15;
    const put = (text: string, fill: string, code: boolean): void => {
      shapes.push(textShape(x + 16, at, text, fill, { size: 12, code }));
      at += lineHeight;
    };
    for (const text of words) put(text, palette.foreground, true);
    for (const text of small) put(text, palette.quiet, false);
    if (fatal && side.fatal)
      shapes.push(textShape(x + 16, at, side.fatal.ruleId, palette.bad, { size: 12, code: true, bold: true }));
    done.forEach((text, i) => {
      shapes.push(textShape(laneX(count) + 16, y + 15 + i * lineHeight, text, palette.foreground, { size: 12 }));
    });
    y += height;
  });
  shapes.push(rule(y, width, palette));
  y += 20;
  for (const text of endOf(side).flatMap((part) => wrapText(part, width - 32, 13, false))) {
    shapes.push(textShape(16, y, text, palette.foreground));
    y += lineHeight + 1;
  }
  const fonts = { font: palette.font, code: palette.code };
  return { title, width, height: y + 4, background: palette.background, fonts, shapes };
}

/** The end of a way in sentences. */
export function endOf({ fatal, summary }: ReplaySide): readonly string[] {
  if (!fatal) return [summary];
  return [`${fatal.ruleId}: ${fatal.explanation} ${fatal.rule}`, ...(fatal.source ? [`Source: ${fatal.source}`] : [])];
}

function rule(y: number, width: number, palette: Palette): Shape {
  return { kind: 'line', x: 0, y, toX: width, toY: y, stroke: palette.line, width: 1, dashed: false };
}

function down(x: number, y: number, height: number, stroke: string, dashed: boolean): Shape {
  return { kind: 'line', x, y, toX: x, toY: y + height, stroke, width: 2, dashed };
}

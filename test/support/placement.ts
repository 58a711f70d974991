// SPDX-License-Identifier: MIT
/** Edits of functions cut into hunks and damaged, with the text that weaving them must give. */
import { configuration } from '../../src/c/configuration';
import type { WeaveRow } from '../../src/c/hunkPlan';
import { indexDefinitions } from '../../src/c/indexDefinitions';
import { mapFile } from '../../src/c/mappedText';
import { tokenize } from '../../src/c/tokens';
import { weave } from '../../src/c/weave';
import { randomOf } from '../c/support';

type Random = ReturnType<typeof randomOf>;

/** What happens to a hunk on its way. */
export const damages = [
  'nothing',
  'white space',
  'a line missing',
  'a line too many',
  'a callee renamed',
  'wrapped',
  'newer text',
  'newer text, white space',
  'context in another order',
  'two hunks',
  'two hunks, white space',
  'two of these',
  'condensed text',
  'condensed text, a line missing',
] as const;
export type Damage = (typeof damages)[number];

interface Row {
  readonly kind: WeaveRow['kind'];
  readonly text: string;
}

/** One hunk to be placed, and what must come of it. */
export interface PlacementCase {
  readonly text: string;
  readonly hunks: readonly (readonly Row[])[];
  /** The tokens of both sides. */
  readonly before: string;
  readonly after: string;
}

/** The functions of a C file that have something to edit, as their lines. */
export function functionsOf(text: string): string[][] {
  return indexDefinitions(text, configuration)
    .filter((d) => d.kind === 'function')
    .map((d) => text.slice(d.start, d.end).split('\n'))
    .filter((lines) => lines.length >= 5 && lines.length <= 400);
}

const tokensOf = (text: string): string =>
  tokenize(text)
    .map((t) => t.text.replace(/\s+/g, ' '))
    .join(' ');

/** Lines that can be taken out or stand behind others: whole statements, as far as one line tells. */
const isStatement = (line: string): boolean => /^\s+\w.*;\s*$/.test(line) && !/^\s*(for|while)\b/.test(line);

function freshLine(r: Random, lines: readonly string[]): string {
  const known = lines.filter(isStatement);
  const name = r.pick(['page', 'err', 'cpu', 'start', 'flags', 'state', 'lock']);
  const call = r.pick(['notify', 'account', 'flush', 'check', 'mark', 'wait_for', 'update']);
  const roll = r.below(10);
  if (roll < 3 && known.length > 0) {
    // One of the function's own lines, with one word changed: lines beside each other are often alike.
    const line = r.pick(known);
    const words = [...line.matchAll(/[A-Za-z_]\w*/g)];
    const word = words.length > 0 ? r.pick(words) : null;
    return word
      ? `${line.slice(0, word.index)}${word[0]}_${r.below(9)}${line.slice(word.index + word[0].length)}`
      : line;
  }
  if (roll < 4 && known.length > 0) return r.pick(known);
  if (roll < 6) return `\tif (${name})\n\t\t${call}_${r.below(99)}(${name});`;
  if (roll < 7) return `\t/* ${call} ${name} */\n\t${call}_${r.below(99)}(${name}, ${r.below(9)});`;
  return `\t${call}_${r.below(99)}(${name});`;
}

/** For each line, and behind the last, whether it begins inside parentheses or between a condition and its statement. */
function inStatement(lines: readonly string[]): boolean[] {
  let open = 0;
  let goesOn = false;
  return [
    false,
    ...lines.map((line) => {
      const tokens = tokenize(line);
      for (const { text } of tokens) open += text === '(' ? 1 : text === ')' ? -1 : 0;
      if (tokens.length > 0) goesOn = !/[;{}:]|^#/.test(tokens.at(-1)?.text ?? '') && !/^\s*#/.test(line);
      return open > 0 || goesOn;
    }),
  ];
}

/** For each line, and behind the last, whether it begins inside a comment. */
function inComment(lines: readonly string[]): boolean[] {
  let open = false;
  return [
    false,
    ...lines.map((line) => (open = line.lastIndexOf('/*') > line.lastIndexOf('*/') || (open && !line.includes('*/')))),
  ];
}

/** Two edits as rows for every line of the function, one before some line and one behind it. */
function twiceEditedRows(r: Random, lines: readonly string[]): Row[] {
  const first = 1 + lines.findIndex((l) => l.includes('{'));
  const [comments, statements] = [inComment(lines), inStatement(lines)];
  let middle = first + 1 + r.below(Math.max(1, lines.length - 2 - first));
  while (middle > first && (comments[middle] || statements[middle])) middle--;
  // Rows of lines, without what is added: the line that a row is, or is in front of.
  const upTo = (rows: readonly Row[], count: number): number => {
    let line = 0;
    return rows.findIndex((row) => (row.kind === 'add' ? line : line++) >= count);
  };
  const [upper, lower] = [editedRows(r, lines, 0, middle), editedRows(r, lines, middle, lines.length)];
  return [...upper.slice(0, upTo(upper, middle)), ...lower.slice(upTo(lower, middle))];
}

/** An edit between two lines of the function as rows for every line of it. */
function editedRows(r: Random, lines: readonly string[], low = 0, high = lines.length): Row[] {
  const first = Math.max(low, 1 + lines.findIndex((l) => l.includes('{')));
  const last = Math.min(high, lines.length - 1);
  const span = Math.max(1, last - first);
  const comments = inComment(lines);
  const statements = inStatement(lines);
  const isInside = (line: number): boolean => comments[line] === true || statements[line] === true;
  let from = first + r.below(span);
  while (from > first && isInside(from)) from--;
  const kind = r.pick(['insert', 'insert', 'delete', 'replace'] as const);
  const wanted = kind === 'insert' ? 0 : Math.max(0, Math.min(1 + r.below(3), last - from));
  // A patch keeps braces in balance.
  let most = wanted;
  const balance = (): number =>
    (
      lines
        .slice(from, from + most)
        .join('')
        .replace(/[^{}]/g, '')
        .match(/\{|\}/g) ?? []
    ).reduce((sum, c) => sum + (c === '{' ? 1 : -1), 0);
  while (most > 0 && (balance() !== 0 || isInside(from + most))) most--;
  const added =
    kind === 'delete' && most > 0
      ? []
      : Array.from({ length: 1 + r.below(3) }, () => freshLine(r, lines)).flatMap((l) => l.split('\n'));
  // Lines of which all are there already would look like a patch that is in already.
  if (added.length > 0 && added.every((line) => lines.includes(line))) added.push(`\tnotify_${r.below(99)}(page);`);
  return [
    ...lines.slice(0, from).map((text) => ({ kind: 'context', text }) as const),
    ...lines.slice(from, from + most).map((text) => ({ kind: 'del', text }) as const),
    ...added.map((text) => ({ kind: 'add', text }) as const),
    ...lines.slice(from + most).map((text) => ({ kind: 'context', text }) as const),
  ];
}

/** What a diff shows of the rows: those that change something and some around them; what touches is one hunk. */
function cutRows(rows: readonly Row[], context: number): Row[][] {
  const parts: { from: number; to: number }[] = [];
  rows.forEach((row, i) => {
    if (row.kind === 'context') return;
    const known = parts.at(-1);
    if (known && i - context <= known.to) known.to = i + 1 + context;
    else parts.push({ from: Math.max(0, i - context), to: i + 1 + context });
  });
  return parts.map(({ from, to }) => rows.slice(from, to));
}

const plainDamages = ['white space', 'a line missing', 'a line too many', 'a callee renamed', 'wrapped'] as const;

/** @param others lines of other functions */
function damaged(r: Random, rows: readonly Row[], damage: Damage, others: readonly string[]): Row[] {
  const context = rows.flatMap((row, i) => (row.kind === 'context' && row.text.trim() !== '' ? [i] : []));
  switch (damage) {
    case 'white space':
    case 'newer text, white space':
    case 'two hunks, white space':
      return rows.map((row) => ({ ...row, text: row.text.replace(/\s+/g, ' ').trim() }));
    case 'condensed text, a line missing':
    case 'a line missing': {
      const gone = context.length > 1 ? r.pick(context) : -1;
      return rows.filter((_, i) => i !== gone);
    }
    case 'a line too many': {
      // Lines that are added stand together.
      const ends = rows.flatMap((row, i) => (row.kind === 'add' && rows[i - 1]?.kind !== 'context' ? [] : [i]));
      const at = r.pick([...ends, rows.length]);
      const text = r.pick(others.filter(isStatement).concat('\tunknown_to_the_text(1);'));
      return [...rows.slice(0, at), { kind: 'context', text }, ...rows.slice(at)];
    }
    case 'a callee renamed': {
      const names = rows.flatMap((row) => (row.kind === 'add' ? [] : [...row.text.matchAll(/\b([a-z_]\w{3,})\(/g)]));
      const name = names.length > 0 ? r.pick(names)[1] : undefined;
      if (name === undefined || name === 'while' || name === 'switch') return [...rows];
      return rows.map((row) => ({
        ...row,
        text: row.text.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), `${name}_anew`),
      }));
    }
    case 'context in another order': {
      // Two lines beside each other, as where a later patch has moved one of them.
      const pairs = rows.flatMap((row, i) => {
        const next = rows[i + 1];
        const swaps =
          row.kind === 'context' && next?.kind === 'context' && isStatement(row.text) && isStatement(next.text);
        return swaps ? [i] : [];
      });
      if (pairs.length === 0) return [...rows];
      const at = r.pick(pairs);
      return [...rows.slice(0, at), ...rows.slice(at, at + 2).reverse(), ...rows.slice(at + 2)];
    }
    case 'wrapped':
      // A line broken behind a comma, as it is where it is indented deeper.
      return rows.flatMap((row) => {
        const comma = row.text.indexOf(', ');
        if (comma < 0 || /["/*]|^#/.test(row.text)) return [row];
        return [
          { ...row, text: row.text.slice(0, comma + 1) },
          { ...row, text: `\t\t\t${row.text.slice(comma + 2)}` },
        ];
      });
    case 'two of these':
      return damaged(r, damaged(r, rows, r.pick(plainDamages), others), r.pick(plainDamages), others);
    default:
      return [...rows];
  }
}

const sideOf = (rows: readonly Row[], skip: Row['kind']): string =>
  rows
    .filter((row) => row.kind !== skip)
    .map((row) => row.text)
    .join('\n');

/**
 * Makes a case from a function.
 * @param others lines of another function
 * @param context lines shown around what changes
 */
export function placementCase(
  seed: number,
  lines: readonly string[],
  others: readonly string[],
  context: number,
  damage: Damage,
): PlacementCase {
  const r = randomOf(seed);
  const isTwice = damage === 'two hunks' || damage === 'two hunks, white space';
  const rows = isTwice ? twiceEditedRows(r, lines) : editedRows(r, lines);
  const isCondensed = damage === 'condensed text' || damage === 'condensed text, a line missing';
  const isBody = (i: number): boolean => /^\s*((\} )?else|(if|for|while)\b.*\))$/.test(rows[i - 1]?.text ?? '');
  const kept = rows.filter(
    (row, i) => !isCondensed || row.kind !== 'context' || !isStatement(row.text) || isBody(i) || r.chance(50),
  );
  const isNewer = damage === 'newer text' || damage === 'newer text, white space';
  return {
    text: sideOf(kept, isNewer ? 'del' : 'add'),
    hunks: cutRows(rows, context).map((shown) => damaged(r, shown, damage, others)),
    before: tokensOf(sideOf(kept, 'add')),
    after: tokensOf(sideOf(kept, 'del')),
  };
}

export type Placed = 'right' | 'refused' | 'wrong';

/** What weaving makes of a case. */
export function gives(c: PlacementCase): ReturnType<typeof weave> {
  const hunks = c.hunks.map((rows, h) =>
    rows.map((row, i) => ({ ...row, origin: { file: 'document', line: 1000 * h + i + 1, column: 2 } })),
  );
  return weave(mapFile('model.c', c.text), hunks);
}

/** Places a case's hunks in its text. */
export function place(c: PlacementCase): Placed {
  const woven = gives(c);
  if (woven.kind === 'refused') return 'refused';
  // A line that the mail removes may be shown as the mail has it, with another name for what it calls.
  const plain = (text: string): string => tokensOf(text).replace(/(_anew)+\b/g, '');
  return plain(woven.after.text) === c.after.replace(/(_anew)+\b/g, '') && plain(woven.before.text) === c.before
    ? 'right'
    : 'wrong';
}

/** The hunks of a case as a patch shows them, for a message. */
export const shown = (c: PlacementCase): string =>
  c.hunks
    .map((rows) => rows.map((r) => `${r.kind === 'add' ? '+' : r.kind === 'del' ? '-' : ' '}${r.text}`).join('\n'))
    .join('\n@@\n');

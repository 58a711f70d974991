// SPDX-License-Identifier: MIT
/** Answers in a mail that lost its line ends: they follow the last quoted row with no mark between. */

import { countPlain, looksLikeCode, looksLikeProse } from './prose';

/** Parts of one line, cut before quote marks: offsets into the text, `end` exclusive. */
export interface Part {
  readonly start: number;
  readonly end: number;
}

/** Longer parts are no rows with an answer behind them that anybody could tell apart. */
const LONGEST = 4000;
/** Rows are no longer, so answers begin within so many units, and are judged by as many. */
const LONGEST_ROW = 400;
/** Files whose rows may be sentences. */
const documentName = /(?:^|\/)(?:Documentation\/|Kconfig|README|MAINTAINERS)|\.(?:rst|txt|md|yaml)$/;
const marks = /^(?:>\s?)*/;

/**
 * Cuts parts that stand in a hunk where an answer begins: a sentence behind what ends like code. A quote mark within
 * the sentence is none.
 */
export function cutAnswers(text: string, parts: readonly Part[]): Part[] {
  const found: Part[] = [];
  let inHunk = false;
  let isCode = true;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    if (part === undefined) break;
    if (part.end - part.start > LONGEST) {
      found.push(part);
      continue;
    }
    const whole = text.slice(part.start, part.end);
    const behind = marks.exec(whole)?.[0].length ?? 0;
    const content = whole.slice(behind);
    if (content.startsWith('diff --git ')) {
      inHunk = false;
      isCode = !documentName.test(content);
    } else if (content.startsWith('@@ -')) inHunk = true;
    else if (content === '--') inHunk = false;
    else if (inHunk && behind > 0) {
      const at = answerStart(content, isCode, (from) => {
        const next = parts[i + 1];
        return next !== undefined && goesOn(text, part.start + behind + from, part.end, next);
      });
      if (at >= 0) {
        let end = part.end;
        const start = part.start + behind + at;
        let next = parts[i + 1];
        while (next !== undefined && next.end - start < LONGEST && goesOn(text, start, end, next)) {
          end = next.end;
          i++;
          next = parts[i + 1];
        }
        // Behind an even number of marks it stands below an empty line of its own.
        const half = at === 0 ? halfOfMarks(whole.slice(0, behind)) : 0;
        const row = half > 0 ? half : behind + at;
        found.push({ start: part.start, end: part.start + whole.slice(0, row).trimEnd().length });
        found.push({ start: half > 0 ? part.start + half : start, end });
        continue;
      }
    }
    found.push(part);
  }
  return found;
}

/** Where the second half of an even number of marks begins, else 0. */
function halfOfMarks(all: string): number {
  const places = [...all.matchAll(/>/g)].map(({ index }) => index);
  return places.length % 2 === 0 ? (places[places.length / 2] ?? 0) : 0;
}

/**
 * Where in a row an answer begins, or -1.
 * @param isCode whether sentences are no rows of this file
 * @param hasRest whether what follows may be the rest of a sentence that ends with the row
 */
function answerStart(content: string, isCode: boolean, hasRest: (at: number) => boolean): number {
  const last = Math.min(content.length, LONGEST_ROW);
  for (let at = 0; at >= 0 && at < last; at = nextWord(content, at)) {
    const head = content.slice(0, at).trimEnd();
    const tail = content.slice(at);
    if (head !== '' && !isOutside(head)) continue;
    if (head === '' || !endsRow.test(head)) {
      if (
        (isCode || configRow.test(head)) &&
        isCapital.test(tail) &&
        (isSentence(tail) || (startsAnswer(head, tail) && hasRest(at)))
      )
        return at;
    } else if (startsAnswer(head, tail)) return at;
  }
  return -1;
}

function nextWord(content: string, at: number): number {
  const blank = content.indexOf(' ', at);
  return blank < 0 ? -1 : blank + 1;
}

/** What rows of code end with. */
const endsRow = /[;{}),/\\:]$|\*\/$|^[-+]?#(?:endif|else)$/;
/** Rows of Kconfig that are no help text. */
const configRow = /^(?:[-+] ?)?(?:select|imply|depends on|bool|tristate|default|def_bool|config|menuconfig|range|if)\b/;
const isCapital = /^["'(`]*[A-Z][a-z']*[.,!?:]? [a-z']+/;

/** Whether the end of a row is outside its comments and strings. */
function isOutside(head: string): boolean {
  const row = /^[-+]/.test(head) ? head.slice(1).trimStart() : head;
  if (row === '' || /^(?:\*(?: |$)|\/\/|#(?: |$))/.test(row) || head.lastIndexOf('/*') > head.lastIndexOf('*/'))
    return false;
  return head.split('"').length % 2 === 1;
}

function startsAnswer(head: string, tail: string): boolean {
  const words = tail.slice(0, LONGEST_ROW).split(' ');
  if (/^["'(`]*[A-Z][a-z']*[.,!?:]?$/.test(words[0] ?? '')) {
    return (
      looksLikeProse(tail, 0, tail.length) || (/^[a-z']+$/.test(words[1] ?? '') && !looksLikeCode(tail, 0, tail.length))
    );
  }
  return /[;{})\\]$|#endif$/.test(head) && isSentence(tail) && countPlain(words) === words.length;
}

/** Several words that end as a sentence does. */
function isSentence(tail: string): boolean {
  return /\w[.?!]$/.test(tail.slice(-2)) && tail.includes(' ') && looksLikeProse(tail, 0, tail.length);
}

/** Whether a sentence that has no end yet goes on behind what was taken for a quote mark. */
function goesOn(text: string, start: number, end: number, next: Part): boolean {
  if (end > start && '.?!:'.includes(text.charAt(end - 1))) return false;
  const rest = text.slice(next.start, next.end);
  const words = rest.replace(marks, '');
  if (/^[-+@*/#}]|^$/.test(words) || looksLikeCode(words, 0, words.length)) return false;
  const all = words.split(' ');
  return rest.startsWith('> ') && countPlain(all) * 2 >= all.length;
}

// SPDX-License-Identifier: MIT
/** Whether a line reads like a sentence or like code. */

/** Longer lines are judged by so much of them. */
const SAMPLE = 400;
const plainWord = /^["'(`]*[A-Za-z][a-z']*[.,;:?!)"'`]*$/;

/** Whether a line reads like C rather than prose, by how it starts and ends. */
export function looksLikeCode(text: string, start: number, end: number): boolean {
  const content = text.slice(start, Math.min(end, start + SAMPLE)).trim();
  if (content === '') return false;
  return /[;{}\\]$|^[#{}*]|^\/[*/]|^[\w* ]+\([^)]*\)?\s*[{,]?$|^(?:if|for|while|switch|return|else|case|goto|static|struct|unsigned|int|void)\b.*[,(){:|&;]$|^\w+:$|[=!<>]=|->/.test(
    content,
  );
}

/**
 * Whether a line reads like the beginning of a sentence that somebody wrote: plain words that start with a capital or
 * end as a sentence does. `Thanks,` and `Why?` are sentences, `preempt:` is a label.
 */
export function looksLikeProse(text: string, start: number, end: number): boolean {
  const content = text.slice(start, Math.min(end, start + SAMPLE)).trim();
  if (/^[-+@*/#{}\\<|=]|[;{}\\]$|^\w+\([^)]*$|^".*"[,)]*$/.test(content)) return false;
  const words = content.split(/\s+/);
  if (words.length < 3) return /^[A-Z][a-z']*(?: [A-Za-z][a-z']*)?[,.!?]+$|\?$/.test(content);
  const plain = countPlain(words);
  const isSentence = end - start <= SAMPLE && /[\w)"'`][.?!:]+$/.test(content);
  return plain * 5 >= words.length * 3 && (isSentence || /^["'(`]*[A-Z]/.test(content));
}

/** How many words are plain ones, with punctuation around them at most. */
export function countPlain(words: readonly string[]): number {
  return words.filter((word) => plainWord.test(word)).length;
}

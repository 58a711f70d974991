// SPDX-License-Identifier: MIT

/** Arguments longer than this are C. */
const longest = 500;
const plain = /^(?:[^"()]|\([^"()]*\))*?/.source;
const strange = new RegExp(
  `${plain}%\\[\\w+\\]|^\\s*\\.\\s*\\w+\\s*=|${plain},\\s*(?:,|$|(?:[<>]=?|[=!]=)\\s*(?:,|$))|^\\s*,`,
);

/**
 * Whether what stands between the brackets of a call is no C: a designator, an operator or nothing at all for an argument,
 * operands of assembly. Only macros take that.
 * @param from offset behind the opening bracket
 * @param to offset of the closing one
 */
export function isStrange(text: string, from: number, to: number): boolean {
  if (to - from > longest) return false;
  const given = text.slice(from, to);
  return /[,%.]/.test(given) && strange.test(given);
}

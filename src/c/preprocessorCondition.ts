// SPDX-License-Identifier: MIT

/** Evaluates the condition of `#if`; what it cannot read counts as 0. */
export function evaluateCondition(condition: string, value: (name: string) => bigint | null): bigint {
  const tokens =
    condition.match(/0[xX][0-9a-fA-F]+[uUlL]*|\d+[uUlL]*|\w+|&&|\|\||[=!<>]=|<<|>>|[-+*/%!<>()&|^~,]/g) ?? [];
  let at = 0;
  const levels: readonly (readonly string[])[] = [
    ['||'],
    ['&&'],
    ['|'],
    ['^'],
    ['&'],
    ['==', '!='],
    ['<', '>', '<=', '>='],
    ['<<', '>>'],
    ['+', '-'],
    ['*', '/', '%'],
  ];
  const number = (token: string): bigint =>
    /^\d/.test(token) ? BigInt(token.replace(/[uUlL]+$/, '')) : (value(token) ?? 0n);
  let depth = 0;
  const primary = (): bigint => {
    if (++depth > 5000) return 0n;
    const token = tokens[at++];
    if (token === undefined) return 0n;
    if (token === '!') return primary() === 0n ? 1n : 0n;
    if (token === '-') return -primary();
    if (token === '~') return ~primary();
    if (token === '(') {
      const inner = binary(0);
      at++;
      return inner;
    }
    if (token === 'defined' || token === 'IS_ENABLED' || token === 'IS_BUILTIN' || token === 'IS_REACHABLE') {
      const bracket = tokens[at] === '(';
      if (bracket) at++;
      const name = tokens[at++] ?? '';
      if (bracket) at++;
      return value(name) !== null && (token === 'defined' || value(name) !== 0n) ? 1n : 0n;
    }
    if (token === 'KERNEL_VERSION') {
      // The bracket or comma in front of each part, then the closing bracket.
      const part = (): bigint => {
        at++;
        return binary(0);
      };
      const code = (part() << 16n) + (part() << 8n) + part();
      at++;
      return code;
    }
    return number(token);
  };
  const binary = (level: number): bigint => {
    const operators = levels[level];
    if (operators === undefined) return primary();
    let left = binary(level + 1);
    while (operators.includes(tokens[at] ?? '')) {
      const operator = tokens[at++];
      const right = binary(level + 1);
      left = apply(operator as string, left, right);
    }
    return left;
  };
  return binary(0);
}

function apply(operator: string, left: bigint, right: bigint): bigint {
  const flag = (condition: boolean): bigint => (condition ? 1n : 0n);
  switch (operator) {
    case '||':
      return flag(left !== 0n || right !== 0n);
    case '&&':
      return flag(left !== 0n && right !== 0n);
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    case '&':
      return left & right;
    case '==':
      return flag(left === right);
    case '!=':
      return flag(left !== right);
    case '<':
      return flag(left < right);
    case '>':
      return flag(left > right);
    case '<=':
      return flag(left <= right);
    case '>=':
      return flag(left >= right);
    case '<<':
      return BigInt.asIntN(64, left << (right & 63n));
    case '>>':
      return left >> (right & 63n);
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return BigInt.asIntN(64, left * right);
    case '/':
      return right === 0n ? 0n : left / right;
    default:
      return right === 0n ? 0n : left % right;
  }
}

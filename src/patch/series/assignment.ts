// SPDX-License-Identifier: MIT
/** The cheapest way to give each row of a table a column of its own. */

/**
 * Solves the assignment problem by shortest augmenting paths.
 * @param costs a square table of `size` rows, row by row
 * @returns for each row its column; cubic in `size`
 */
export function cheapestAssignment(costs: Float64Array, size: number): Int32Array {
  const rowPrice = new Float64Array(size + 1);
  const columnPrice = new Float64Array(size + 1);
  // Entry 0 stands for the row that is being placed; rows and columns count from 1.
  const rowOf = new Int32Array(size + 1);
  const before = new Int32Array(size + 1);
  for (let row = 1; row <= size; row++) {
    rowOf[0] = row;
    const least = new Float64Array(size + 1).fill(Number.POSITIVE_INFINITY);
    const used = new Uint8Array(size + 1);
    let column = 0;
    do {
      used[column] = 1;
      const placed = rowOf[column] ?? 0;
      let step = Number.POSITIVE_INFINITY;
      let next = 0;
      for (let other = 1; other <= size; other++) {
        if (used[other] === 1) continue;
        const cost =
          (costs[(placed - 1) * size + other - 1] ?? 0) - (rowPrice[placed] ?? 0) - (columnPrice[other] ?? 0);
        if (cost < (least[other] ?? 0)) {
          least[other] = cost;
          before[other] = column;
        }
        if ((least[other] ?? 0) < step) {
          step = least[other] ?? 0;
          next = other;
        }
      }
      for (let other = 0; other <= size; other++) {
        if (used[other] === 1) {
          const above = rowOf[other] ?? 0;
          rowPrice[above] = (rowPrice[above] ?? 0) + step;
          columnPrice[other] = (columnPrice[other] ?? 0) - step;
        } else least[other] = (least[other] ?? 0) - step;
      }
      column = next;
    } while (rowOf[column] !== 0);
    while (column !== 0) {
      const from = before[column] ?? 0;
      rowOf[column] = rowOf[from] ?? 0;
      column = from;
    }
  }
  const found = new Int32Array(size);
  for (let column = 1; column <= size; column++) found[(rowOf[column] ?? 1) - 1] = column - 1;
  return found;
}

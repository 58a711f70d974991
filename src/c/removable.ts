// SPDX-License-Identifier: MIT
import type { Span } from './ast';
import type { Frame } from './context';

/**
 * Lowers what stands at `span` by `lower`, with a branch around it where it may be left out: so one lowered program
 * answers for all of its lines what it does without them.
 */
export function removable(frame: Frame, span: Span, lower: () => void): void {
  if (!frame.program.removable(span)) return lower();
  const gone = frame.code.label();
  frame.code.guard(gone, span);
  lower();
  frame.code.place(gone);
}

// SPDX-License-Identifier: MIT
/** The body of a message, decoded. */

import { Body } from './body';
import type { MessageSpan } from './container';
import type { Lines } from './lines';
import { splitOneLine } from './oneLine';
import { markQuotes } from './quote';

/** Opens the body of a message, with the quote marks of its lines counted. */
export function openBody(document: Lines, span: MessageSpan): Body {
  if (span.container === 'text') {
    const cut = splitOneLine(document);
    if (cut !== null) {
      markQuotes(cut, 0, cut.count);
      return new Body(document, cut, 0, cut.count, null);
    }
  }
  markQuotes(document, span.body, span.to);
  return new Body(document, document, span.body, span.to, null);
}

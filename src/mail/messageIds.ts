// SPDX-License-Identifier: MIT
/** The Message-ID of a mail, and those it answers. */

import { fieldValue, type HeaderField } from './headers';

/** Ids without their angle brackets, as they were written otherwise. */
export interface MessageIds {
  readonly messageId: string | null;
  readonly inReplyTo: string | null;
  /** The oldest first. */
  readonly references: readonly string[];
}

/** Longer headers are cut: nobody reads them, and patterns stay cheap. */
const LONGEST_HEADER = 2000;
const none: readonly string[] = [];

/** Reads the ids from the header of a mail. */
export function readMessageIds(fields: readonly HeaderField[]): MessageIds {
  return {
    messageId: bareId(fieldValue(fields, 'message-id')),
    inReplyTo: bareId(fieldValue(fields, 'in-reply-to')),
    references: fieldValue(fields, 'references')?.match(/[^<>\s,]+@[^<>\s]+|[^<>\s,]+/g) ?? none,
  };
}

function bareId(value: string | null): string | null {
  if (value === null) return null;
  const match = /<([^<>]+)>/.exec(value.slice(0, LONGEST_HEADER));
  return match?.[1] ?? (/^[\s<>]*$/.test(value) ? null : value.trim());
}

// SPDX-License-Identifier: MIT
/**
 * The asynchronous reader: `load_unaligned_zeropad()` may read across the end of any page at any time, through whatever
 * translation a TLB may hold. An exception fixup makes zeroes of what it cannot read, where the exception comes to the
 * guest's kernel at all: a page fault does (arch/x86/mm/extable.c: ex_handler_zeropad()), and a #VE of a shared mapping.
 * A TD exit, #VC 0x404 and #NPF do not, and a paravisor knows of no fixup: all else is as for any other reader.
 */

import type { Rule } from './rule';
import type { GuestRow } from './tdxGuest';

const fixed: Rule = {
  text: 'is private, and a read through a shared mapping is a #VE that load_unaligned_zeropad() makes zeroes of',
  mark: 'U',
  source: 'commits 1e7769653b06 and 195edce08b63, changelogs',
};

/** A TDX guest's table of accesses as it is for this reader: a #VE is nothing to it. */
export const forReader = (rows: readonly GuestRow[]): readonly GuestRow[] =>
  rows.map((row) => (row.answer === 've-unhandled' ? { ...row, answer: 'ok', rule: fixed } : row));

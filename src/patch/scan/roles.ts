// SPDX-License-Identifier: MIT
/** What the roles of lines have in common. */

import { Role } from '../../mail/lines';
import type { HunkLine } from '../types';
import { BACKSLASH, MINUS, PLUS } from './marks';

/** Whether a line of this role begins a row of a hunk. */
export function isRow(role: number): boolean {
  return (role >= Role.add && role <= Role.context) || role === Role.noNewline || role >= Role.addJoined;
}

/** Whether a line of this role goes on with the row above it. */
export function isRest(role: number): boolean {
  return role >= Role.addRest && role <= Role.contextRest;
}

/** The role of the lines that a row of this role goes on with; all other roles go on as themselves. */
export function restOf(role: number): number {
  switch (role) {
    case Role.add:
      return Role.addRest;
    case Role.del:
      return Role.delRest;
    case Role.context:
      return Role.contextRest;
    default:
      return role;
  }
}

/** The role of a row that begins with this unit: context where it is no mark. */
export function roleOfMark(code: number): number {
  switch (code) {
    case PLUS:
      return Role.add;
    case MINUS:
      return Role.del;
    case BACKSLASH:
      return Role.noNewline;
    default:
      return Role.context;
  }
}

/** What a line of this role is as a row; null where it begins none. */
export function kindOfRow(role: number): HunkLine['kind'] | null {
  switch (role) {
    case Role.add:
    case Role.addJoined:
      return 'add';
    case Role.del:
    case Role.delJoined:
      return 'del';
    case Role.context:
      return 'context';
    case Role.noNewline:
      return 'no-newline';
    default:
      return null;
  }
}

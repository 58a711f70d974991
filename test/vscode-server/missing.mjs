// SPDX-License-Identifier: MIT

/** Something that this machine does not have and that we may not or could not install; the message says how to. */
export class Missing extends Error {}

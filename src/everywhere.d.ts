// SPDX-License-Identifier: MIT
/**
 * What Node, web workers and browsers all have and the language library does not name. Only for the folders
 * that run in all of them; the others have the full types of where they run.
 */
declare const performance: { now(): number };

declare class TextDecoder {
  constructor(label?: string, options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean });
  decode(input?: Uint8Array, options?: { readonly stream?: boolean }): string;
}

declare class TextEncoder {
  encode(input?: string): Uint8Array;
}

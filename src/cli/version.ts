// SPDX-License-Identifier: MIT
import manifest from '../../package.json';

/** The version of the product, as package.json has it. */
export const version: string = manifest.version;

// SPDX-License-Identifier: MIT
export { activate } from './activate';

// SPDX-License-Identifier: MIT
/** Models and scenarios are imported as text; `esbuild.mjs` loads them so. */
declare module '*.c' {
  const text: string;
  export default text;
}

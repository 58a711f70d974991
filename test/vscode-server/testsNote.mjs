// SPDX-License-Identifier: MIT
// When an extension host dies (process.exit, a crash, no memory), VS Code's web workbench reports exit code 0. So the
// tests are started through a small module that leaves a note at their real end; a run without the note has failed.
import fs from 'node:fs';

/** What a worker, which cannot write files, prints instead. */
export const endedWell = 'code-headless: the tests ended';

/** @param {string} wrapper */
export const noteFile = (wrapper) => `${wrapper}.ended`;

/**
 * For Node's extension host.
 * @param {string} tests path of a module with `run`
 * @param {string} wrapper path of the module to write
 */
export function wrapForNode(tests, wrapper) {
  const name = JSON.stringify(tests);
  fs.writeFileSync(
    wrapper,
    `exports.run = async () => {
  const tests = require(${name});
  if (typeof tests.run !== 'function') throw new Error(${name} + ' does not export a function "run"');
  await new Promise((resolve, reject) => {
    const end = (error, failures) =>
      error || failures ? reject(error || new Error(failures + ' test(s) failed')) : resolve();
    const result = tests.run(${name}, end);
    if (result && result.then) result.then(resolve, reject);
  });
  require('fs').writeFileSync(${JSON.stringify(noteFile(wrapper))}, '');
};
`,
  );
}

/**
 * For the worker that runs web extensions: a module there is one file without require(), so the note is added to a copy.
 * @param {string} tests
 * @param {string} wrapper
 */
export function wrapForWorker(tests, wrapper) {
  const source = fs.readFileSync(fs.existsSync(tests) ? tests : `${tests}.js`, 'utf8');
  fs.writeFileSync(
    wrapper,
    `${source.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '')}
;{
  const { run } = module.exports;
  module.exports = { run: async (...args) => { await run(...args); console.log(${JSON.stringify(endedWell)}); } };
}
`,
  );
}

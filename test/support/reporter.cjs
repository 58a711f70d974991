// SPDX-License-Identifier: MIT
// Mocha's usual report for people; for test/run.mjs, the counts and what was skipped as JSON in $TEST_RESULTS.
const fs = require('node:fs');
const path = require('node:path');
const { Runner, reporters } = require('mocha');

module.exports = class extends reporters.Spec {
  /**
   * @param {import('mocha').Runner} runner
   * @param {import('mocha').MochaOptions} options
   */
  constructor(runner, options) {
    super(runner, options);
    /** @type {string[]} */
    const skipped = [];
    runner.on(Runner.constants.EVENT_TEST_PENDING, (test) => skipped.push(test.fullTitle()));
    runner.on(Runner.constants.EVENT_RUN_END, () => {
      const file = process.env.TEST_RESULTS;
      if (!file) return;
      const { passes, failures } = this.stats;
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped }));
    });
  }
};

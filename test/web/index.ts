// SPDX-License-Identifier: MIT
import './setUp';
import './activation.test';
import './review.test';
import './userFiles.test';

/** What VS Code calls. A worker writes no files, so the counts are printed for `run.mjs`. */
export function run(): Promise<void> {
  return new Promise((resolve, reject) => {
    const counts = { passed: 0, failed: 0, skipped: [] as string[] };
    const runner = mocha.run((failures) => {
      console.log(`counts ${JSON.stringify(counts)}`);
      if (failures === 0) resolve();
      else reject(new Error(`${failures} test(s) failed`));
    });
    runner.on('pass', (test) => {
      counts.passed++;
      console.log(`  passed: ${test.fullTitle()}`);
    });
    runner.on('pending', (test) => counts.skipped.push(test.fullTitle()));
    runner.on('fail', (test, error) => {
      counts.failed++;
      console.log(`  failed: ${test.fullTitle()}\n${error.stack}`);
    });
  });
}

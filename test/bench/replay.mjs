// SPDX-License-Identifier: MIT
// What a step of the replay view costs the main thread of a browser, beside the same view in preact in the same run:
// node test/bench/replay.mjs
//
// A step is from the key to a laid-out page. Both views run alternately; medians of all rounds are compared.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { launchBrowser } from '../vscode-server/chromium.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const cells = 4096;
const steps = 60;
const rounds = 5;

/** @param {string} entry @param {import('esbuild').BuildOptions} [more] */
async function bundle(entry, more = {}) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    logLevel: 'warning',
    ...more,
  });
  return outputFiles?.[0]?.text ?? '';
}

const [ours, peer, style, data] = await Promise.all([
  bundle('media/replay/replay.ts'),
  bundle('test/bench/replayPeer.ts'),
  bundle('media/replay/replay.css'),
  bundle('test/bench/replayData.ts', { globalName: 'bench' }),
]);
console.log(
  `view ${(Buffer.byteLength(ours) / 1000).toFixed(1)} kB, style ${(Buffer.byteLength(style) / 1000).toFixed(1)} kB, minified`,
);

const browser = await launchBrowser();

/** A page with a view and what it shows. @param {string} script @param {number} count @param {number} pages */
async function open(script, count, pages) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.setContent('<!DOCTYPE html><html lang="en"><body></body></html>');
  await page.addStyleTag({ content: style });
  await page.evaluate('window.acquireVsCodeApi = () => ({ postMessage() {}, setState() {} })');
  await page.addScriptTag({ content: data });
  await page.addScriptTag({ content: script });
  await page.evaluate(`window.postMessage(bench.showLong(${count}, ${pages}), '*')`);
  await page.waitForSelector('.square');
  return page;
}

/** Milliseconds of each step, from the key to the layout. @param {string} script */
async function run(script) {
  const page = await open(script, steps, cells);
  const took = await page.evaluate((count) => {
    const times = [];
    for (let i = 0; i < count; i++) {
      const start = performance.now();
      document.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
      void document.body.offsetHeight;
      times.push(performance.now() - start);
    }
    return times;
  }, steps);
  await page.close();
  return took;
}

/** Milliseconds of each input while a long replay is scrubbed. */
async function scrub() {
  const page = await open(ours, 2000, 16);
  const took = await page.evaluate(() => {
    const slider = document.querySelector('input');
    const times = [];
    for (let step = 0; slider && step < 2000; step += 20) {
      const start = performance.now();
      slider.value = String(step);
      slider.dispatchEvent(new Event('input'));
      void document.body.offsetHeight;
      times.push(performance.now() - start);
    }
    return times;
  });
  await page.close();
  return took;
}

/** @param {readonly number[]} values @param {number} share */
const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? 0;

const times = { ours: /** @type {number[]} */ ([]), peer: /** @type {number[]} */ ([]) };
for (let round = 0; round < rounds; round++) {
  times.ours.push(...(await run(ours)));
  times.peer.push(...(await run(peer)));
}
const scrubbed = await scrub();
await browser.close();
for (const [name, values] of Object.entries(times))
  console.log(
    `${name.padEnd(5)} step at ${cells} cells: median ${quantile(values, 0.5).toFixed(2)} ms, 95 % within ${quantile(values, 0.95).toFixed(2)} ms`,
  );
const ratio = quantile(times.peer, 0.5) / quantile(times.ours, 0.5);
console.log(`a step of ours takes 1/${ratio.toFixed(2)} of the time of the same view in preact`);
console.log(
  `an input of the slider at 2000 steps: median ${quantile(scrubbed, 0.5).toFixed(2)} ms, 95 % within ${quantile(scrubbed, 0.95).toFixed(2)} ms`,
);

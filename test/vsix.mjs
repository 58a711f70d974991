// SPDX-License-Identifier: MIT
// Checks that the package holds what it must and no more: node test/vsix.mjs
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const vsix = path.join(root, 'dist', 'kernel-patch-review.vsix');

/** What may not grow unseen. The two wasm files of the C parser are 160 kB of it when packed, the C of models and scenarios some 75 kB. */
const budget = { kilobytes: 620, files: 30 };
/** Kilobytes, unpacked: what is loaded when a patch is opened or a replay is shown, and so must be small. */
/** @type {Readonly<Record<string, number>>} */
const bundleBudgets = {
  'extension/dist/extension.js': 80,
  'extension/dist/extension.web.js': 80,
  'extension/dist/replay.js': 60,
};
const needed = [
  'extension/package.json',
  'extension/package.nls.json',
  'extension/readme.md',
  'extension/changelog.md',
  'extension/LICENSE.txt',
  'extension/media/icon.png',
  'extension/media/samples/guest-kexec.eml',
  'extension/dist/extension.js',
  'extension/dist/extension.web.js',
  'extension/dist/worker.js',
  'extension/dist/replay.js',
  'extension/dist/replay.css',
  'extension/dist/web-tree-sitter.wasm',
  'extension/dist/tree-sitter-c.wasm',
];
const unwanted = /\.map$|\.ts$|\/test|node_modules|\/cli\.js$|\/src\//;

/**
 * The names in a zip file's central directory, and their sizes in kilobytes.
 * @param {Buffer} zip
 */
function entries(zip) {
  const end = zip.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  if (end < 0) throw new Error(`${vsix} is not a zip file`);
  const found = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const lengths = [28, 30, 32].map((field) => zip.readUInt16LE(at + field));
    const [name = 0, extra = 0, comment = 0] = lengths;
    found.push({
      name: zip.toString('utf8', at + 46, at + 46 + name),
      packed: zip.readUInt32LE(at + 20) / 1000,
      size: zip.readUInt32LE(at + 24) / 1000,
    });
    at += 46 + name + extra + comment;
  }
  return found;
}

const zip = fs.readFileSync(vsix);
const files = entries(zip);
const names = new Set(files.map(({ name }) => name));
const kilobytes = zip.length / 1000;

const problems = [
  ...needed.filter((name) => !names.has(name)).map((name) => `${name} is missing`),
  ...[...names].filter((name) => unwanted.test(name)).map((name) => `${name} does not belong there`),
];
if (kilobytes > budget.kilobytes) problems.push(`${kilobytes.toFixed(0)} kB are more than ${budget.kilobytes}`);
if (files.length > budget.files) problems.push(`${files.length} files are more than ${budget.files}`);
for (const { name, size } of files) {
  const limit = bundleBudgets[name] ?? Number.POSITIVE_INFINITY;
  if (size > limit) problems.push(`${name} has ${size.toFixed(0)} kB, more than ${limit}`);
}

for (const { name, packed } of files) console.log(`${packed.toFixed(1).padStart(8)} kB  ${name}`);
console.log(`VSIX: ${kilobytes.toFixed(0)} kB of ${budget.kilobytes}, ${files.length} files of ${budget.files}`);
for (const problem of problems) console.error(`VSIX: ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;

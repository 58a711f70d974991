// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A file, its text, and the lint rules that must find fault with it. */
type Probe = readonly [file: string, text: string, rules: readonly string[]];

const folders = ['mail', 'patch', 'c', 'machine', 'engine', 'litmus', 'tree', 'review', 'replay', 'extension', 'cli'];
const pure = folders.slice(0, 9);

/** Which folders each folder may import from, besides itself. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  mail: [],
  patch: ['mail'],
  c: ['mail', 'patch'],
  machine: [],
  engine: [],
  litmus: ['c', 'engine'],
  tree: ['mail', 'patch', 'c'],
  review: ['mail', 'patch', 'c', 'machine', 'engine', 'tree'],
  replay: ['review'],
  extension: pure.filter((name) => name !== 'litmus'),
  cli: pure,
};

function directions(folder: string): Probe[] {
  const others = folders.filter((other) => other !== folder);
  return others.flatMap((other): Probe[] => {
    const rules = mayImport[folder]?.includes(other) ? [] : ['noRestrictedImports'];
    return [
      [`src/${folder}/from-${other}.ts`, `export { x } from '../${other}/x';\n`, rules],
      [`src/${folder}/deep/from-${other}.ts`, `export type { X } from '../../${other}/x';\n`, rules],
    ];
  });
}

function surroundings(folder: string): Probe[] {
  return [
    [`src/${folder}/node.ts`, "export { readFile } from 'node:fs';\n", ['noNodejsModules']],
    [`src/${folder}/browser.ts`, 'export const title = document.title;\n', ['noRestrictedGlobals']],
    [`src/${folder}/process.ts`, 'export const id = process.pid;\n', ['noRestrictedGlobals']],
  ];
}

const importsVscode = "export { window } from 'vscode';\n";
const notInVscode = [...pure.map((name) => `src/${name}`), 'src/cli', 'media/replay', 'test/patch', 'test/ui'];
const inVscode = ['src/extension', 'test/vscode', 'test/web'];

const suites: Readonly<Record<string, readonly Probe[]>> = {
  ...Object.fromEntries(
    folders.map((name) => [`src/${name} imports from ${mayImport[name]?.join(', ') || 'no other'}`, directions(name)]),
  ),
  'src/c and src/machine may know the contract of the engine': [
    ['src/c/contract.ts', "export type { Step } from '../engine/program';\n", []],
    ['src/machine/contract.ts', "export type { Machine } from '../engine/program';\n", []],
  ],
  'src/extension and tests inside VS Code import vscode, nobody else does': [
    ...notInVscode.map((folder): Probe => [`${folder}/vscode.ts`, importsVscode, ['noRestrictedImports']]),
    ...inVscode.map((folder): Probe => [`${folder}/vscode.ts`, importsVscode, []]),
  ],
  'up to src/replay nothing knows Node or the browser': pure.flatMap(surroundings),
  'the replay view does not know Node': [
    ['media/replay/node.ts', "export { readFile } from 'node:fs';\n", ['noNodejsModules']],
  ],
  'nothing is of type any': [['src/extension/any.ts', 'export const x = [] as any[];\n', ['noExplicitAny']]],
};

/** Lints all the probes at once, as files of a project of their own, and gives the broken rules of each. */
function brokenRules(): Map<string, string[]> {
  const project = mkdtempSync(path.join(realpathSync(tmpdir()), 'kpr-lint-'));
  try {
    for (const name of ['biome.jsonc', '.gitignore']) copyFileSync(name, path.join(project, name));
    for (const [file, text] of Object.values(suites).flat()) {
      mkdirSync(path.join(project, path.dirname(file)), { recursive: true });
      writeFileSync(path.join(project, file), text);
    }
    const biome = path.resolve('node_modules/@biomejs/biome/bin/biome');
    const args = [biome, 'lint', '--reporter=github', '--max-diagnostics=none'];
    const { stdout } = spawnSync(process.execPath, args, { cwd: project, encoding: 'utf8' });
    const rules = new Map<string, string[]>();
    for (const [, rule = '', file = ''] of stdout.matchAll(/^::\w+ title=lint\/\w+\/(\w+),file=([^,]+),/gm)) {
      const name = path.relative(project, file);
      rules.set(name, [...(rules.get(name) ?? []), rule]);
    }
    return rules;
  } finally {
    rmSync(project, { recursive: true });
  }
}

describe('the lint rules of the house', () => {
  let rules: Map<string, string[]>;
  before(function () {
    this.timeout(60_000);
    rules = brokenRules();
  });

  for (const [title, probes] of Object.entries(suites)) {
    it(title, () => {
      assert.deepEqual(
        probes.map(([file]) => [file, rules.get(file) ?? []]),
        probes.map(([file, , expected]) => [file, expected]),
      );
    });
  }
});

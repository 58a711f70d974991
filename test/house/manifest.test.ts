// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';

interface Manifest {
  readonly main: string;
  readonly browser: string;
  readonly icon: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly engines: { readonly vscode: string };
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly contributes?: { readonly commands?: readonly { readonly command: string; readonly category?: string }[] };
}

const text = readFileSync('package.json', 'utf8');
const manifest: Manifest = JSON.parse(text);

describe('the manifest', () => {
  it('names files that the build makes', () => {
    const files = [manifest.main, manifest.browser, manifest.icon, ...Object.values(manifest.bin)];
    assert.deepEqual(
      files.filter((file) => !existsSync(file)),
      [],
    );
  });

  it('has exactly the texts that package.nls.json gives', () => {
    const used = new Set([...text.matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key));
    const given = Object.keys(JSON.parse(readFileSync('package.nls.json', 'utf8')));
    assert.deepEqual([...used].sort(), given.sort());
  });

  it('keeps every command in one category', () => {
    const categories = new Set(manifest.contributes?.commands?.map(({ category }) => category));
    assert.equal(categories.size, 1);
  });

  it('is checked against the oldest VS Code that it runs on', () => {
    assert.equal(`^${manifest.devDependencies['@types/vscode']}`, manifest.engines.vscode);
  });

  it('depends on exact versions, each explained in CONTRIBUTING.md', () => {
    const explained = readFileSync('CONTRIBUTING.md', 'utf8');
    for (const [name, version] of Object.entries(manifest.devDependencies)) {
      assert.match(version, /^\d+\.\d+\.\d+$/, name);
      assert.ok(explained.includes(`\`${name}\``), `${name} is not explained`);
    }
  });
});

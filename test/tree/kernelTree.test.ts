// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { createTree, type KernelTree } from '../../src/tree/kernelTree';
import { isKernelTree } from '../../src/tree/treeFiles';
import { filesOf, smallTree } from '../support/smallTree';

const hooks = { cancelled: () => false, pause: async () => {} };

async function loaded(files: Readonly<Record<string, string>>): Promise<KernelTree> {
  const tree = createTree(filesOf(files));
  assert.equal(await tree.load(hooks), true);
  return tree;
}

const outside: Readonly<Record<string, string>> = {
  ...smallTree,
  'drivers/net/a.c':
    '#include "a.h"\nstatic int hidden(void) { return 1; }\nint net_open(void) { return hidden(); }\nint twice(void) { return 1; }\n',
  'drivers/net/a.h': '#define NET_A 1\nstruct net_a { int x; };\n',
  'drivers/net/b.c': 'int net_b;\n#ifdef CONFIG_X86_32\nint old;\n#endif\n',
  'fs/c.c': 'int twice(void) { return 2; }\n',
  'arch/arm/d.c': 'int arm_only(void) { return 1; }\n',
  'tools/e.c': 'int main(void) { return 1; }\n',
};

describe('a kernel tree', () => {
  it('is told by MAINTAINERS, Kbuild and arch/x86', async () => {
    assert.equal(await isKernelTree(filesOf(smallTree)), true);
    for (const missing of ['MAINTAINERS', 'Kbuild', 'arch/x86/']) {
      const rest = Object.entries(smallTree).filter(([path]) => !path.startsWith(missing));
      assert.equal(await isKernelTree(filesOf(Object.fromEntries(rest))), false, missing);
    }
  });

  it('shares what headers define and what is not static; the rest is the own of a file', async () => {
    const tree = await loaded(smallTree);
    const at = (key: string): string | undefined => tree.shared(key)?.path;
    assert.equal(at('function tdx_prepare_kexec'), 'arch/x86/kernel/tdx_kexec.c');
    assert.equal(at('struct kimage'), 'include/linux/kexec.h');
    assert.equal(at('macro kexec_keeps'), 'include/linux/kexec.h');
    assert.equal(at('constant TDX_KEXEC_ON'), 'include/linux/tdx_kexec.h');
    assert.equal(at('variable tdx_default_ops'), 'arch/x86/virt/vmx/tdx/reset.c');
    assert.equal(at('function helper'), undefined);
    assert.deepEqual([...tree.own('arch/x86/kernel/tdx_kexec.c').keys()], ['function helper']);
    assert.deepEqual(
      [...tree.own('arch/x86/virt/vmx/tdx/reset.c').keys()],
      ['function helper', 'function reset_regions'],
    );
  });

  it('a header of the architecture comes before a general one', async () => {
    const both = { 'include/linux/a.h': '#define X 1\n', 'arch/x86/include/asm/z.h': '#define X 2\n' };
    const tree = await loaded(both);
    assert.equal(tree.shared('macro X')?.path, 'arch/x86/include/asm/z.h');
  });

  it('indexes the folder of a file that is opened elsewhere, and again what has changed', async () => {
    const live: Record<string, string> = {
      ...smallTree,
      'drivers/net/a.c': 'int net_a;\n',
      'drivers/net/b.c': 'int net_b;\n',
    };
    const tree = await loaded(live);
    assert.equal(tree.shared('variable net_b'), undefined);
    assert.equal(await tree.open('drivers/net/a.c'), 'int net_a;\n');
    assert.equal(tree.shared('variable net_b')?.path, 'drivers/net/b.c');
    live['drivers/net/b.c'] = 'int net_c;\n';
    await tree.open('drivers/net/b.c');
    assert.equal(tree.shared('variable net_b'), undefined);
    assert.equal(tree.shared('variable net_c')?.path, 'drivers/net/b.c');
    assert.equal(await tree.open('drivers/net/none.c'), null);
  });

  it('can be cancelled, and asks between files', async () => {
    let pauses = 0;
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`mm/f${i}.c`, `int v${i};\n`]));
    const stop = { cancelled: () => pauses === 3, pause: async () => void pauses++ };
    const tree = createTree(filesOf(many));
    assert.equal(await tree.load(stop), false);
    assert.deepEqual([pauses, tree.texts.size], [3, 0]);
    // The folders are listed, and in each round 32 files are read.
    const few = { cancelled: () => pauses === 19, pause: stop.pause };
    assert.equal(await tree.load(few), false);
    assert.deepEqual([pauses, tree.texts.size], [19, 64]);
    // It goes on where it ended.
    assert.equal(await tree.load({ ...stop, cancelled: () => false }), true);
    assert.deepEqual([pauses, tree.texts.size, tree.names], [33, 500, 500]);
  });

  it('lists the texts that have a word in them, also after a change', async () => {
    const live: Record<string, string> = { ...smallTree };
    const tree = await loaded(live);
    const paths = (word: string): string[] => [...tree.naming(word)].map(([path]) => path);
    const some = ['arch/x86/include/asm/tdx.h', 'arch/x86/virt/vmx/tdx/reset.c'];
    // As far as it was asked for, and then the whole of it.
    for (const [path] of tree.naming('tdx_default_ops')) {
      assert.equal(path, some[0]);
      break;
    }
    for (let i = 0; i < 2; i++) assert.deepEqual(paths('tdx_default_ops'), some);
    live['include/linux/kexec.h'] += 'extern int tdx_default_ops;\n';
    await tree.open('include/linux/kexec.h');
    assert.deepEqual(paths('tdx_default_ops').sort(), [...some, 'include/linux/kexec.h']);
  });

  it('knows which other file defines a name, and opens it when that is asked for', async () => {
    const tree = await loaded(outside);
    assert.equal(tree.shared('function net_open'), undefined);
    assert.deepEqual([tree.rest.isWhole, await tree.fetch(), tree.knowsMore()], [false, false, false]);
    assert.equal(await tree.rest.index(hooks), true);
    // What was asked for before is known only now, and that is said once.
    assert.deepEqual([tree.rest.isWhole, tree.knowsMore(), tree.knowsMore()], [true, true, false]);
    assert.equal(tree.shared('function net_open'), undefined);
    assert.equal(await tree.fetch(), true);
    assert.equal(tree.shared('function net_open')?.path, 'drivers/net/a.c');
    assert.equal(tree.shared('macro NET_A')?.path, 'drivers/net/a.h');
    assert.deepEqual([...tree.own('drivers/net/a.c').keys()], ['function hidden']);
    assert.equal(await tree.fetch(), false);
    assert.equal(tree.texts.has('fs/c.c'), false);
  });

  it('takes from elsewhere what one file alone defines for all, and nothing of other architectures', async () => {
    const { rest } = await loaded(outside);
    await rest.index(hooks);
    const files = (...keys: readonly string[]): (string | null)[] => keys.map((key) => rest.fileOf(key));
    assert.deepEqual(files('struct net_a', 'variable net_b'), ['drivers/net/a.h', 'drivers/net/b.c']);
    assert.deepEqual(files('function hidden', 'function twice', 'variable old'), [null, null, null]);
    assert.deepEqual(files('function arm_only', 'function main', 'macro NET_A'), [null, null, null]);
    assert.deepEqual([rest.files, rest.names], [4, 4]);
  });

  it('knows of a file elsewhere what it holds after a change, and that it is gone', async () => {
    const live: Record<string, string> = { ...outside };
    const tree = await loaded(live);
    await tree.rest.index(hooks);
    live['fs/c.c'] = 'int fs_new(void) { return 2; }\n';
    await tree.changed('fs/c.c');
    assert.deepEqual(
      ['function twice', 'function fs_new'].map((key) => tree.rest.fileOf(key)),
      ['drivers/net/a.c', 'fs/c.c'],
    );
    delete live['fs/c.c'];
    live['fs/d.c'] = 'int fs_newer;\n';
    for (const path of ['fs/c.c', 'fs/d.c']) await tree.changed(path);
    assert.deepEqual(
      ['function fs_new', 'variable fs_newer'].map((key) => tree.rest.fileOf(key)),
      [null, 'fs/d.c'],
    );
  });

  it('can be cancelled while it reads the rest, and goes on from there', async () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`fs/f${i}.c`, `int v${i};\n`]));
    const { rest } = createTree(filesOf(many));
    assert.equal(await rest.index({ ...hooks, cancelled: () => true }), false);
    assert.deepEqual([rest.isWhole, rest.files], [false, 0]);
    assert.equal(await rest.index(hooks), true);
    assert.deepEqual([rest.isWhole, rest.files, rest.names, rest.characters], [true, 500, 500, 4890]);
  });
});

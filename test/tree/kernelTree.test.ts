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
    assert.deepEqual([pauses, tree.texts.size], [3, 128]);
    // It goes on where it ended.
    assert.equal(await tree.load({ ...stop, cancelled: () => false }), true);
    assert.deepEqual([pauses, tree.texts.size, tree.names], [9, 500, 500]);
  });
});

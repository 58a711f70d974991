// SPDX-License-Identifier: MIT
/** A made-up kernel tree of a few files, in memory, and patches for it. */

import type { TreeFiles } from '../../src/tree/treeFiles';

/** By path. The code is such that the story of a kexec of a TDX host goes through it. */
export const smallTree: Readonly<Record<string, string>> = {
  MAINTAINERS: 'List of maintainers\n',
  Kbuild: '# Kbuild for top-level directory of the kernel\n',
  'include/linux/kexec.h': `/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LINUX_KEXEC_H
#define LINUX_KEXEC_H
struct kimage {
	unsigned long head;
	unsigned long start;
	int preserve_context;
	struct page *swap_page;
};
#define kexec_keeps(image) ((image)->preserve_context != 0)
void machine_kexec(struct kimage *image);
#endif
`,
  'include/linux/tdx_kexec.h': `#define TDX_KEXEC_RESET 1
enum tdx_kexec_mode { TDX_KEXEC_OFF, TDX_KEXEC_ON = TDX_KEXEC_RESET };
void tdx_prepare_kexec(struct kimage *image);
void tdx_reset_all(enum tdx_kexec_mode mode);
`,
  'arch/x86/include/asm/tdx.h': `struct tdx_region_ops {
	void (*reset)(void);
	int mode;
};
extern const struct tdx_region_ops tdx_default_ops;
`,
  'arch/x86/kernel/machine_kexec_64.c': `// SPDX-License-Identifier: GPL-2.0
#include <linux/kexec.h>

static int machine_kexec_calls;

static void note_call(void)
{
	machine_kexec_calls++;
}

/*
 * Do not allocate memory here.
 */
void machine_kexec(struct kimage *image)
{
	note_call();

	/* Interrupts aren't acceptable while we reboot */
	local_irq_disable();

	relocate_kernel(image);
}
`,
  'arch/x86/kernel/tdx_kexec.c': `// SPDX-License-Identifier: GPL-2.0
#include <asm/tdx.h>

static bool helper(struct kimage *image)
{
	return !kexec_keeps(image);
}

void tdx_prepare_kexec(struct kimage *image)
{
	if (helper(image))
		tdx_reset_all(TDX_KEXEC_ON);
}
`,
  'arch/x86/virt/vmx/tdx/reset.c': `// SPDX-License-Identifier: GPL-2.0
#include <asm/tdx.h>

/* Not the helper of the other file. */
static bool helper(void)
{
	return true;
}

static void reset_regions(void)
{
	tdmrs_reset_pamt_all(&tdx_tdmr_list);
}

const struct tdx_region_ops tdx_default_ops = {
	.reset = reset_regions,
	.mode = TDX_KEXEC_ON,
};

void tdx_reset_all(enum tdx_kexec_mode mode)
{
	const struct tdx_region_ops *ops = &tdx_default_ops;

	if (platform_tdx_enabled() && helper() && mode == ops->mode)
		ops->reset();
}
`,
  'drivers/virt/other.c': `// SPDX-License-Identifier: GPL-2.0
static int unrelated(void)
{
	return 0;
}
`,
};

/** One place of the tree, and what stands there instead. */
export type TreeEdit = readonly [file: string, from: string, to: string];

/** The tree with some places changed; fails where a place is not there. */
export function treeWith(...edits: readonly TreeEdit[]): Record<string, string> {
  const tree: Record<string, string> = { ...smallTree };
  for (const [file, from, to] of edits) {
    const text = tree[file] ?? '';
    if (!text.includes(from)) throw new Error(`nothing to change in ${file}: ${from}`);
    tree[file] = text.replace(from, () => to);
  }
  return tree;
}

/** The tree as files that can be read and listed. */
export function filesOf(tree: Readonly<Record<string, string>>): TreeFiles {
  return {
    read: async (path) => tree[path] ?? null,
    list: async (folder) => {
      const from = folder === '' ? 0 : folder.length + 1;
      const below = Object.keys(tree).filter((path) => folder === '' || path.startsWith(`${folder}/`));
      const names = new Map(
        below.map((path) => [path.slice(from).split('/')[0] ?? '', path.slice(from).includes('/')]),
      );
      return [...names].map(([name, isFolder]) => ({ name, isFolder }));
    },
  };
}

/** Adds a call that only the tree can follow, in front of the jump to the other kernel; without context. */
export const bareCall = `--- a/arch/x86/kernel/machine_kexec_64.c
+++ b/arch/x86/kernel/machine_kexec_64.c
@@ -15,0 +16,2 @@ static void note_call(void)
+	tdx_prepare_kexec(image);
+
`;

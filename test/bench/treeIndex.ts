// SPDX-License-Identifier: MIT
/** What it takes to read and index a kernel tree: the folders that a review needs, and then all the rest. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { treeOfFolder } from '../../src/cli/treeOfFolder';
import { createTree } from '../../src/tree/kernelTree';
import type { TreeHooks } from '../../src/tree/treeFiles';

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

interface Size {
  readonly files: number;
  readonly characters: number;
  readonly names: number;
}

/** Prints one line: files, text, names, time of the clock and of the processor, pauses, memory that was in use most. */
async function measure(title: string, work: (hooks: TreeHooks) => Promise<boolean>, size: () => Size): Promise<void> {
  const [start, used] = [performance.now(), process.cpuUsage()];
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  let most = 0;
  let longest = 0;
  let last = start;
  await work({
    cancelled: () => false,
    pause: async () => {
      most = Math.max(most, process.memoryUsage().rss);
      longest = Math.max(longest, performance.now() - last);
      await new Promise(setImmediate);
      last = performance.now();
    },
  });
  delay.disable();
  // What a collector leaves; how much more there is in between is its own choice.
  globalThis.gc?.();
  const held = process.memoryUsage().heapUsed;
  const { user, system } = process.cpuUsage(used);
  const seconds = (performance.now() - start) / 1000;
  const processor = (user + system) / 1e6;
  const { files, characters, names } = size();
  console.log(
    `${title}: ${files} files, ${megabytes(characters)}, ${names} names in ${seconds.toFixed(1)} s (${processor.toFixed(1)} s of the processor, ${(characters / 1e6 / processor).toFixed(0)} MB/s), asks whether to go on every ${longest.toFixed(0)} ms, keeps others waiting ${(delay.max / 1e6).toFixed(0)} ms at most, ${megabytes(held)} held, at most ${megabytes(most)} of memory`,
  );
}

async function main(): Promise<void> {
  const tree = createTree(treeOfFolder(process.argv[2] ?? ''));
  await measure('the folders that a review needs', tree.load, () => {
    let characters = 0;
    for (const text of tree.texts.values()) characters += text.length;
    return { files: tree.texts.size, characters, names: tree.names };
  });
  await measure('all other files', tree.rest.index, () => tree.rest);
}

void main();

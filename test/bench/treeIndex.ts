// SPDX-License-Identifier: MIT
/** What it takes to read and index a kernel tree: the folders that a review needs, and all of it. */
import { treeOfFolder } from '../../src/cli/treeOfFolder';
import { createTree } from '../../src/tree/kernelTree';

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

/** Prints one line: files, text, names, time of the clock and of the processor, memory that was in use most. */
async function index(folder: string, title: string, folders?: readonly string[]): Promise<void> {
  const tree = createTree(treeOfFolder(folder), folders);
  const [start, used] = [performance.now(), process.cpuUsage()];
  let most = 0;
  let longest = 0;
  let last = start;
  await tree.load({
    cancelled: () => false,
    pause: async () => {
      most = Math.max(most, process.memoryUsage().rss);
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    },
  });
  const { user, system } = process.cpuUsage(used);
  let size = 0;
  for (const text of tree.texts.values()) size += text.length;
  const seconds = (performance.now() - start) / 1000;
  const processor = (user + system) / 1e6;
  console.log(
    `${title}: ${tree.texts.size} files, ${megabytes(size)}, ${tree.names} names in ${seconds.toFixed(1)} s (${processor.toFixed(1)} s of the processor, ${(size / 1e6 / processor).toFixed(0)} MB/s), can be cancelled every ${longest.toFixed(0)} ms, ${megabytes(most)} of memory`,
  );
}

async function main(): Promise<void> {
  const folder = process.argv[2] ?? '';
  await index(folder, 'the folders that a review needs');
  await index(folder, 'the whole tree', ['']);
}

void main();

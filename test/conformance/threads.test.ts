// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readDocument, readDocuments } from '../../src/patch/readDocument';
import { readSeries, type SeriesReading } from '../../src/patch/series/readSeries';
import { describeWithShared } from '../support/shared';

/** `v2 3/4 of "subject" after v1`: how many parts are there, and what they follow. */
function summary({ version, total, missing, subject, cover, base, previous }: SeriesReading): string {
  const from = base === null ? (previous === null ? '' : ` after v${previous}`) : ` on v${base}`;
  return `v${version} ${total - missing.length}/${total}${cover === null ? '' : ' and cover'} of "${subject}"${from}`;
}

function given({ version, trailers }: SeriesReading): string[] {
  return trailers.map(
    ({ part, key, value, mismatch }) => `v${version} ${part ?? 'all'} ${key}: ${value}${mismatch ? ' ?' : ''}`,
  );
}

describeWithShared('series in mailboxes of kernel lists', (shared) => {
  const folder = path.join(shared, 'corpus', 'kernel', 'mbox');
  const seriesOf = (name: string): SeriesReading[] =>
    readSeries(readDocuments([readFileSync(path.join(folder, name), 'utf8')]));

  it('three versions whose numbers only the cover letters have, and patches by others', () => {
    const series = seriesOf('dma-direct-leak-2021-iommu.mbox');
    assert.deepEqual(series.map(summary), [
      'v1 4/4 and cover of "dma-direct cleanups"',
      'v2 10/10 and cover of "dma-direct fixes and cleanups v2" after v1',
      'v1 1/1 of "dma-direct: fix DMA_ATTR_NO_KERNEL_MAPPING"',
      'v2 1/1 of "dma-direct: improve DMA_ATTR_NO_KERNEL_MAPPING"',
      'v3 11/11 and cover of "dma-direct fixes and cleanups v3" after v2',
      'v4 1/23 of "dma-direct: support PCI P2PDMA pages in dma-direct map_sg"',
      'v1 1/1 of "dma-direct: Fix dma_direct_use_pool helper"',
    ]);
    const by = 'Reviewed-by: Robin Murphy <robin.murphy@arm.com>';
    assert.deepEqual(series.flatMap(given), [
      // The list rewrote the sender: "David Rientjes via iommu".
      'v1 4 Acked-by: David Rientjes <rientjes@google.com> ?',
      ...[1, 5, 7, 8, 9, 10].map((part) => `v2 ${part} ${by}`),
      'v1 1 Reported-by: kernel test robot <lkp@intel.com>',
      ...[3, 4, 6, 7].map((part) => `v3 ${part} ${by}`),
    ]);
  });

  it('parts that were sent again, one of them twice', () => {
    const series = seriesOf('tdx-kexec-v11-thread-hyperv.mbox');
    assert.deepEqual(series.map(summary), [
      'v11 3/19 and cover of "x86/tdx: Add kexec support"',
      'v11.1 3/19 and cover of "x86/tdx: Add kexec support" on v11',
      'v11.2 3/19 and cover of "x86/tdx: Add kexec support" on v11.1',
    ]);
    const [v11, once, twice] = series.map(({ parts }) => parts.map((part) => part?.line));
    assert.deepEqual(v11?.slice(8, 11), [361, 513, 761]);
    assert.deepEqual(once?.slice(8, 11), [361, 2061, 2309]);
    assert.deepEqual(twice?.slice(8, 11), [361, 2660, 2309]);
    assert.deepEqual(
      series.flatMap(given),
      [11, 11.1, 11.2].map((version) => `v${version} all Acked-by: Rafael J. Wysocki <rafael.j.wysocki@intel.com>`),
    );
  });

  it('a whole series, and a patch with its answers', () => {
    assert.deepEqual(seriesOf('unaccepted-v14-efi.mbox').map(summary), [
      'v14 9/9 and cover of "mm, x86/cc, efi: Implement support for unaccepted memory"',
    ]);
    assert.deepEqual(seriesOf('rfc-coco-pages-invalid-thread-hyperv.mbox').map(summary), [
      'v1 1/1 of "x86/mm: Mark CoCo VM pages invalid while moving between private and shared"',
    ]);
  });
});

describeWithShared('mails of kernel lists read together', (shared) => {
  it('show more rows than alone, and more of them exactly', () => {
    const folder = path.join(shared, 'corpus', 'kernel', 'mails');
    const texts = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), 'utf8'));
    const alone = texts.map((text) => countRows(readDocument(text).messages));
    const together = readDocuments(texts).map(({ messages }) => countRows(messages));
    const sum = (counts: readonly { readonly exact: number; readonly all: number }[], key: 'exact' | 'all'): number =>
      counts.reduce((total, count) => total + count[key], 0);
    assert.ok(sum(together, 'exact') > sum(alone, 'exact') + 800);
    assert.ok(sum(together, 'all') > sum(alone, 'all'));
  });

  function countRows(messages: ReturnType<typeof readDocument>['messages']): { exact: number; all: number } {
    const rows = messages.flatMap(({ files }) => files.flatMap(({ hunks }) => hunks.flatMap(({ lines }) => lines)));
    return { exact: rows.filter(({ certainty }) => certainty === 'exact').length, all: rows.length };
  }
});

// SPDX-License-Identifier: MIT
/** That a page allocator and what goes between pages, frames and addresses can be written in C, as models do. */
import assert from 'node:assert/strict';
import { finals, lower, outcomesOf, searchOf } from './support';

const pages = `
typedef unsigned long phys_addr_t;
#define PAGE_SHIFT 12
#define PAGE_SIZE (1UL << PAGE_SHIFT)
#define PAGE_OFFSET 0xffff888000000000UL
enum { PAGES = 8 };
struct page { unsigned long flags; int refcount; struct { void *owner; } private[1]; };
static struct page mem_map[PAGES];
#define vmemmap (&mem_map[0])
#define __pfn_to_page(pfn) (vmemmap + (pfn))
#define __page_to_pfn(page) ((unsigned long)((page) - vmemmap))
#define pfn_to_page(pfn) __pfn_to_page(pfn)
#define page_to_pfn(page) __page_to_pfn(page)
#define page_to_phys(page) ((phys_addr_t)page_to_pfn(page) << PAGE_SHIFT)
#define __pa(x) ((unsigned long)(x) - PAGE_OFFSET)
#define __va(x) ((void *)((unsigned long)(x) + PAGE_OFFSET))
#define virt_to_phys(x) __pa(x)
#define virt_to_page(x) pfn_to_page(__pa(x) >> PAGE_SHIFT)
#define page_address(page) __va(page_to_phys(page))

static struct page *alloc_pages(unsigned int gfp, unsigned int order)
{
	for (struct page *page = mem_map; page < mem_map + PAGES; page += 1 << order) {
		int i;

		for (i = 0; i < 1 << order; i++)
			if (page[i].refcount)
				break;
		if (i < 1 << order)
			continue;
		while (i--)
			page[i].refcount = 1;
		return page;
	}
	return 0;
}
#define alloc_page(gfp) alloc_pages(gfp, 0)
static unsigned long __get_free_pages(unsigned int gfp, unsigned int order)
{
	struct page *page = alloc_pages(gfp, order);

	return page ? (unsigned long)page_address(page) : 0;
}
static void __free_pages(struct page *page, unsigned int order)
{
	for (int i = 0; i < 1 << order; i++) {
		if (--page[i].refcount)
			outcome("double-free");
	}
}
#define free_pages(addr, order) __free_pages(virt_to_page((void *)(addr)), order)
`;

const ran = async (body: string): Promise<{ result: bigint[]; outcomes: string[] }> => {
  const lowered = await lower(`long result;\n${pages}\nvoid run(void)\n{\n${body}\n}\n`, ['run'], ['result']);
  const search = searchOf(lowered);
  assert.deepEqual(
    lowered.assumptions.map((a) => a.text),
    [],
  );
  return { result: finals(lowered, search, 'result', 8), outcomes: outcomesOf(search) };
};

const cases: readonly (readonly [name: string, body: string, result: bigint])[] = [
  ['frames and pages', 'struct page *p = pfn_to_page(5); result = page_to_pfn(p) * 10 + (p == &mem_map[5]);', 51n],
  ['distances between pages', 'struct page *a = mem_map + 6, *b = &mem_map[2]; result = (a - b) * 10 + (b < a);', 41n],
  ['addresses and back', 'result = page_to_pfn(virt_to_page(page_address(pfn_to_page(3)) + 4095));', 3n],
  ['physical addresses', 'result = virt_to_phys(page_address(pfn_to_page(2))) + page_to_phys(mem_map + 1);', 0x3000n],
  [
    'orders are aligned, and what is free comes again',
    `struct page *a = alloc_page(0), *b = alloc_pages(0, 2);
	unsigned long c = __get_free_pages(0, 1);
	result = page_to_pfn(a) + 10 * page_to_pfn(b) + 100 * (__pa(c) >> PAGE_SHIFT);
	free_pages(c, 1); __free_pages(b, 2);
	result += 1000 * page_to_pfn(alloc_pages(0, 2)) + 10000 * (alloc_pages(0, 3) == 0);`,
    14240n,
  ],
];

describe('pages in C', () => {
  for (const [name, body, result] of cases)
    it(name, async () => assert.deepEqual(await ran(body), { result: [result], outcomes: [] }));

  it('are freed twice where the model says so', async () => {
    const { outcomes } = await ran(
      'struct page *p = alloc_pages(0, 1); __free_pages(p, 1); free_pages(page_address(p), 1);',
    );
    assert.deepEqual(outcomes, ['double-free']);
  });
});

// SPDX-License-Identifier: MIT
/* The firmware's table of unaccepted memory is reserved: whoever gets a page of it overwrites what the kernel knows of memory. */

struct scenario scenario = {
	.id = "unaccepted-table",
	.title = "the table of unaccepted memory is reserved, wherever it begins",
	.machine = "guest with unaccepted memory, 1 CPU",
	.guest = "tdx",
	.leaves = { 1 },
	.cpus = 1,
	.agents = { "cpu0" },
	.names = { "CPU 0" },
	.guards = { "memory-corruption" },
	.sometimes = { "the table was reserved" },
};

enum { NR_CPUS = 1 };

void cpu0(void)
{
	static const unsigned long begins[] = { 0, 0x10, 0x800, 0xff0 };
	unsigned long size = choose(2) ? 0x800 : 0x1000;

	init_direct_map();
	efi.unaccepted = PAGE_SIZE + begins[choose(4)];
	unaccepted_table.size = size;
	story_begins();

	reserve_unaccepted(&unaccepted_table);
	sometimes("the table was reserved");
	if (efi.unaccepted < reserved_from || efi.unaccepted + sizeof(unaccepted_table) + size > reserved_to)
		outcome("memory-corruption", "leaves a part of the table of unaccepted memory to the page allocator, which overwrites it");
}

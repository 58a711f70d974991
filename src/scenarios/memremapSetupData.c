// SPDX-License-Identifier: MIT
/* A kernel with memory encryption maps a byte of what the boot loader set up. Every byte of it is mapped without encryption. */

struct scenario scenario = {
	.id = "memremap-setup-data",
	.title = "a kernel with memory encryption reads what the boot loader set up",
	.machine = "any with memory encryption, 1 CPU",
	.guest = "none",
	.leaves = { 1 },
	.cpus = 1,
	.agents = { "cpu0" },
	.names = { "CPU 0" },
	.guards = { "memory-corruption" },
	.sometimes = { "a byte of it was mapped", "a byte behind it was mapped" },
};

enum { NR_CPUS = 1, ADDRESS = 0x100, LENGTH = 0x20 };

static void read_at(unsigned long addr, bool is_decrypted)
{
	bool is_data = addr < ADDRESS + sizeof(struct setup_data) + LENGTH;

	if (is_data)
		sometimes("a byte of it was mapped");
	else
		sometimes("a byte behind it was mapped");
	if (is_data != is_decrypted)
		outcome("memory-corruption", "maps memory with the wrong encryption: what it reads there is not what was written");
}

void cpu0(void)
{
	static const unsigned long offsets[] = { 0, 1, 0x1f, 0x20, 0x2f, 0x30 };
	unsigned long addr;

	init_direct_map();
	setup_data_address = ADDRESS;
	the_setup_data.len = LENGTH;
	story_begins();

	addr = ADDRESS + offsets[choose(6)];
	read_at(addr, choose(2) ? memremap_is_setup_data(addr, 1) : early_memremap_is_setup_data(addr, 1));
}

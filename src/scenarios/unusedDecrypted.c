// SPDX-License-Identifier: MIT
/* A TDX guest has booted and frees memory that other guests would have shared from boot on; here it is private. */

struct scenario scenario = {
	.id = "unused-decrypted",
	.title = "a TDX guest frees what other guests share from boot on and nobody needs",
	.machine = "TDX guest, 1 CPU",
	.guest = "tdx",
	/* somebody else's, the unused part */
	.leaves = { 1, 1 },
	.cpus = 1,
	.agents = { "cpu0" },
	.names = { "CPU 0" },
	.guards = { "leak", "td-exit", "host-exposed" },
	.by_design = { "warn" },
	.sometimes = { "the memory was looked at" },
	.kexec = false,
};

enum { NR_CPUS = 1, UNUSED_PAGE = 1 };

void start_second_kernel(void)
{
}

void cpu0(void)
{
	init_direct_map();
	tdx_early_init();
	page_owner[UNUSED_PAGE] = PAGE_ALLOCATED;
	unused_decrypted_start = PAGE_OFFSET + UNUSED_PAGE * PAGE_SIZE;
	unused_decrypted_end = unused_decrypted_start + PAGE_SIZE;
	story_begins();

	mem_encrypt_free_decrypted_mem();
	sometimes("the memory was looked at");
	if (page_owner[UNUSED_PAGE] != PAGE_FREE)
		outcome("leak", "keeps memory for ever that nobody uses");
	hw_write(UNUSED_PAGE);
}

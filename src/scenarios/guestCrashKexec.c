// SPDX-License-Identifier: MIT
/*
 * A TDX guest crashes while a driver on another CPU converts a buffer, in either direction. The NMI stops that CPU
 * anywhere. The crash kernel lives in memory that was reserved for it and is always private; the rest it reads for
 * the dump, through private mappings. With 4K leaves only, a unit is either accepted or not when the NMI comes, so that
 * nothing stays half done.
 */

struct scenario scenario = {
	.id = "guest-crash-kexec",
	.title = "crash of a TDX guest while a driver converts a buffer, and the dump after it",
	.machine = "TDX guest, 2 CPUs",
	.guest = "tdx",
	/* the buffer is one large leaf of two pages; another buffer, and the crash kernel's region */
	.leaves = { 2, 1, 1 },
	.agents = { "crash_cpu", "driver", "second_kernel" },
	.names = { "CPU 0", "CPU 1", "crash kernel" },
	.cpus = 2,
	.guards = { "td-exit", "accounting-mismatch" },
	.sometimes = { "the driver converted its buffer", "the dump was complete" },
	.kexec = true,
	.variants = {
		{
			.id = "guest-crash-kexec-4k",
			.title = "crash of a TDX guest while a driver converts a buffer that 4K leaves map, and the dump after it",
			.leaves = { 1, 1, 1 },
			.guards = { "td-exit" },
		},
	},
};

enum { NR_CPUS = 2, DRIVER = 1, SECOND_KERNEL = 2 };

/* The last one. */
#define CRASH_PAGE	(hw_pages() - 1)

enum { BUFFER, OTHER_BUFFER, BUFFERS };

/* What the driver converts its buffer to. The other one is shared, and nobody touches it at the moment. */
static bool to_private;

static unsigned long address_of(int leaf)
{
	return PAGE_OFFSET + hw_leaf_first_page(leaf) * PAGE_SIZE;
}

void start_second_kernel(void)
{
	hw_start_agent(SECOND_KERNEL);
}

void crash_cpu(void)
{
	int leaf;

	init_direct_map();
	tdx_early_init();
	to_private = choose(2);
	for (leaf = to_private ? BUFFER : OTHER_BUFFER; leaf < BUFFERS; leaf++)
		set_memory_decrypted(address_of(leaf), hw_leaf_pages(leaf));
	bust_spinlocks(1);
	hw_start_agent(DRIVER);
	story_begins();
	crash_kexec(NULL);
}

void driver(void)
{
	if (__set_memory_enc_dec(address_of(BUFFER), hw_leaf_pages(BUFFER), to_private) == 0)
		sometimes("the driver converted its buffer");
}

void second_kernel(void)
{
	int page;

	hw_write(CRASH_PAGE);
	for (page = 0; page < CRASH_PAGE; page++)
		hw_read(page);
	sometimes("the dump was complete");
}

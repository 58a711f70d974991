// SPDX-License-Identifier: MIT
/*
 * Kexec of a TDX guest while a driver on another CPU frees a shared buffer. One large leaf maps the buffer; the
 * host backs it in 4K units, which are accepted one by one. With 4K leaves only, a conversion that is missed leaves no
 * page behind, but the number of shared pages is wrong.
 */

struct scenario scenario = {
	.id = "guest-kexec-converting",
	.title = "kexec of a TDX guest while a driver converts a shared buffer back",
	.machine = "TDX guest, 2 CPUs",
	.guest = "tdx",
	.leaves = { 2, 1 },
	.agents = { "kexec_cpu", "driver", "second_kernel" },
	.names = { "CPU 0", "CPU 1", "second kernel" },
	.cpus = 2,
	.guards = { "td-exit", "ve-unhandled" },
	.sometimes = { "the driver converted its buffer", "the second kernel used all memory" },
	.kexec = true,
	.variants = {
		{
			.id = "guest-kexec-converting-4k",
			.title = "kexec of a TDX guest while a driver converts a shared buffer back that a 4K leaf maps",
			.leaves = { 1, 1 },
			.guards = { "accounting-mismatch" },
		},
	},
};

enum { NR_CPUS = 2, DRIVER = 1, SECOND_KERNEL = 2 };

#define BUFFER		PAGE_OFFSET
/* all pages but the last one */
#define BUFFER_PAGES	(hw_pages() - 1)

void start_second_kernel(void)
{
	hw_start_agent(SECOND_KERNEL);
}

void kexec_cpu(void)
{
	init_direct_map();
	tdx_early_init();
	set_memory_decrypted(BUFFER, BUFFER_PAGES);
	hw_start_agent(DRIVER);
	story_begins();
	kernel_kexec();
}

void driver(void)
{
	/* It used the buffer until now. */
	hw_write(0);
	if (set_memory_encrypted(BUFFER, BUFFER_PAGES) == 0)
		sometimes("the driver converted its buffer");
}

void second_kernel(void)
{
	use_all_memory();
}

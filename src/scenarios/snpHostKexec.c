// SPDX-License-Identifier: MIT
/* A host of SNP guests kexecs; the image goes where E820 says that there is RAM. The RMP table does not begin at 2M. */

struct scenario scenario = {
	.id = "snp-host-kexec",
	.title = "kexec of a host of SNP guests whose RMP table does not begin or end at 2M",
	.machine = "SNP host, 1 CPU",
	.guest = "none",
	/* 2M of RAM, 2M that begin with RAM and end with the table, 2M of which only the beginning is table */
	.leaves = { 2, 2, 2 },
	.cpus = 1,
	.agents = { "cpu0" },
	.names = { "CPU 0" },
	.guards = { "rmp-violation" },
	.sometimes = { "a page was written" },
	.kexec = true,
};

enum { NR_CPUS = 1, TABLE_FROM = 3, TABLE_TO = 5 };

void cpu0(void)
{
	unsigned long pfn;

	init_direct_map();
	is_snp_host = true;
	probed_rmp_base = TABLE_FROM * PAGE_SIZE;
	probed_rmp_size = (TABLE_TO - TABLE_FROM) * PAGE_SIZE;
	for (pfn = 0; pfn < hw_pages(); pfn++)
		e820_type[pfn] = pfn >= TABLE_FROM && pfn < TABLE_TO ? 0 : E820_TYPE_RAM;
	story_begins();

	mem_encrypt_setup_arch();
	/* The image is written there, in writes that may span 2M. */
	pfn = choose(hw_pages());
	if (e820_type[pfn] != E820_TYPE_RAM || rmp_reserved[pfn])
		return;
	sometimes("a page was written");
	if (pfn / 2 == TABLE_FROM / 2 || pfn / 2 == TABLE_TO / 2)
		outcome("rmp-violation", "writes to 2M of which the RMP table has a part");
}

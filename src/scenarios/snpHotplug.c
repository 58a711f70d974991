// SPDX-License-Identifier: MIT
/* An SNP guest boots, and much later a CPU comes online. What is __ro_after_init is read-only by then. */

struct scenario scenario = {
	.id = "snp-hotplug",
	.title = "a CPU of an SNP guest comes online long after boot",
	.machine = "SNP guest, 1 CPU",
	.guest = "snp",
	.leaves = { 1 },
	.cpus = 1,
	.agents = { "cpu0" },
	.names = { "CPU 0" },
	.guards = { "permission-fault", "guest-terminated" },
	.sometimes = { "the CPU has its GHCB" },
};

enum { NR_CPUS = 1 };

void cpu0(void)
{
	init_direct_map();
	setup_ghcb();
	runtime_vc_handler = true;
	rodata_is_read_only = true;
	story_begins();

	setup_ghcb();
	sometimes("the CPU has its GHCB");
}

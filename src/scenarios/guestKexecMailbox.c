// SPDX-License-Identifier: MIT
/* A guest whose firmware starts CPUs by a mailbox boots, kexecs, and the second kernel boots: in one row, as neither runs beside the other. */

struct scenario scenario = {
	.id = "guest-kexec-mailbox",
	.title = "kexec of a guest whose firmware starts each CPU once",
	.machine = "TDX guest with a wakeup mailbox",
	.guest = "tdx",
	.leaves = { 1 },
	.cpus = 1,
	.agents = { "cpu0" },
	.names = { "CPU 0" },
	.guards = { "hang" },
	.sometimes = { "the first kernel has its CPUs", "the second kernel has booted" },
	.kexec = true,
};

enum { NR_CPUS = 1 };

/* The firmware's table. */
static union acpi_subtable_headers table;

void cpu0(void)
{
	init_direct_map();
	table.wakeup.mailbox_address = PAGE_SIZE;
	acpi_parse_mp_wake(&table, 0);
	if (acpi_wakeup_cpu(1, 0) == 0)
		sometimes("the first kernel has its CPUs");
	story_begins();

	acpi_mp_wake_mailbox_paddr = 0;
	acpi_parse_mp_wake(&table, 0);
	acpi_wakeup_cpu(1, 0);
	sometimes("the second kernel has booted");
}

// SPDX-License-Identifier: MIT
/*
 * CPUs that wait in the firmware for a command in a mailbox: arch/x86/kernel/acpi/madt_wakeup.c, condensed, as of v6.11. The
 * firmware takes one command for each CPU, ever: from then on it is the kernel's.
 */

struct acpi_madt_multiproc_wakeup { u64 mailbox_address; };
struct acpi_madt_multiproc_wakeup_mailbox { u16 command; };
union acpi_subtable_headers { struct acpi_madt_multiproc_wakeup wakeup; };

#define ACPI_MP_WAKE_COMMAND_WAKEUP	1

/* Memory of the firmware, which survives kexec; and whether a CPU still waits there. */
static struct acpi_madt_multiproc_wakeup_mailbox the_mailbox;
static bool firmware_waits = true;
static u64 acpi_mp_wake_mailbox_paddr;

static inline void cpu_hotplug_disable_offlining(void)
{
}

/* What a CPU in the firmware does when it sees the command. */
static void firmware_looks(void)
{
	if (!firmware_waits)
		return;
	firmware_waits = false;
	the_mailbox.command = 0;
}

static int acpi_wakeup_cpu(u32 apicid, unsigned long start_ip)
{
	if (!acpi_mp_wake_mailbox_paddr) {
		pr_warn_once("No MADT mailbox: cannot bringup secondary CPUs. Booting with kexec?\n");
		return -EOPNOTSUPP;
	}

	the_mailbox.command = ACPI_MP_WAKE_COMMAND_WAKEUP;
	firmware_looks();

	/* The firmware says that it has seen it. */
	while (READ_ONCE(the_mailbox.command))
		cpu_relax();

	return 0;
}

/* The kernel keeps the address; the next one, which could use no CPU of this one, finds none. */
static void acpi_mp_disable_offlining(struct acpi_madt_multiproc_wakeup *mp_wake)
{
	cpu_hotplug_disable_offlining();

	mp_wake->mailbox_address = 0;
}

int acpi_parse_mp_wake(union acpi_subtable_headers *header,
		       const unsigned long end)
{
	struct acpi_madt_multiproc_wakeup *mp_wake;

	mp_wake = (struct acpi_madt_multiproc_wakeup *)header;

	acpi_mp_wake_mailbox_paddr = mp_wake->mailbox_address;

	acpi_mp_disable_offlining(mp_wake);

	return 0;
}

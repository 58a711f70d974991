// SPDX-License-Identifier: MIT
/* How a CPU of an SEV-ES or SNP guest gets its GHCB: arch/x86/kernel/sev.c, condensed, as of v6.7. */

#define SEV_TERM_SET_GEN	0
#define GHCB_SEV_ES_GEN_REQ	0
#define CC_ATTR_GUEST_STATE_ENCRYPT	CC_ATTR_GUEST_MEM_ENCRYPT

/* Whether the exception handler of early boot was replaced by the one that has a GHCB for each CPU. */
static bool runtime_vc_handler;
/* Whether what is __ro_after_init is read-only already. */
static bool rodata_is_read_only;
static u16 ghcb_version;
static struct ghcb boot_ghcb_page;

static void write_ghcb_version(u16 version)
{
	if (rodata_is_read_only)
		outcome("permission-fault", "writes ghcb_version, which is read-only since the end of boot");
	ghcb_version = version;
}

/* Asks the hypervisor which protocols it knows. */
static bool sev_es_negotiate_protocol(void)
{
	write_ghcb_version(2);
	return true;
}

static inline void snp_register_per_cpu_ghcb(void)
{
}

void setup_ghcb(void)
{
	if (!cc_platform_has(CC_ATTR_GUEST_STATE_ENCRYPT))
		return;

	/* CPUs that come later find the handler of run time, and the GHCB that was made for them. */
	if (runtime_vc_handler) {
		if (cc_platform_has(CC_ATTR_GUEST_SEV_SNP))
			snp_register_per_cpu_ghcb();

		sev_cfg.ghcbs_initialized = true;

		return;
	}

	/* Only the first CPU comes here, once. */
	if (!sev_es_negotiate_protocol())
		sev_es_terminate(SEV_TERM_SET_GEN, GHCB_SEV_ES_GEN_REQ);

	/*
	 * Clear the boot_ghcb. The first exception comes in before the bss
	 * section is cleared.
	 */
	boot_ghcb = &boot_ghcb_page;
}

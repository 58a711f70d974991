// SPDX-License-Identifier: MIT
/*
 * A TDX guest converts a buffer, and the VMM takes its time over MapGPA: it may say after any page that the rest is to be
 * asked for again, may say a wrong place for that, and may refuse. It is not trusted. Whatever comes of it, no lock stays
 * taken.
 */

struct scenario scenario = {
	.id = "convert-map-gpa",
	.title = "a TDX guest converts a buffer, and the VMM answers MapGPA as it likes",
	.machine = "TDX guest, 1 CPU; the VMM may ask for another call, from anywhere",
	.guest = "tdx",
	/* somebody else's, the buffer, somebody else's */
	.leaves = { 1, 1, 1, 1, 1 },
	.map_gpa_retries = true,
	.map_gpa_fails = true,
	/* that the VMM asked for nonsense is worth one */
	.by_design = { "warn" },
	.cpus = 1,
	.agents = { "driver" },
	.names = { "CPU 0" },
	.guards = { "td-exit", "host-exposed", "memory-corruption", "lock-imbalance", "leak" },
	.sometimes = { "the driver came to it", "the VMM asked for another call" },
};

enum { NR_CPUS = 1, BUFFER_PAGE = 1, BUFFER_PAGES = 2 };

#define BUFFER	(PAGE_OFFSET + BUFFER_PAGE * PAGE_SIZE)

/* It refuses nothing, and what it asks for is the rest, each time less. */
static bool vmm_is_fair = true;

static u64 __tdx_hypercall(struct tdx_module_args *args)
{
	u64 shared = args->r12 & CC_MASK;
	phys_addr_t gpa = cc_mkenc(args->r12);
	phys_addr_t end = gpa + args->r13;

	if (gpa >= end || end > get_max_mapped() || (gpa & ~PAGE_MASK))
		return TDVMCALL_STATUS_INVALID;
	if (hw_map_gpa_fails() && choose(2)) {
		vmm_is_fair = false;
		return TDVMCALL_STATUS_INVALID;
	}
	for (; gpa < end; gpa += PAGE_SIZE) {
		if (gpa == (BUFFER_PAGE + 1) << PAGE_SHIFT) {
			int answer = choose(4);

			if (answer) {
				sometimes("the VMM asked for another call");
				if (answer != 1 || gpa == cc_mkenc(args->r12))
					vmm_is_fair = false;
				/* From where it stands, from the first page of all, or from behind the end. */
				args->r11 = answer == 1 ? gpa | shared : answer == 2 ? shared : end | shared;
				return TDVMCALL_STATUS_RETRY;
			}
		}
		if (shared)
			hw_tdx_map_shared(gpa >> PAGE_SHIFT);
		else
			hw_tdx_map_private(gpa >> PAGE_SHIFT);
	}
	return 0;
}

static int locks_taken;

static inline void lock_is_taken(void)
{
	locks_taken++;
}

static inline void lock_is_released(void)
{
	locks_taken--;
}

/* Whoever has the other pages knows nothing of all this. */
static void others_use_theirs(void)
{
	int page;

	for (page = 0; page < hw_pages(); page++) {
		if (page >= BUFFER_PAGE && page < BUFFER_PAGE + BUFFER_PAGES)
			continue;
		if (hw_is_shared(page))
			outcome("host-exposed", "asks the VMM to share a page of somebody else");
		if (hw_content_lost(page))
			outcome("memory-corruption");
		hw_write(page);
	}
}

/* A buffer whose conversion failed may only be kept. */
static bool converted(int error)
{
	if (error && vmm_is_fair)
		outcome("leak", "keeps its buffer for ever, because a VMM that asks for another call counts as one that refuses");
	return !error;
}

void driver(void)
{
	init_direct_map();
	tdx_early_init();
	story_begins();

	sometimes("the driver came to it");
	if (converted(set_memory_decrypted(BUFFER, BUFFER_PAGES))) {
		hw_write(BUFFER_PAGE + 1);
		if (converted(set_memory_encrypted(BUFFER, BUFFER_PAGES))) {
			hw_write(BUFFER_PAGE);
			hw_write(BUFFER_PAGE + 1);
		}
	}
	if (locks_taken != 0)
		outcome("lock-imbalance", "never releases a lock that a conversion took");
	others_use_theirs();
}

// SPDX-License-Identifier: MIT
/* What a second kernel does with memory: it sees RAM, nothing else, and maps it private. For stories that have one. */

/* A guest: all of it. */
static void use_all_memory(void)
{
	int page;

	for (page = 0; page < hw_pages(); page++)
		hw_write(page);
	sometimes("the second kernel used all memory");
}

/* A host: some of it, in less than a line (by a device, or by MOVNTI) or through the cache. */
static void use_some_memory(void)
{
	int choice = choose(2 * hw_pages());
	int page = choice / 2;

	if (choice % 2)
		hw_partial_write(page);
	else
		hw_write(page);
	hw_read(page);
	sometimes("the second kernel used memory");
}

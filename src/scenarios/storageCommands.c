// SPDX-License-Identifier: MIT
/* A storage device of Hyper-V gets a command, and any step may fail. Bounce buffers come back whatever happens. */

struct scenario scenario = {
	.id = "storage-commands",
	.title = "a storage device of Hyper-V gets a command, and any step may fail",
	.machine = "guest of Hyper-V with bounce buffers, 1 CPU",
	.guest = "tdx",
	.leaves = { 1 },
	.cpus = 1,
	.agents = { "cpu0" },
	.names = { "CPU 0" },
	.guards = { "leak", "double-free" },
	.sometimes = { "a command was sent", "a command was refused" },
};

enum { NR_CPUS = 1 };

void cpu0(void)
{
	static struct scsi_cmnd command = { .sg_count = 1 };

	init_direct_map();
	story_begins();

	if (storvsc_queuecommand(NULL, &command) == 0) {
		sometimes("a command was sent");
		storvsc_command_completion(&command);
	} else {
		sometimes("a command was refused");
	}
	if (bounce_buffers_in_use > 0)
		outcome("leak", "never gives the bounce buffers of a command back");
	if (bounce_buffers_in_use < 0)
		outcome("double-free", "gives the bounce buffers of a command back twice");
}

// SPDX-License-Identifier: MIT
/*
 * From reboot(LINUX_REBOOT_CMD_KEXEC), or from an oops, to a machine that is shut down and the image that is started:
 * kernel/kexec_core.c, condensed. How images are loaded is in kexecLoad.c.
 */

#define KEXEC_TYPE_DEFAULT	0
#define KEXEC_TYPE_CRASH	1

/* What is to be copied to a physical address, in whole pages, when the image is started. */
struct kexec_segment {
	void *buf;
	unsigned long bufsz;
	unsigned long mem;
	unsigned long memsz;
};

#define KEXEC_SEGMENT_MAX	4

struct kimage {
	int preserve_context;
	int type;
	int file_mode;
	unsigned long start;
	void *elf_headers;
	unsigned long elf_headers_sz;
	unsigned long elf_load_addr;
	unsigned long nr_segments;
	struct kexec_segment segment[KEXEC_SEGMENT_MAX];
};

struct pt_regs;

static struct kimage kexec_image_loaded;
static struct kimage crash_image_loaded = { .type = KEXEC_TYPE_CRASH };
struct kimage *kexec_image = &kexec_image_loaded;
struct kimage *kexec_crash_image = &crash_image_loaded;
bool kexec_in_progress;
int oops_in_progress;

/* Hands the kernel's messages to whoever wants to keep them. */
static inline void kmsg_dump(int reason)
{
}

#define KMSG_DUMP_SHUTDOWN	4

static inline void migrate_to_reboot_cpu(void)
{
}

static inline void cpu_hotplug_enable(void)
{
}

int kernel_kexec(void)
{
	/* Other CPUs are offline by then: stories with this have one. */
	if (kexec_image->preserve_context) {
		local_irq_disable();
		syscore_suspend();
	} else {
		kexec_in_progress = true;
		migrate_to_reboot_cpu();
		syscore_shutdown();
		cpu_hotplug_enable();
		pr_notice("Starting new kernel\n");
		machine_shutdown();
	}

	kmsg_dump(KMSG_DUMP_SHUTDOWN);
	machine_kexec(kexec_image);

	if (kexec_image->preserve_context) {
		syscore_resume();
		local_irq_enable();
	}
	return 0;
}

void __crash_kexec(struct pt_regs *regs)
{
	if (kexec_crash_image) {
		machine_crash_shutdown(regs);
		machine_kexec(kexec_crash_image);
	}
}

void crash_kexec(struct pt_regs *regs)
{
	__crash_kexec(regs);
}

static inline void bust_spinlocks(int yes)
{
	if (yes)
		oops_in_progress++;
	else
		oops_in_progress--;
}

/* An oops where a crash kernel is loaded. It does not come back. */
void die(const char *str, struct pt_regs *regs, long err)
{
	bust_spinlocks(1);
	crash_kexec(regs);
}

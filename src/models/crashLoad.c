// SPDX-License-Identifier: MIT
/* Loading a crash kernel by kexec_file_load(): arch/x86/kernel/{crash,machine_kexec_64}.c and kernel/kexec_file.c, condensed. */

#define ELF_CORE_HEADER_ALIGN	4096

static int prepare_elf_headers(void **addr, unsigned long *sz)
{
	*addr = vzalloc(PAGE_SIZE);
	if (!*addr)
		return -ENOMEM;
	*sz = PAGE_SIZE;
	return 0;
}

int crash_load_segments(struct kimage *image)
{
	int ret;
	struct kexec_buf kbuf = { .image = image, .buf_min = 0,
				  .buf_max = KEXEC_DESTINATION_MEMORY_LIMIT, .top_down = false };

	/* Prepare elf headers and add a segment */
	ret = prepare_elf_headers(&kbuf.buffer, &kbuf.bufsz);
	if (ret)
		return ret;

	image->elf_headers = kbuf.buffer;
	image->elf_headers_sz = kbuf.bufsz;

	kbuf.memsz = kbuf.bufsz;
	kbuf.buf_align = ELF_CORE_HEADER_ALIGN;
	kbuf.mem = KEXEC_BUF_MEM_UNKNOWN;
	ret = kexec_add_buffer(&kbuf);
	if (ret)
		return ret;
	image->elf_load_addr = kbuf.mem;

	return ret;
}

/* What the image has that nobody needs any more, also where loading failed. */
int arch_kimage_file_post_load_cleanup(struct kimage *image)
{
	vfree((void *)image->elf_headers);
	image->elf_headers = NULL;
	image->elf_headers_sz = 0;
	return 0;
}

/* kexec_file_load() of a crash kernel, as far as it is about its headers. */
int kimage_file_load_crash(struct kimage *image)
{
	int ret = crash_load_segments(image);

	arch_kimage_file_post_load_cleanup(image);
	return ret;
}

// SPDX-License-Identifier: MIT
/*
 * Loading a kernel to be started by kexec: kernel/{kexec,kexec_core,kexec_file}.c, condensed. Where its segments go is
 * what user space or the search for a hole in System RAM says; that memory need not be the page allocator's, nor need
 * the guest have accepted it. caeb8ba598f0 (v6.15) accepts it when the image is loaded.
 */

#define EADDRNOTAVAIL			99
#define KEXEC_DESTINATION_MEMORY_LIMIT	(-1UL)
#define KEXEC_ON_CRASH			1
#define KEXEC_BUF_MEM_UNKNOWN		0
#define PAGE_COUNT(x)			(((x) + PAGE_SIZE - 1) >> PAGE_SHIFT)

struct resource {
	unsigned long start;
	unsigned long end;
};

/* The memory that is reserved for a crash kernel; scenarios with one say where. */
struct resource crashk_res;

static inline unsigned long totalram_pages(void)
{
	return hw_pages();
}

static inline unsigned long phys_to_boot_phys(unsigned long phys)
{
	return phys;
}

int sanity_check_segment_list(struct kimage *image)
{
	int i;
	unsigned long nr_segments = image->nr_segments;
	unsigned long total_pages = 0;
	unsigned long nr_pages = totalram_pages();

	/* Destinations are whole pages; whether they are RAM, and free to use, is the caller's business. */
	for (i = 0; i < nr_segments; i++) {
		unsigned long mstart, mend;

		mstart = image->segment[i].mem;
		mend   = mstart + image->segment[i].memsz;
		if (mstart > mend)
			return -EADDRNOTAVAIL;
		if ((mstart & ~PAGE_MASK) || (mend & ~PAGE_MASK))
			return -EADDRNOTAVAIL;
		if (mend >= KEXEC_DESTINATION_MEMORY_LIMIT)
			return -EADDRNOTAVAIL;
	}

	/* No two of them may overlap. */
	for (i = 0; i < nr_segments; i++) {
		unsigned long mstart, mend;
		unsigned long j;

		mstart = image->segment[i].mem;
		mend   = mstart + image->segment[i].memsz;
		for (j = 0; j < i; j++) {
			unsigned long pstart, pend;

			pstart = image->segment[j].mem;
			pend   = pstart + image->segment[j].memsz;
			/* Do the segments overlap ? */
			if ((mend > pstart) && (mstart < pend))
				return -EINVAL;
		}
	}

	/* What is copied must fit. */
	for (i = 0; i < nr_segments; i++) {
		if (image->segment[i].bufsz > image->segment[i].memsz)
			return -EINVAL;
	}

	/* Half of memory is the most that pages are allocated for. */
	for (i = 0; i < nr_segments; i++) {
		if (PAGE_COUNT(image->segment[i].memsz) > nr_pages / 2)
			return -EINVAL;

		total_pages += PAGE_COUNT(image->segment[i].memsz);
	}

	if (total_pages > nr_pages / 2)
		return -EINVAL;

#ifdef CONFIG_CRASH_DUMP
	/* A crash kernel is loaded to where it runs: that must be the memory that is reserved for it. */

	if (image->type == KEXEC_TYPE_CRASH) {
		for (i = 0; i < nr_segments; i++) {
			unsigned long mstart, mend;

			mstart = image->segment[i].mem;
			mend = mstart + image->segment[i].memsz - 1;
			/* Ensure we are within the crash kernel limits */
			if ((mstart < phys_to_boot_phys(crashk_res.start)) ||
			    (mend > phys_to_boot_phys(crashk_res.end)))
				return -EADDRNOTAVAIL;
		}
	}
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	/*
	 * The destination addresses are searched from system RAM rather than
	 * from the page allocator: they may not be accepted yet.
	 */
	for (i = 0; i < nr_segments; i++)
		accept_memory(image->segment[i].mem, image->segment[i].memsz);

#endif
	return 0;
}

struct kimage *do_kimage_alloc_init(void)
{
	struct kimage *image;

	/* Allocate a controlling structure */
	image = kzalloc(sizeof(*image), GFP_KERNEL);
	if (!image)
		return NULL;

	image->type = KEXEC_TYPE_DEFAULT;

	return image;
}

static int kimage_alloc_init(struct kimage **rimage, unsigned long entry,
			     unsigned long nr_segments,
			     struct kexec_segment *segments,
			     unsigned long flags)
{
	int ret;
	struct kimage *image;
	bool kexec_on_panic = flags & KEXEC_ON_CRASH;
	unsigned long i;

	if (nr_segments > KEXEC_SEGMENT_MAX)
		return -EINVAL;

	/* Allocate and initialize a controlling structure */
	image = do_kimage_alloc_init();
	if (!image)
		return -ENOMEM;

	image->nr_segments = nr_segments;
	for (i = 0; i < nr_segments; i++)
		image->segment[i] = segments[i];

	if (kexec_on_panic)
		image->type = KEXEC_TYPE_CRASH;

	ret = sanity_check_segment_list(image);
	if (ret)
		goto out_free_image;

	*rimage = image;
	return 0;
out_free_image:
	kfree(image);
	return ret;
}

/* What is copied comes from pages of the page allocator, whatever they are; a crash image goes to its place at once. */
static int kimage_load_segment(struct kimage *image, struct kexec_segment *segment)
{
	unsigned long mem;

	if (image->type != KEXEC_TYPE_CRASH)
		return 0;
	for (mem = segment->mem; mem < segment->mem + segment->memsz; mem += PAGE_SIZE)
		hw_write(mem >> PAGE_SHIFT);
	return 0;
}

int do_kexec_load(unsigned long entry, unsigned long nr_segments,
		  struct kexec_segment *segments, unsigned long flags)
{
	struct kimage *image;
	unsigned long i;
	int ret;

	ret = kimage_alloc_init(&image, entry, nr_segments, segments, flags);
	if (ret)
		return ret;

	ret = machine_kexec_prepare(image);
	if (ret)
		goto out;

	for (i = 0; i < nr_segments; i++) {
		ret = kimage_load_segment(image, &image->segment[i]);
		if (ret)
			goto out;
	}

	/* Install the new kernel and uninstall the old */
	if (flags & KEXEC_ON_CRASH)
		kexec_crash_image = image;
	else
		kexec_image = image;
	return 0;
out:
	kfree(image);
	return ret;
}

/* kexec_file_load(): the kernel itself looks for a place. */
struct kexec_buf {
	struct kimage *image;
	void *buffer;
	unsigned long bufsz;
	unsigned long mem;
	unsigned long memsz;
	unsigned long buf_align;
	unsigned long buf_min;
	unsigned long buf_max;
	bool top_down;
};

static bool kimage_is_destination_range(struct kimage *image, unsigned long start, unsigned long end)
{
	unsigned long i;

	for (i = 0; i < image->nr_segments; i++) {
		unsigned long mstart, mend;

		mstart = image->segment[i].mem;
		mend = mstart + image->segment[i].memsz;
		if ((end >= mstart) && (start < mend))
			return true;
	}

	return false;
}

static int locate_mem_hole_top_down(unsigned long start, unsigned long end,
				    struct kexec_buf *kbuf)
{
	struct kimage *image = kbuf->image;
	unsigned long temp_start, temp_end;

	temp_end = min(end, kbuf->buf_max);
	temp_start = temp_end - kbuf->memsz + 1;

	do {
		/* align down start */
		temp_start = ALIGN_DOWN(temp_start, kbuf->buf_align);

		if (temp_start < start || temp_start < kbuf->buf_min)
			return 0;

		temp_end = temp_start + kbuf->memsz - 1;

		/* Segments that are placed already are in the way. */
		if (kimage_is_destination_range(image, temp_start, temp_end)) {
			temp_start = temp_start - PAGE_SIZE;
			continue;
		}

		/* We found a suitable memory range */
		break;
	} while (1);

	/* If we are here, we found a suitable memory range */
	kbuf->mem = temp_start;

	/* Success, stop navigating through remaining System RAM ranges */
	return 1;
}

static int locate_mem_hole_bottom_up(unsigned long start, unsigned long end,
				     struct kexec_buf *kbuf)
{
	struct kimage *image = kbuf->image;
	unsigned long temp_start, temp_end;

	temp_start = max(start, kbuf->buf_min);

	do {
		temp_start = ALIGN(temp_start, kbuf->buf_align);
		temp_end = temp_start + kbuf->memsz - 1;

		if (temp_end > end || temp_end > kbuf->buf_max)
			return 0;
		/* Segments that are placed already are in the way. */
		if (kimage_is_destination_range(image, temp_start, temp_end)) {
			temp_start = temp_start + PAGE_SIZE;
			continue;
		}

		/* We found a suitable memory range */
		break;
	} while (1);

	/* If we are here, we found a suitable memory range */
	kbuf->mem = temp_start;

	/* Success, stop navigating through remaining System RAM ranges */
	return 1;
}

/* System RAM is one piece. */
int kexec_locate_mem_hole(struct kexec_buf *kbuf)
{
	unsigned long end = get_max_mapped() - 1;
	int ret;

	/* Arch knows where to place */
	if (kbuf->mem != KEXEC_BUF_MEM_UNKNOWN)
		return 0;

	if (kbuf->top_down)
		ret = locate_mem_hole_top_down(0, end, kbuf);
	else
		ret = locate_mem_hole_bottom_up(0, end, kbuf);

	return ret == 1 ? 0 : -EADDRNOTAVAIL;
}

int kexec_add_buffer(struct kexec_buf *kbuf)
{
	struct kexec_segment *ksegment;
	int ret;

	/* Currently adding segment this way is allowed only in file mode */
	if (!kbuf->image->file_mode)
		return -EINVAL;

	if (kbuf->image->nr_segments >= KEXEC_SEGMENT_MAX)
		return -EINVAL;

	/* Ensure minimum alignment needed for segments. */
	kbuf->memsz = ALIGN(kbuf->memsz, PAGE_SIZE);
	kbuf->buf_align = max(kbuf->buf_align, PAGE_SIZE);

	/* Walk the RAM ranges and allocate a suitable range for the buffer */
	ret = kexec_locate_mem_hole(kbuf);
	if (ret)
		return ret;

	/* Found a suitable memory range */
	ksegment = &kbuf->image->segment[kbuf->image->nr_segments];
	ksegment->buf = kbuf->buffer;
	ksegment->bufsz = kbuf->bufsz;
	ksegment->mem = kbuf->mem;
	ksegment->memsz = kbuf->memsz;
	kbuf->image->nr_segments++;
	return 0;
}

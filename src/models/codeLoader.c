// SPDX-License-Identifier: MIT
/*
 * Who makes pages executable: kernel/module/{strict_rwx,main}.c, condensed, as of v6.9 to v6.12, where each call may fail and
 * says so. A module of these stories has its text in one piece, and nothing else.
 */

enum mod_mem_type { MOD_TEXT, MOD_MEM_NUM_TYPES };

struct module_memory {
	void *base;
	unsigned int size;
};

struct module {
	struct module_memory mem[MOD_MEM_NUM_TYPES];
};

/* vfree() makes such pages data again, in the order that is safe. */
static inline void set_vm_flush_reset_perms(void *addr)
{
}

static int module_set_memory(const struct module *mod, enum mod_mem_type type,
			     int (*set_memory)(unsigned long start, int num_pages))
{
	const struct module_memory *mod_mem = &mod->mem[type];

	if (!mod_mem->base)
		return 0;

	set_vm_flush_reset_perms(mod_mem->base);
	return set_memory((unsigned long)mod_mem->base, mod_mem->size >> PAGE_SHIFT);
}

/* Text is made read-only and executable in one step, where the kernel separates the two at all. */
int module_enable_text_rox(const struct module *mod)
{
	int ret;

	if (IS_ENABLED(CONFIG_STRICT_MODULE_RWX))
		ret = module_set_memory(mod, MOD_TEXT, set_memory_rox);
	else
		ret = module_set_memory(mod, MOD_TEXT, set_memory_x);
	if (ret)
		return ret;
	return 0;
}

/* Where the text lies, in pages of its own. */
static int module_memory_alloc(struct module *mod, enum mod_mem_type type)
{
	unsigned int size = PAGE_ALIGN(mod->mem[type].size);
	void *ptr;

	mod->mem[type].size = size;
	ptr = vmalloc(size);
	if (!ptr)
		return -ENOMEM;
	mod->mem[type].base = ptr;
	return 0;
}

/* Not executable first, then writable. */
static int module_reset_perms(struct module *mod, enum mod_mem_type type)
{
	int ret = module_set_memory(mod, type, set_memory_nx);

	if (ret)
		return ret;
	return module_set_memory(mod, type, set_memory_rw);
}

struct load_info;
static DEFINE_MUTEX(module_mutex);

static inline void module_bug_cleanup(struct module *mod)
{
}

/* kernel/module/main.c. From here on it may run. */
static int complete_formation(struct module *mod, struct load_info *info)
{
	int err;

	mutex_lock(&module_mutex);

	err = module_enable_text_rox(mod);
	if (err)
		goto out_strict_rwx;

	mutex_unlock(&module_mutex);

	return 0;

out_strict_rwx:
	module_bug_cleanup(mod);
	mutex_unlock(&module_mutex);
	return err;
}

int load_module(struct module *mod)
{
	int err;

	err = module_memory_alloc(mod, MOD_TEXT);
	if (err)
		return err;

	/* The code is copied there. */
	*(unsigned char *)mod->mem[MOD_TEXT].base = 0xc3;

	return complete_formation(mod, NULL);
}

void free_module(struct module *mod)
{
	/* What cannot be made data again is kept. */
	if (module_reset_perms(mod, MOD_TEXT))
		return;
	vfree(mod->mem[MOD_TEXT].base);
	mod->mem[MOD_TEXT].base = NULL;
}

// SPDX-License-Identifier: MIT
/** Words that the kernel adds to C and that the preprocessor would take away: what kind of word each one is. */

/** Markers that say nothing about what the code does. */
export const attributeWords = new Set(
  (
    '__init __exit __initdata __initconst __exitdata __ro_after_init __read_mostly __refdata __ref noinline noinline_for_stack ' +
    '__always_inline __inline __inline__ inline __maybe_unused __always_unused __used __unused __user __iomem __force __percpu __rcu __kernel ' +
    '__packed __weak asmlinkage notrace noinstr __cold __hot __must_check __meminit __meminitdata __cpuinit __head __visible ' +
    '__randomize_layout __cacheline_aligned __cacheline_aligned_in_smp ____cacheline_aligned_in_smp __page_aligned_data __page_aligned_bss ' +
    '__pure __malloc __deprecated __nocfi __no_sanitize_address __noreturn __private __bitwise __net_init __devinit __latent_entropy ' +
    '____cacheline_aligned __ro_after_init __initconst_or_module __percpu_first __sched __lockfunc __cpuidle __init_memblock __init_or_module __no_profile __noclone nokprobe_inline __efiapi __no_kcsan __bpf_kfunc ' +
    '__extension__ volatile register restrict __restrict __restrict__ fallthrough'
  ).split(' '),
);
/** The same with an argument list. */
export const attributeCalls = new Set(
  (
    '__attribute__ __aligned __section __printf __scanf __alloc_size __acquires __releases __must_hold __counted_by __assume_aligned __free __cleanup __realloc_size __cacheline_group_begin __attribute __diag_push __diag_pop __no_sanitize ' +
    'EXPORT_SYMBOL EXPORT_SYMBOL_GPL EXPORT_SYMBOL_NS_GPL EXPORT_SYMBOL_FOR_KVM MODULE_LICENSE MODULE_AUTHOR MODULE_DESCRIPTION MODULE_PARM_DESC module_param ' +
    'early_initcall arch_initcall core_initcall subsys_initcall fs_initcall device_initcall late_initcall module_init module_exit early_param __setup ' +
    'ALLOW_ERROR_INJECTION STACK_FRAME_NON_STANDARD'
  ).split(' '),
);
/** `DEFINE_PER_CPU(type, name)` and its kin declare like `type name`. */
export const perCpuMacro = /^((DEFINE|DECLARE)_PER_CPU|DECLARE_EARLY_PER_CPU)\w*$/;
export const loopMacro = /^(?:(?:h?list|llist|hlist_bl|sk|xa|idr|rb|radix_tree)_)?for_each\w*$/;

/** `LIST_HEAD(x);` and its kin: what type the variable has that they declare. */
export const declaringMacros: Readonly<Record<string, string>> = {
  LIST_HEAD: 'struct list_head',
  HLIST_HEAD: 'struct hlist_head',
  DEFINE_MUTEX: 'struct mutex',
  DEFINE_SPINLOCK: 'spinlock_t',
  DEFINE_RAW_SPINLOCK: 'raw_spinlock_t',
  DECLARE_RWSEM: 'struct rw_semaphore',
  DEFINE_RWLOCK: 'rwlock_t',
  DECLARE_WAIT_QUEUE_HEAD: 'wait_queue_head_t',
  DECLARE_WAIT_QUEUE_HEAD_ONSTACK: 'wait_queue_head_t',
  DEFINE_WAIT: 'struct wait_queue_entry',
  DEFINE_WAIT_FUNC: 'struct wait_queue_entry',
  DECLARE_WAITQUEUE: 'struct wait_queue_entry',
  DECLARE_COMPLETION: 'struct completion',
  BLOCKING_NOTIFIER_HEAD: 'struct blocking_notifier_head',
  RAW_NOTIFIER_HEAD: 'struct raw_notifier_head',
  ATOMIC_NOTIFIER_HEAD: 'struct atomic_notifier_head',
  DECLARE_COMPLETION_ONSTACK: 'struct completion',
  DEFINE_RATELIMIT_STATE: 'struct ratelimit_state',
  DECLARE_WORK: 'struct work_struct',
  DECLARE_DELAYED_WORK: 'struct delayed_work',
  DEFINE_TIMER: 'struct timer_list',
  DEFINE_SEMAPHORE: 'struct semaphore',
  DEFINE_IDA: 'struct ida',
  DEFINE_IDR: 'struct idr',
  DEFINE_XARRAY: 'struct xarray',
  DEFINE_XARRAY_ALLOC: 'struct xarray',
  DEFINE_STATIC_KEY_FALSE: 'struct static_key_false',
  DEFINE_STATIC_KEY_TRUE: 'struct static_key_true',
  DECLARE_STATIC_KEY_FALSE: 'struct static_key_false',
  DECLARE_STATIC_KEY_TRUE: 'struct static_key_true',
  DEFINE_STATIC_SRCU: 'struct srcu_struct',
  DEFINE_SRCU: 'struct srcu_struct',
  DEFINE_HASHTABLE: 'struct hlist_head',
  DECLARE_HASHTABLE: 'struct hlist_head',
  DECLARE_BITMAP: 'unsigned long',
};
/** Macros that define a function or data whose name is made of their arguments: nothing of them is C that runs. */
export const silentDefinition =
  /^(DEFINE|DECLARE)_\w*(FREE|GUARD|CLASS|EVENT|ATTRIBUTE|TRACE|STATIC_CALL|INSN|STATIC_KEY_ARRAY|NOP|FUNC)\w*$/;
/** Whether a macro declares the variable that its first argument names. */
export const isDeclaringMacro = (name: string): boolean =>
  Object.hasOwn(declaringMacros, name) || (/^(DEFINE|DECLARE)_[A-Z0-9_]+$/.test(name) && !silentDefinition.test(name));

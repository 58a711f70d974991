// SPDX-License-Identifier: MIT
/** What happens to the memory and caches of a TDX host. The rules are those of `tdxHost.ts`, in brackets where they are meant. */

import type { MachineOperation, OperationContext } from '../engine/program';
import type { Core } from './core';
import { PageBits } from './layout';
import { hostRules } from './tdxHost';

/** Bits of the word of VMX operation: the CPUs that left it (a story begins in it), then whether the TDX module is disabled. */
const moduleDisabled = 1 << 8;
/** Lines of any CPU: eight bits, from `PageBits.dirtyPrivate` or `PageBits.dirtyKernel` on. */
const anyCpu = 0xff;

/** What a SEAMCALL is answered: 0, or which error the kernel makes of it. */
const Seamcall = { done: 0, notInVmx: 1, disabled: 2 } as const;

/** Every line of a running kernel's memory may be dirty in the cache of any CPU. */
export function initialiseTdxHost(core: Core, state: Int32Array, base: number): void {
  if (core.config.guest !== 'none') return;
  const everywhere = ((1 << core.config.cpus) - 1) << PageBits.dirtyKernel;
  for (let page = 0; page < core.layout.pages; page++) state[base + core.layout.page(page)] = everywhere;
}

/**
 * A page's word after dirty lines were written back: those of a private KeyID make it private again, those of KeyID 0 take
 * it from the module.
 * @param dirty the bits of the lines that go
 */
function writtenBack(word: number, dirty: number): number {
  const going = word & dirty;
  const rest = word & ~dirty;
  if (going & (anyCpu << PageBits.dirtyPrivate) && !(word & PageBits.tdxPrivate)) return rest | PageBits.tdxPrivate;
  if (going & (anyCpu << PageBits.dirtyKernel) && word & PageBits.tdxPrivate) return rest & ~PageBits.tdxPrivate;
  return rest;
}

/** What an access of the kernel to a page does to its content and its lines; `core.word` is that before it. */
export function reachHostPage(core: Core, context: OperationContext, page: number, write: boolean): void {
  const now = core.word(context, page);
  if (now & PageBits.poisoned) return core.happen(context, 'machine-check', hostRules.poisonConsumed, page);
  if ((now >> PageBits.dirtyPrivate) & anyCpu && !(now & PageBits.tdxPrivate))
    return core.happen(context, 'memory-corruption', hostRules.staleWriteBack, page);
  // [cachedWrite]; a read changes nothing [readIsHarmless].
  if (write)
    core.setWord(context, page, (now & ~PageBits.tdxPrivate) | (1 << (PageBits.dirtyKernel + core.cpuOf(context))));
}

/** The operations behind `tdxHost.ts`'s rules. Pages and CPUs count from 0. */
export function tdxHostOperations(core: Core): readonly MachineOperation[] {
  const vmx = core.claim(1);
  const vmxWord = (context: OperationContext): number => context.state[context.base + vmx] ?? 0;
  const setVmx = (context: OperationContext, value: number): number => {
    context.state[context.base + vmx] = value;
    return 0;
  };
  /** [seamcallNeedsVmx], [sysDisable] */
  const answer = (context: OperationContext): number => {
    if (vmxWord(context) & (1 << core.cpuOf(context))) return Seamcall.notInVmx;
    return vmxWord(context) & moduleDisabled ? Seamcall.disabled : Seamcall.done;
  };
  /** Changes the words of all pages. */
  const forAll = (context: OperationContext, change: (word: number) => number): number => {
    for (let page = 0; page < core.layout.pages; page++) core.setWord(context, page, change(core.word(context, page)));
    return 0;
  };

  return [
    core.operation('hw_vmxon', (context, cpu) => setVmx(context, vmxWord(context) & ~(1 << cpu)), true),
    core.operation('hw_vmxoff', (context, cpu) => setVmx(context, vmxWord(context) | (1 << cpu)), true),
    // Going to the TDX module and back drains the store buffer.
    core.operation('hw_seamcall', answer, true),
    core.operation(
      'hw_tdx_sys_disable',
      (context) => {
        const result = answer(context);
        if (result !== Seamcall.done) return result;
        forAll(context, (word) => word & ~(PageBits.tdxPrivate | PageBits.poisoned));
        setVmx(context, vmxWord(context) | moduleDisabled);
        return result;
      },
      true,
    ),
    core.onPage(
      'hw_tdx_module_write',
      (context, page) => {
        const result = answer(context);
        // [moduleWrite]
        const dirty = 1 << (PageBits.dirtyPrivate + core.cpuOf(context));
        if (result === Seamcall.done)
          core.setWord(context, page, (core.word(context, page) | PageBits.tdxPrivate | dirty) & ~PageBits.poisoned);
        return result;
      },
      true,
    ),
    core.onPage(
      'hw_tdx_module_read',
      (context, page) => {
        const result = answer(context);
        if (result !== Seamcall.done) return result;
        const now = core.word(context, page);
        if ((now >> PageBits.dirtyKernel) & anyCpu)
          core.happen(context, 'memory-corruption', hostRules.staleKernelWriteBack, page);
        else if (now & PageBits.poisoned) core.happen(context, 'machine-check', hostRules.poisonConsumed, page);
        else if (!(now & PageBits.tdxPrivate))
          core.happen(context, 'memory-corruption', hostRules.takenFromModule, page);
        return result;
      },
      true,
    ),
    // [pageWbinvd]
    core.onPage(
      'hw_tdx_page_wbinvd',
      (context, page) => {
        const result = answer(context);
        if (result === Seamcall.done)
          core.setWord(context, page, writtenBack(core.word(context, page), anyCpu << PageBits.dirtyPrivate));
        return result;
      },
      true,
    ),
    // [wbinvd]: lines of any KeyID; -1 is the CPU that runs this.
    core.operation(
      'hw_wbinvd',
      (context, number) => {
        const cpu = number < 0 ? core.cpuOf(context) : number;
        const dirty = (1 << (PageBits.dirtyPrivate + cpu)) | (1 << (PageBits.dirtyKernel + cpu));
        // [afterDisable]
        const isDisabled = (vmxWord(context) & moduleDisabled) !== 0;
        return forAll(context, (word) => (isDisabled ? word & ~dirty : writtenBack(word, dirty)));
      },
      true,
    ),
    // [fullLineStore]: what caches hold of it under KeyID 0 goes, what they hold under other KeyIDs they keep.
    core.onPage('hw_movdir64b', (context, page) => {
      const gone = PageBits.tdxPrivate | PageBits.poisoned | (anyCpu << PageBits.dirtyKernel);
      core.setWord(context, page, core.word(context, page) & ~gone);
      return 0;
    }),
    // [partialWritePoisons]; without the erratum, or to ordinary memory, it is a write like any other.
    core.onPage('hw_partial_write', (context, page) => {
      const before = core.word(context, page);
      if (before & PageBits.tdxPrivate && core.config.partialWriteErratum)
        core.setWord(context, page, before | PageBits.poisoned);
      else core.setWord(context, page, before & ~PageBits.tdxPrivate);
      return 0;
    }),
    core.onPage('hw_is_tdx_private', (context, page) => (core.word(context, page) & PageBits.tdxPrivate ? 1 : 0)),
  ];
}

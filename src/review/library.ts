// SPDX-License-Identifier: MIT
/** The bundled C: models, companions, scenarios; parsed once. */

import type { Unit } from '../c/ast';
import { buildUnit } from '../c/buildUnit';
import { configuration } from '../c/configuration';
import type { Macro } from '../c/directives';
import { mapFile } from '../c/mappedText';
import type { CParser } from '../c/parser';
import acceptMemory from '../models/acceptMemory.c';
import changePageAttr from '../models/changePageAttr.c';
import codeLoader from '../models/codeLoader.c';
import tdxKexecConversion from '../models/companions/tdxKexecConversion.c';
import crashLoadModel from '../models/crashLoad.c';
import dmaMapping from '../models/dmaMapping.c';
import efiTables from '../models/efiTables.c';
import execmem from '../models/execmem.c';
import hotplug from '../models/hotplug.c';
import hyperv from '../models/hyperv.c';
import hypervKexec from '../models/hypervKexec.c';
import init64 from '../models/init64.c';
import kernel from '../models/kernel.c';
import kexec from '../models/kexec.c';
import kexecLoad from '../models/kexecLoad.c';
import kvmTdx from '../models/kvmTdx.c';
import lists from '../models/lists.c';
import locks from '../models/locks.c';
import machineKexec from '../models/machineKexec.c';
import machineShutdown from '../models/machineShutdown.c';
import madtWakeup from '../models/madtWakeup.c';
import memEncrypt from '../models/memEncrypt.c';
import memEncryptAmd from '../models/memEncryptAmd.c';
import memremap from '../models/memremap.c';
import mm from '../models/mm.c';
import pageAlloc from '../models/pageAlloc.c';
import secondKernel from '../models/secondKernel.c';
import setMemory from '../models/setMemory.c';
import setupData from '../models/setupData.c';
import sevSetup from '../models/sevSetup.c';
import sharedBuffers from '../models/sharedBuffers.c';
import smp from '../models/smp.c';
import snpGuest from '../models/snpGuest.c';
import snpHost from '../models/snpHost.c';
import snpKexecModel from '../models/snpKexec.c';
import acceptMemoryV65 from '../models/stages/acceptMemoryV65.c';
import dmaDirectV58 from '../models/stages/dmaDirectV58.c';
import dmaDirectV58Checked from '../models/stages/dmaDirectV58Checked.c';
import dmaDirectV516 from '../models/stages/dmaDirectV516.c';
import hypervFrames from '../models/stages/hypervFrames.c';
import tdxHostCaches from '../models/stages/tdxHostCaches.c';
import tdxMapGpaOnce from '../models/stages/tdxMapGpaOnce.c';
import tdxModuleSkeleton from '../models/stages/tdxModuleSkeleton.c';
import tdxModuleV8 from '../models/stages/tdxModuleV8.c';
import tdxModuleV14 from '../models/stages/tdxModuleV14.c';
import stopCpus from '../models/stopCpus.c';
import storvsc from '../models/storvsc.c';
import tdxGuest from '../models/tdxGuest.c';
import tdxHost from '../models/tdxHost.c';
import tdxMemory from '../models/tdxMemory.c';
import tdxPamt from '../models/tdxPamt.c';
import tdxSeamcall from '../models/tdxSeamcall.c';
import unacceptedPages from '../models/unacceptedPages.c';
import vmbusBuffers from '../models/vmbusBuffers.c';
import zeropad from '../models/zeropad.c';
import acceptAllocation from '../scenarios/acceptAllocation.c';
import acceptInterrupt from '../scenarios/acceptInterrupt.c';
import acceptRace from '../scenarios/acceptRace.c';
import acceptUnaligned from '../scenarios/acceptUnaligned.c';
import conversionFailure from '../scenarios/conversionFailure.c';
import convertMapGpa from '../scenarios/convertMapGpa.c';
import convertStaleSnp from '../scenarios/convertStaleSnp.c';
import convertVmalloc from '../scenarios/convertVmalloc.c';
import convertVmallocSnp from '../scenarios/convertVmallocSnp.c';
import convertVmallocTdx from '../scenarios/convertVmallocTdx.c';
import convertZeropad from '../scenarios/convertZeropad.c';
import crashKernelMap from '../scenarios/crashKernelMap.c';
import crashLoad from '../scenarios/crashLoad.c';
import execmemCache from '../scenarios/execmemCache.c';
import guestCrashKexec from '../scenarios/guestCrashKexec.c';
import guestCrashUnaccepted from '../scenarios/guestCrashUnaccepted.c';
import guestKexec from '../scenarios/guestKexec.c';
import guestKexecConverting from '../scenarios/guestKexecConverting.c';
import guestKexecMailbox from '../scenarios/guestKexecMailbox.c';
import guestKexecTouched from '../scenarios/guestKexecTouched.c';
import guestKexecUnaccepted from '../scenarios/guestKexecUnaccepted.c';
import guestPrivateVe from '../scenarios/guestPrivateVe.c';
import hostCrashKexec from '../scenarios/hostCrashKexec.c';
import hostKexecAfterInitError from '../scenarios/hostKexecAfterInitError.c';
import hostKexecDuringInit from '../scenarios/hostKexecDuringInit.c';
import hostKexecErratum from '../scenarios/hostKexecErratum.c';
import hostKexecErratumGuests from '../scenarios/hostKexecErratumGuests.c';
import hostKexecJump from '../scenarios/hostKexecJump.c';
import hostKexecNoErratum from '../scenarios/hostKexecNoErratum.c';
import hostKexecPoisoned from '../scenarios/hostKexecPoisoned.c';
import hostTdxInitError from '../scenarios/hostTdxInitError.c';
import memremapPrivate from '../scenarios/memremapPrivate.c';
import memremapSetupData from '../scenarios/memremapSetupData.c';
import pageArrays from '../scenarios/pageArrays.c';
import pageAttributes from '../scenarios/pageAttributes.c';
import sharedAlias from '../scenarios/sharedAlias.c';
import sharedBuffersStory from '../scenarios/sharedBuffers.c';
import sharedPage from '../scenarios/sharedPage.c';
import sharedProtection from '../scenarios/sharedProtection.c';
import snpCrashKexec from '../scenarios/snpCrashKexec.c';
import snpCrashKexecIo from '../scenarios/snpCrashKexecIo.c';
import snpHostKexec from '../scenarios/snpHostKexec.c';
import snpHotplug from '../scenarios/snpHotplug.c';
import snpKexec from '../scenarios/snpKexec.c';
import snpKexecApart from '../scenarios/snpKexecApart.c';
import storageCommands from '../scenarios/storageCommands.c';
import tdxInitCxl from '../scenarios/tdxInitCxl.c';
import tdxInitHotplug from '../scenarios/tdxInitHotplug.c';
import tdxInitLeftover from '../scenarios/tdxInitLeftover.c';
import tdxInitLock from '../scenarios/tdxInitLock.c';
import tdxInitMemory from '../scenarios/tdxInitMemory.c';
import unacceptedTable from '../scenarios/unacceptedTable.c';
import unusedDecrypted from '../scenarios/unusedDecrypted.c';
import vtomCrashKexec from '../scenarios/vtomCrashKexec.c';
import { type Generation, isVersioned, textOf, usualGeneration } from './generations';
import { readScenarios, type Scenario } from './scenario';
import { noticeText } from './sourceText';
import type { Notice } from './types';

const texts: Readonly<Record<string, string>> = {
  'models/kernel.c': kernel,
  'models/lists.c': lists,
  'models/locks.c': locks,
  'models/smp.c': smp,
  'models/mm.c': mm,
  'models/changePageAttr.c': changePageAttr,
  'models/setMemory.c': setMemory,
  'models/memEncrypt.c': memEncrypt,
  'models/pageAlloc.c': pageAlloc,
  'models/sharedBuffers.c': sharedBuffers,
  'models/codeLoader.c': codeLoader,
  'models/tdxGuest.c': tdxGuest,
  'models/snpGuest.c': snpGuest,
  'models/memEncryptAmd.c': memEncryptAmd,
  'models/snpKexec.c': snpKexecModel,
  'models/hyperv.c': hyperv,
  'models/hypervKexec.c': hypervKexec,
  'models/zeropad.c': zeropad,
  'models/kexec.c': kexec,
  'models/stopCpus.c': stopCpus,
  'models/machineShutdown.c': machineShutdown,
  'models/machineKexec.c': machineKexec,
  'models/secondKernel.c': secondKernel,
  'models/kexecLoad.c': kexecLoad,
  'models/acceptMemory.c': acceptMemory,
  'models/unacceptedPages.c': unacceptedPages,
  'models/hotplug.c': hotplug,
  'models/tdxMemory.c': tdxMemory,
  'models/tdxSeamcall.c': tdxSeamcall,
  'models/tdxPamt.c': tdxPamt,
  'models/tdxHost.c': tdxHost,
  'models/kvmTdx.c': kvmTdx,
  'models/vmbusBuffers.c': vmbusBuffers,
  'models/dmaMapping.c': dmaMapping,
  'models/memremap.c': memremap,
  'models/crashLoad.c': crashLoadModel,
  'models/setupData.c': setupData,
  'models/efiTables.c': efiTables,
  'models/storvsc.c': storvsc,
  'models/sevSetup.c': sevSetup,
  'models/execmem.c': execmem,
  'models/init64.c': init64,
  'models/madtWakeup.c': madtWakeup,
  'models/snpHost.c': snpHost,
  'models/stages/hypervFrames.c': hypervFrames,
  'models/stages/acceptMemoryV65.c': acceptMemoryV65,
  'models/stages/tdxMapGpaOnce.c': tdxMapGpaOnce,
  'models/stages/tdxModuleV8.c': tdxModuleV8,
  'models/stages/tdxModuleV14.c': tdxModuleV14,
  'models/stages/tdxModuleSkeleton.c': tdxModuleSkeleton,
  'models/stages/tdxHostCaches.c': tdxHostCaches,
  'models/stages/dmaDirectV58Checked.c': dmaDirectV58Checked,
  'models/stages/dmaDirectV58.c': dmaDirectV58,
  'models/stages/dmaDirectV516.c': dmaDirectV516,
  'models/companions/tdxKexecConversion.c': tdxKexecConversion,
  'scenarios/conversionFailure.c': conversionFailure,
  'scenarios/sharedBuffers.c': sharedBuffersStory,
  'scenarios/pageAttributes.c': pageAttributes,
  'scenarios/sharedProtection.c': sharedProtection,
  'scenarios/convertZeropad.c': convertZeropad,
  'scenarios/convertStaleSnp.c': convertStaleSnp,
  'scenarios/convertMapGpa.c': convertMapGpa,
  'scenarios/convertVmalloc.c': convertVmalloc,
  'scenarios/convertVmallocSnp.c': convertVmallocSnp,
  'scenarios/guestKexec.c': guestKexec,
  'scenarios/guestKexecTouched.c': guestKexecTouched,
  'scenarios/guestKexecConverting.c': guestKexecConverting,
  'scenarios/guestCrashKexec.c': guestCrashKexec,
  'scenarios/snpKexec.c': snpKexec,
  'scenarios/snpCrashKexec.c': snpCrashKexec,
  'scenarios/snpCrashKexecIo.c': snpCrashKexecIo,
  'scenarios/guestKexecUnaccepted.c': guestKexecUnaccepted,
  'scenarios/guestCrashUnaccepted.c': guestCrashUnaccepted,
  'scenarios/acceptRace.c': acceptRace,
  'scenarios/acceptInterrupt.c': acceptInterrupt,
  'scenarios/acceptUnaligned.c': acceptUnaligned,
  'scenarios/hostKexecErratum.c': hostKexecErratum,
  'scenarios/hostKexecNoErratum.c': hostKexecNoErratum,
  'scenarios/hostKexecPoisoned.c': hostKexecPoisoned,
  'scenarios/hostKexecErratumGuests.c': hostKexecErratumGuests,
  'scenarios/hostKexecJump.c': hostKexecJump,
  'scenarios/hostCrashKexec.c': hostCrashKexec,
  'scenarios/hostTdxInitError.c': hostTdxInitError,
  'scenarios/hostKexecDuringInit.c': hostKexecDuringInit,
  'scenarios/hostKexecAfterInitError.c': hostKexecAfterInitError,
  'scenarios/tdxInitMemory.c': tdxInitMemory,
  'scenarios/tdxInitCxl.c': tdxInitCxl,
  'scenarios/tdxInitHotplug.c': tdxInitHotplug,
  'scenarios/tdxInitLock.c': tdxInitLock,
  'scenarios/tdxInitLeftover.c': tdxInitLeftover,
  'scenarios/sharedPage.c': sharedPage,
  'scenarios/sharedAlias.c': sharedAlias,
  'scenarios/unusedDecrypted.c': unusedDecrypted,
  'scenarios/guestPrivateVe.c': guestPrivateVe,
  'scenarios/memremapPrivate.c': memremapPrivate,
  'scenarios/snpKexecApart.c': snpKexecApart,
  'scenarios/convertVmallocTdx.c': convertVmallocTdx,
  'scenarios/crashLoad.c': crashLoad,
  'scenarios/memremapSetupData.c': memremapSetupData,
  'scenarios/unacceptedTable.c': unacceptedTable,
  'scenarios/storageCommands.c': storageCommands,
  'scenarios/snpHotplug.c': snpHotplug,
  'scenarios/execmemCache.c': execmemCache,
  'scenarios/crashKernelMap.c': crashKernelMap,
  'scenarios/guestKexecMailbox.c': guestKexecMailbox,
  'scenarios/snpHostKexec.c': snpHostKexec,
  'scenarios/vtomCrashKexec.c': vtomCrashKexec,
  'scenarios/pageArrays.c': pageArrays,
  'scenarios/acceptAllocation.c': acceptAllocation,
};

export interface Library {
  /** The versions of the kernel that the models stand for. */
  readonly generation: Generation;
  /** Condensed kernel functions. */
  readonly models: readonly Unit[];
  /** The models without what patches of a series made of them, which goes first; left out where that is none. */
  readonly unpatched?: readonly Unit[];
  /** What a file was at some point of a series: stands before the models where a patch shows that it begins there. */
  readonly stages: readonly Unit[];
  /** Other halves of protocols, linked in where a patch leaves one of their names undefined or its callback unregistered. */
  readonly companions: readonly Unit[];
  readonly scenarios: readonly Scenario[];
  /** Those of the units above that are the user's own. */
  readonly own: ReadonlySet<Unit>;
  /** What is to be said of the user's files; an `error` for each place that a file was left out for. */
  readonly notices: readonly Notice[];
  /** The text of a bundled file (`models/x.c`); null where there is none. */
  source(file: string): string | null;
}

/** Finds a macro with parameters in the first of some units that defines it. */
export const macroOf =
  (units: readonly Unit[]) =>
  (name: string): Macro | null => {
    for (const { macros } of units) {
      const macro = macros.get(name);
      if (macro?.parameters) return macro;
    }
    return null;
  };

/** The texts of the bundled models, each with all generations in it. */
export const modelTexts: readonly string[] = Object.entries(texts).flatMap(([file, text]) =>
  file.startsWith('models/') ? [text] : [],
);

/** Parses what is bundled, as the models are where nothing tells the version. Throws as `createLibraries`. */
export const loadLibrary = (parser: CParser): Library => createLibraries(parser)(usualGeneration);

/**
 * Gives what is bundled as a generation has it; parsed when it is asked for, and what does not differ only once.
 * The function throws an Error that names file and line where one of the files is not C: a defect of the product.
 */
export function createLibraries(parser: CParser): (generation: Generation) => Library {
  const libraries = new Map<Generation, Library>();
  const same = new Map<string, Unit>();
  return (generation) => {
    const library = libraries.get(generation) ?? load(parser, generation, same);
    libraries.set(generation, library);
    return library;
  };
}

/** @param same files that are the same in every generation, by name; read ones are added */
function load(parser: CParser, generation: Generation, same: Map<string, Unit>): Library {
  const units: Unit[] = [];
  for (const [file, all] of Object.entries(texts)) {
    const origin = file.startsWith('scenarios/')
      ? 'scenario'
      : file.startsWith('models/companions/')
        ? 'companion'
        : file.startsWith('models/stages/')
          ? 'stage'
          : 'model';
    const text = textOf(all, generation);
    const unit =
      same.get(file) ??
      buildUnit(parser, mapFile(file, text), origin, configuration, macroOf(units), undefined, true).unit;
    const [broken] = unit.errors;
    if (broken !== undefined) throw new Error(`${file}: line ${text.slice(0, broken).split('\n').length} is not C`);
    units.push(unit);
    if (!isVersioned(all)) same.set(file, unit);
  }
  const of = (origin: Unit['origin']): Unit[] => units.filter((u) => u.origin === origin);
  const models = of('model');
  return {
    generation,
    models,
    stages: of('stage'),
    companions: of('companion'),
    scenarios: of('scenario').flatMap((unit) => {
      const { scenarios, problems } = readScenarios(unit, models);
      if (problems.length > 0) throw new Error(problems.map(noticeText).join('; '));
      return scenarios;
    }),
    own: new Set(),
    notices: [],
    source: (file) => texts[file] ?? null,
  };
}

/** The scenario of this id; throws an Error that names those that there are. */
export function findScenario(library: Library, id: string): Scenario {
  const found = library.scenarios.find((s) => s.id === id);
  if (!found)
    throw new Error(`there is no scenario “${id}”; there are ${library.scenarios.map((s) => s.id).join(', ')}`);
  return found;
}

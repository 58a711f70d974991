// SPDX-License-Identifier: MIT
/** The history that reviews are tried on: each real fix, where its patch is, and what a review should say of it. */

interface Entry {
  /** Its number in the history. */
  readonly number: number;
  /** The commit that fixed it, as far as it is known. */
  readonly commit: string;
  /** The letter of its pattern class. */
  readonly class: string;
}

/** One whose consequence is an outcome: without the patch it is reached, with the patch it is not. */
export interface Tried extends Entry {
  /** A file of the corpus, from `corpus/kernel` on; else the patch is one of ours, in `patches`. */
  readonly corpus?: string;
  /** The patch of the corpus brings the bug, and was never merged: its reverse is the fix. */
  readonly brings?: true;
  /** The scenario and the outcome that show the consequence that the history tells. */
  readonly shows: string;
  /** Why it is not detected. */
  readonly missed?: string;
}

/** One that no simulation of C can show, and why. */
export interface LeftOut extends Entry {
  readonly leftOut: string;
}

const mails = (file: string): string => `mails/${file}.eml`;

export const entries: readonly (Tried | LeftOut)[] = [
  { number: 1, commit: 'b9fa16949d18', class: 'A', shows: 'shared-buffers host-exposed' },
  {
    number: 2,
    commit: '03f5a999adba',
    class: 'A',
    corpus: mails('2024-03-11_hyperv_1ed2effe_PATCH-v2-1-5-Drivers-hv-vmbus-Leak-pages-if-set-memory-encrypted-fails'),
    shows: 'shared-buffers host-exposed',
  },
  {
    number: 4,
    commit: 'bbf9ac34677b',
    class: 'A',
    corpus: mails('2024-03-11_hyperv_b531b272_PATCH-v2-3-5-hv-netvsc-Don-t-free-decrypted-memory'),
    shows: 'shared-buffers host-exposed',
  },
  {
    number: 5,
    commit: '3d788b2fbe6a',
    class: 'A',
    corpus: mails('2024-03-11_hyperv_effeaf8b_PATCH-v2-4-5-uio-hv-generic-Don-t-free-decrypted-memory'),
    shows: 'shared-buffers host-exposed',
  },
  {
    number: 7,
    commit: '10331a93486f',
    class: 'A',
    corpus: mails('2024-12-24_tip_9da15d20_tip-x86-urgent-virt-tdx-guest-Just-leak-decrypted-memory-on-unrecovera'),
    shows: 'shared-buffers host-exposed',
  },
  {
    number: 8,
    commit: '56fccf21d196',
    class: 'A',
    corpus: mails('2020-06-11_iommu_c2c769e2_patch-for-5.8-3-4-dma-direct-check-return-value-when-encrypting-or-dec'),
    shows: 'shared-page memory-corruption',
  },
  {
    number: 10,
    commit: '1a2b3357e860',
    class: 'B',
    corpus: mails('2020-06-11_iommu_35299c31_patch-for-5.8-4-4-dma-direct-add-missing-set-memory-decrypted-for-cohe'),
    shows: 'shared-page memory-corruption',
  },
  {
    number: 11,
    commit: 'a90cf3043736',
    class: 'A',
    corpus: mails('2021-11-11_iommu_042640cd_PATCH-03-11-dma-direct-always-leak-memory-that-can-t-be-re-encrypted'),
    shows: 'shared-page host-exposed',
  },
  {
    number: 13,
    commit: '3be4562584bb',
    class: 'C',
    corpus: mails('2022-06-22_hyperv_8719f28b_PATCH-dma-direct-use-the-correct-size-for-dma-set-encrypted'),
    shows: 'shared-buffers host-exposed',
  },
  {
    number: 14,
    commit: 'not merged in this form',
    class: 'A',
    corpus: mails('2022-11-21_hyperv_3ca1b596_PATCH-swiotlb-check-set-memory-decrypted-s-return-value'),
    shows: 'conversion-failure host-exposed',
    missed:
      'a bounce buffer of reserved memory is set up by code of which no model is bundled, and the patch was merged in another form',
  },
  {
    number: 22,
    commit: '195edce08b63',
    class: 'D',
    corpus: mails('2023-06-06_tip_63c30a7b_tip-x86-tdx-x86-tdx-Fix-race-between-set-memory-encrypted-and-load-una'),
    shows: 'convert-zeropad-tdx-ve td-exit',
  },
  {
    number: 23,
    commit: '3f6819dd192e',
    class: 'E',
    corpus: mails('2023-06-06_tip_39bb4c21_tip-x86-tdx-x86-mm-Allow-guest.enc-status-change-prepare-to-fail'),
    shows: 'convert-map-gpa td-exit',
  },
  {
    number: 25,
    commit: '82ace185017f',
    class: 'E',
    leftOut: 'it adds a warning about a failure that was reported before as well: nothing goes away',
  },
  {
    number: 26,
    commit: '0f34d1123486',
    class: 'D',
    corpus: mails('2024-01-05_hyperv_08f0a091_PATCH-v3-3-3-x86-hyperv-Make-encrypted-decrypted-changes-safe-for-load'),
    shows: 'convert-zeropad-tdp paravisor-kill',
  },
  {
    number: 28,
    commit: 'not merged',
    class: 'D',
    corpus: mails('2023-11-21_hyperv_7522b396_PATCH-v2-5-8-x86-mm-Mark-CoCo-VM-pages-not-present-while-changing-encr'),
    brings: true,
    shows: 'convert-vmalloc-snp page-fault',
  },
  {
    number: 29,
    commit: 'not merged',
    class: 'G',
    corpus: mails('2023-07-06_hyperv_fdd66c93_RFC-PATCH-1-1-x86-mm-Mark-CoCo-VM-pages-invalid-while-moving-between-p'),
    brings: true,
    shows: 'convert-zeropad-tdx memory-corruption',
  },
  {
    number: 31,
    commit: '373e715e31bf',
    class: 'H',
    corpus: mails('2022-11-01_tip_b535fd90_tip-x86-urgent-x86-tdx-Panic-on-bad-configs-that-VE-on-private-memory-'),
    shows: 'guest-private-ve ve-unhandled',
  },
  {
    number: 32,
    commit: '019b383d1132',
    class: 'I',
    leftOut: 'a conversion fails that could have been done, and its caller copes: no outcome is about that',
  },
  {
    number: 34,
    commit: 'e1b8ac3aae58',
    class: 'C',
    corpus: mails('2024-06-25_tip_319af2cc_tip-x86-urgent-x86-tdx-Support-vmalloc-for-tdx-enc-status-changed'),
    shows: 'convert-vmalloc-tdx ve-unhandled',
  },
  {
    number: 35,
    commit: 'a0a8d15a798b',
    class: 'J',
    corpus: mails('2024-04-24_tip_538a4037_tip-x86-urgent-x86-tdx-Preserve-shared-bit-on-mprotect'),
    shows: 'shared-protection td-exit',
  },
  {
    number: 37,
    commit: '17c4a2ae15a7',
    class: 'K',
    corpus: mails('2020-03-17_tip_4d7a7ac6_tip-x86-mm-dma-mapping-Fix-dma-pgprot-for-unencrypted-coherent-pages'),
    shows: 'shared-alias td-exit',
  },
  {
    number: 38,
    commit: '95093e066cfd',
    class: 'K',
    corpus: mails('2025-01-13_tip_6f6aa78e_tip-x86-urgent-x86-mm-Make-memremap-MEMREMAP-WB-map-memory-as-encrypte'),
    shows: 'memremap-private implicit-conversion',
  },
  {
    number: 40,
    commit: 'ab5130186d74',
    class: 'L',
    corpus: mails('2020-05-01_tip_b3952693_tip-x86-urgent-x86-mm-cpa-Flush-direct-map-alias-during-cpa'),
    shows: 'page-attributes writable-executable',
  },
  {
    number: 41,
    commit: 'f25785f9b088',
    class: 'L',
    corpus: mails('2025-10-13_tip_149563dc_tip-x86-urgent-x86-mm-Fix-overflow-in-cpa-addr'),
    shows: 'page-arrays memory-corruption',
  },
  { number: 43, commit: 'd144d8a65286', class: 'L', leftOut: 'the fix is in relocate_kernel_64.S, which is no C' },
  {
    number: 44,
    commit: '127960a05548',
    class: 'M',
    corpus: mails('2022-11-15_tip_8a0318c5_tip-x86-mm-x86-mm-Inhibit-PAGE-NX-changes-from-cpa-process-alias'),
    shows: 'page-attributes writable-executable',
  },
  {
    number: 46,
    commit: '47b439d62771',
    class: 'N',
    shows: 'page-attributes use-after-free',
    missed: 'page tables are never collapsed in the model, so none is freed while somebody walks it',
  },
  {
    number: 47,
    commit: '7af0145067bc',
    class: 'O',
    leftOut: 'large pages are split for nothing: only the time it takes',
  },
  {
    number: 49,
    commit: '859e63b789d6',
    class: 'P',
    corpus: mails('2024-06-18_tip_e396db53_tip-x86-cc-x86-tdx-Convert-shared-memory-back-to-private-on-kexec'),
    shows: 'guest-kexec td-exit',
  },
  {
    number: 50,
    commit: 'c3abbf137687',
    class: 'P',
    leftOut: 'it counts what another patch of the series compares: nothing goes away',
  },
  { number: 52, commit: 'de60613173df', class: 'P', leftOut: 'the fix is in relocate_kernel_64.S, which is no C' },
  {
    number: 53,
    commit: '5574b368873d',
    class: 'P',
    corpus: mails('2024-06-18_tip_800e929a_tip-x86-cc-x86-mm-Do-not-zap-page-table-entries-mapping-unaccepted-mem'),
    shows: 'crash-kernel-map page-fault',
  },
  {
    number: 55,
    commit: 'db0936830a2f',
    class: 'P',
    corpus: mails('2024-06-18_tip_38f50bb7_tip-x86-cc-x86-acpi-Do-not-attempt-to-bring-up-secondary-CPUs-in-the-k'),
    shows: 'guest-kexec-mailbox hang',
  },
  {
    number: 56,
    commit: '3074152e56c9',
    class: 'P',
    corpus: mails('2024-10-29_tip_2d7c2f84_tip-x86-sev-x86-sev-Convert-shared-memory-back-to-private-on-kexec'),
    shows: 'snp-kexec-apart vc-unvalidated',
  },
  {
    number: 58,
    commit: 'd2062cc1b1c3',
    class: 'P',
    corpus: mails('2025-05-13_tip_af96210f_tip-x86-urgent-x86-sev-Do-not-touch-VMSA-pages-during-SNP-guest-memory'),
    shows: 'snp-crash-kexec rmp-violation',
  },
  {
    number: 59,
    commit: 'a883d6d0d806',
    class: 'P',
    corpus: mails('2025-08-28_hyperv_6ee840ef_PATCH-v4-x86-hyperv-Fix-kdump-on-Azure-CVMs'),
    shows: 'vtom-crash-kexec paravisor-kill',
  },
  {
    number: 61,
    commit: 'd7893093a741',
    class: 'Q',
    corpus: mails('2023-06-20_tip_f722f46b_tip-x86-core-x86-smp-Cure-kexec-vs.-mwait-play-dead-breakage'),
    shows: 'kexec-offline-cpu memory-corruption',
    missed: 'no story has a CPU that is offline when kexec begins',
  },
  {
    number: 62,
    commit: '93c1800b3799',
    class: 'Q',
    corpus: mails('2024-06-05_tip_dd7b8770_tip-x86-urgent-x86-kexec-Fix-bug-with-call-depth-tracking'),
    shows: 'guest-kexec-converting-4k page-fault',
  },
  {
    number: 64,
    commit: 'd00dd2f2645d',
    class: 'F',
    corpus: mails('2023-01-02_tip_81d37d1e_tip-x86-urgent-x86-kexec-Fix-double-free-of-elf-header-buffer'),
    shows: 'crash-load double-free',
  },
  {
    number: 65,
    commit: '8d9ffb2fe65a',
    class: 'C',
    corpus: mails('2024-11-13_tip_f65f86e8_tip-x86-urgent-x86-mm-Fix-a-kdump-kernel-failure-on-SME-system-when-CO'),
    shows: 'memremap-setup-data memory-corruption',
  },
  {
    number: 67,
    commit: '83214a775f33',
    class: 'R',
    leftOut: 'the caches of SME hosts were flushed before, by other means: nothing goes away',
  },
  {
    number: 68,
    commit: '10df8607bf1a',
    class: 'R',
    corpus: mails('2025-09-05_tip_983a5425_tip-x86-tdx-x86-virt-tdx-Mark-memory-cache-state-incoherent-when-makin'),
    shows: 'host-kexec-no-erratum memory-corruption',
  },
  { number: 70, commit: '80804847269e', class: 'R', leftOut: 'a dependency in Kconfig, which is no C' },
  {
    number: 71,
    commit: '61221d07e815',
    class: 'R',
    corpus: mails('2025-09-05_tip_8d72a334_tip-x86-tdx-KVM-TDX-Explicitly-do-WBINVD-when-no-more-TDX-SEAMCALLs'),
    shows: 'host-kexec-slow-flush hang',
    missed: 'time is not modelled: a CPU that is stopped is done with its cache at once',
  },
  {
    number: 73,
    commit: 'b7d2173946ef',
    class: 'R',
    leftOut: 'kexec was refused where it allows it: nothing goes away',
  },
  {
    number: 74,
    commit: 'not merged',
    class: 'R',
    corpus: 'format-patch/tdx-tools_KERNEL-6.2-v1.8_0133-x86-virt-tdx-Flush-cache-in-kexec-when-TDX-is-enable.patch',
    shows: 'host-kexec-no-erratum memory-corruption',
  },
  {
    number: 76,
    commit: 'abe8dbab8f9f',
    class: 'F',
    corpus: 'format-patch/tdx-tools_KERNEL-6.2-v1.8_0125-x86-virt-tdx-Use-all-system-memory-when-initializing.patch',
    brings: true,
    shows: 'tdx-init-lock lock-imbalance',
    missed:
      'the buggy version is found out, but not its reverse: what the file was in the middle of v8 is no stage of the models',
  },
  {
    number: 77,
    commit: '1e536e106897',
    class: 'R',
    leftOut: 'it names the erratum of a processor for later patches: nothing goes away',
  },
  {
    number: 79,
    commit: '400fea4b9651',
    class: 'P',
    corpus: mails('2024-04-29_tip_ff2beaba_tip-x86-urgent-x86-sev-Add-callback-to-apply-RMP-table-fixups-for-kexe'),
    shows: 'snp-host-kexec rmp-violation',
  },
  {
    number: 80,
    commit: '88a921aa3c6b',
    class: 'P',
    leftOut: 'the firmware refuses to start guests: no outcome is about that',
  },
  { number: 82, commit: '7b306dfa326f', class: 'G', shows: 'convert-stale-snp memory-corruption' },
  {
    number: 83,
    commit: '5dee19b6b2b1',
    class: 'C',
    corpus: mails('2023-06-06_tip_1d6870ab_tip-x86-cc-x86-sev-Fix-calculation-of-end-address-based-on-number-of-p'),
    shows: 'convert-zeropad-snp vc-unvalidated',
    missed: 'it takes a conversion of 2^20 pages or more to overflow, and stories have a handful',
  },
  {
    number: 85,
    commit: '69dcb1e3bbbe',
    class: 'N',
    corpus: mails('2023-06-06_tip_43f8ef23_tip-x86-cc-x86-sev-Put-PSC-struct-on-the-stack-in-prep-for-unaccepted-'),
    shows: 'accept-allocation panic',
  },
  {
    number: 86,
    commit: '27d25348d421',
    class: 'M',
    corpus: mails('2023-11-30_tip_43ccf409_tip-x86-urgent-x86-sev-Fix-kernel-crash-due-to-late-update-to-read-onl'),
    shows: 'snp-hotplug permission-fault',
  },
  {
    number: 88,
    commit: '5871c9d650bc',
    class: 'I',
    corpus: mails('2025-04-12_tip_ef88da19_tip-x86-boot-x86-boot-sev-Avoid-shared-GHCB-page-for-early-memory-acce'),
    shows: 'stub-accept guest-terminated',
    missed: 'the decompressor and the EFI stub are programs of their own, of which nothing is modelled',
  },
  {
    number: 89,
    commit: '8ed12ab1319b',
    class: 'I',
    corpus: mails('2025-05-04_tip_e3683456_tip-x86-urgent-x86-boot-sev-Support-memory-acceptance-in-the-EFI-stub-'),
    shows: 'stub-accept guest-terminated',
    missed: 'the decompressor and the EFI stub are programs of their own, of which nothing is modelled',
  },
  {
    number: 91,
    commit: 'eb786ee1390b',
    class: 'I',
    leftOut: 'a number from the stack in a register of a hypercall: outcomes are about pages and objects',
  },
  { number: 92, commit: 'caeb8ba598f0', class: 'T', shows: 'guest-kexec-unaccepted td-exit' },
  {
    number: 94,
    commit: '948a013a54c4',
    class: 'T',
    corpus: mails('2026-02-17_efi_142b6d78_PATCHv2-2-2-efi-Align-unaccepted-memory-range-to-page-boundary'),
    shows: 'accept-unaligned td-exit',
  },
  {
    number: 95,
    commit: 'in v7.0',
    class: 'T',
    corpus: mails('2026-02-17_efi_b7c3f16c_PATCHv2-1-2-efi-Fix-reservation-of-unaccepted-memory-table'),
    shows: 'unaccepted-table memory-corruption',
  },
  {
    number: 97,
    commit: 'not recorded',
    class: 'T',
    leftOut: 'somebody waits longer than needed: only the time it takes',
  },
  {
    number: 98,
    commit: '1c5a1627f481',
    class: 'T',
    leftOut: 'a message that a CPU is busy for long: only the time it takes',
  },
  {
    number: 100,
    commit: 'not recorded',
    class: 'T',
    corpus: mails('2023-09-11_efi_493ed3a2_PATCH-V2-1-2-efi-unaccepted-Do-not-let-proc-vmcore-try-to-access-unacc'),
    shows: 'guest-crash-unaccepted td-exit',
  },
  {
    number: 101,
    commit: 'not recorded',
    class: 'T',
    shows: 'stub-accept guest-terminated',
    missed: 'the decompressor and the EFI stub are programs of their own, of which nothing is modelled',
  },
  {
    number: 103,
    commit: '4067196a5227',
    class: 'T',
    shows: 'accept-hotplug deadlock',
    missed: 'static keys take no lock of CPU hotplug in the model',
  },
  {
    number: 104,
    commit: '807174a93d24',
    class: 'T',
    shows: 'accept-watermark hang',
    missed: 'reclaim is not modelled, nor are the watermarks that it waits for',
  },
  {
    number: 106,
    commit: 'not merged',
    class: 'T',
    leftOut: 'it refuses kexec to kernels that do not know the bitmap; the history tells no consequence',
  },
  {
    number: 107,
    commit: 'not merged',
    class: 'T',
    corpus: mails('2025-11-25_efi_cf97e594_RFC-PATCH-2-4-mm-Add-support-for-unaccepted-memory-hotplug'),
    shows: 'accept-hotplug td-exit',
    missed: 'memory that is added at run time has no bitmap of unaccepted memory in the model',
  },
  {
    number: 109,
    commit: '7d2cc63eca0c',
    class: 'M',
    leftOut: 'a program of an interpreter that stays writable is data: no outcome is about that',
  },
  { number: 110, commit: 'd1909c022173', class: 'M', shows: 'page-attributes writable-executable' },
  {
    number: 112,
    commit: 'b38994948567',
    class: 'M',
    leftOut: 'read-only first, executable then, and each looked at: memory was never both before either',
  },
  {
    number: 113,
    commit: '925f42645118',
    class: 'K',
    corpus: mails('2025-02-03_tip_834cf785_tip-x86-mm-execmem-don-t-remove-ROX-cache-from-the-direct-map'),
    shows: 'execmem-cache page-fault',
  },
  { number: 115, commit: '47410d839fcd', class: 'M', leftOut: 'a dependency in Kconfig, which is no C' },
  { number: 118, commit: 'not recorded', class: 'F', shows: 'storage-commands leak' },
  {
    number: 119,
    commit: 'not recorded',
    class: 'E',
    corpus: mails('2022-11-27_hyperv_ace2e1a6_PATCH-x86-sev-mem-encrypt-free-decrypted-mem-encrypt-the-pages-for-AMD'),
    shows: 'unused-decrypted leak',
  },
];

// SPDX-License-Identifier: MIT
/** How bad an outcome is. */
export type Level = 'error' | 'warning' | 'note';

/** What can go wrong, named once, with its level and what it means; `ruleId` in SARIF, `code` of a diagnostic. */
export const outcomes = {
  'td-exit': [
    'error',
    'private access to a shared, blocked or unaccepted page of a TDX guest: unrecoverable TD exit, the guest is killed',
  ],
  've-unhandled': ['error', '#VE that no handler can take'],
  'implicit-conversion': [
    'warning',
    'a touch through a shared mapping turned a private page shared; its content is lost',
  ],
  'vc-unvalidated': ['error', 'SNP access to a page that is not validated: #VC 0x404, which nobody handles'],
  'rmp-violation': ['error', 'SNP access or PVALIDATE against the state of the RMP'],
  'guest-terminated': ['error', 'the guest asked to be terminated'],
  'paravisor-kill': ['error', 'an EPT violation or #VC reached the paravisor, which can only end the guest'],
  'machine-check': ['error', 'poison was consumed'],
  'memory-corruption': ['error', 'a write-back of a stale dirty line, or a lost or zeroed page that was still in use'],
  'host-exposed': [
    'error',
    'a page went back to the allocator while the host can read or write it, or while its state is unknown',
  ],
  'page-fault': ['error', 'kernel access to a page that is not mapped, with no fixup'],
  'permission-fault': ['error', 'write to read-only, or execute of no-execute memory'],
  'writable-executable': ['warning', 'a mapping was writable and executable'],
  panic: ['error', 'the kernel panics'],
  'bug-on': ['error', 'BUG_ON fires, or a division by zero'],
  warn: ['warning', 'WARN fires'],
  deadlock: ['error', 'locks wait for each other'],
  hang: ['error', 'a wait or a loop has no way out'],
  'lock-imbalance': ['error', 'unlock without lock, or a lock that is never released'],
  'use-after-free': ['error', 'a freed object or page is used'],
  'double-free': ['error', 'an object or page is freed twice'],
  leak: ['note', 'an object or page is never freed; where its state is unknown this is the safe choice'],
  'module-init-failure': ['warning', 'the TDX module cannot be initialised with this memory'],
  'not-tdx-memory': ['error', 'memory outside the TDX configuration reached the page allocator'],
  'hotplug-blocked': ['warning', 'memory was refused, or hotplug is blocked, for no reason'],
  'accounting-mismatch': ['warning', 'the shared pages that were counted and those that were found differ'],
  'data-race': ['warning', 'plain accesses that the compiler may tear, fuse or hoist, with a consequence shown'],
} as const satisfies Readonly<Record<string, readonly [Level, string]>>;

export type OutcomeId = keyof typeof outcomes;

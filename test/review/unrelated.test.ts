// SPDX-License-Identifier: MIT
/** What a patch has nothing to do with is a note, told once; what it acts on and does not cure stays an error. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { groupFindings, tellDoubts, wordUnrelated } from '../../src/review/people';
import { toSarif } from '../../src/review/sarif';
import { toText } from '../../src/review/text';
import type { Finding, Review } from '../../src/review/types';
import { mutations } from '../mutations/all';
import { describeWithShared } from '../support/shared';
import { changed, review, seed000, seed001 } from './support';

/** Conversions take a lock: nothing that any hardware could see. */
const locked = `From: A <a@example.org>
Subject: [PATCH] x86/mm: one conversion at a time

---
diff --git a/arch/x86/mm/pat/set_memory.c b/arch/x86/mm/pat/set_memory.c
--- a/arch/x86/mm/pat/set_memory.c
+++ b/arch/x86/mm/pat/set_memory.c
@@ -2184,7 +2184,13 @@
+static DEFINE_MUTEX(enc_dec_lock);
+
 static int __set_memory_enc_dec(unsigned long addr, int numpages, bool enc)
 {
+	int ret = 0;
+
+	mutex_lock(&enc_dec_lock);
 	if (cc_platform_has(CC_ATTR_MEM_ENCRYPT))
-		return __set_memory_enc_pgtable(addr, numpages, enc);
+		ret = __set_memory_enc_pgtable(addr, numpages, enc);
+	mutex_unlock(&enc_dec_lock);
 
-	return 0;
+	return ret;
 }
-- 
`;
const guests = ['guest-kexec', 'guest-kexec-converting', 'snp-kexec'];

const inShort = (r: Review): string[] =>
  r.findings.map(
    (f) => `${f.scenario} ${f.ruleId} ${f.baselineState} ${f.level}${f.unrelated ? ' unrelated' : ''} @${f.place.line}`,
  );
const linesOf = (text: string): string[] => text.split('\n');

describe('outcomes that a patch has nothing to do with', () => {
  let result: Review;
  before(async () => {
    result = await review(locked, guests);
  });

  it('are notes', () => {
    assert.deepEqual(inShort(result), [
      'guest-kexec td-exit unchanged note unrelated @9',
      'guest-kexec-converting td-exit unchanged note unrelated @9',
      'snp-kexec vc-unvalidated unchanged note unrelated @9',
    ]);
    assert.match(
      result.findings[0]?.message ?? '',
      /^The second kernel touches page 0, .* \(TDX guest, 1 CPU: .*\), with the patch as without it; the patch changes nothing that the hardware sees here\.$/,
    );
    assert.match(result.findings[0]?.short ?? '', /^td-exit with the patch as without it: the second kernel touches /);
  });

  it('are one line of the text for each outcome and place', () => {
    const told = linesOf(toText('m', linesOf(locked), result, false)).filter((line) => /^m:\d+:\d+: /.test(line));
    assert.equal(told.length, 2);
    assert.equal(
      told[0],
      'm:9:2: note: td-exit in guest-kexec and guest-kexec-converting, with the patch as without it; the patch changes nothing that the hardware sees there.',
    );
    assert.match(told[1] ?? '', /^m:9:2: note: .* \(SNP guest, .*\), with the patch as without it; /);
  });

  it('are a result each in SARIF', () => {
    const { runs } = toSarif([{ uri: 'm', review: result }], '1') as {
      runs: { results: { level: string; kind: string; properties: { scenario: string; unrelated?: boolean } }[] }[];
    };
    assert.deepEqual(
      runs[0]?.results.map(({ level, kind, properties }) => [level, kind, properties.scenario, properties.unrelated]),
      guests.map((scenario) => ['note', 'fail', scenario, true]),
    );
  });

  it('stay errors where the patch acts on the hardware and does not cure them', async () => {
    const text = changed(
      locked,
      'ret = __set_memory_enc_pgtable(addr, numpages, enc)',
      'ret = __set_memory_enc_pgtable(addr, 1, enc)',
    );
    const found = inShort(await review(text, ['guest-kexec']));
    assert.deepEqual(found, ['guest-kexec td-exit unchanged error @9']);
  });

  it('stay errors where the patch brings something else in the same story', async () => {
    const text = changed(
      locked,
      '+	mutex_unlock(&enc_dec_lock);\n',
      '+	mutex_unlock(&enc_dec_lock);\n+	WARN_ON(!enc);\n',
    ).replace('+2184,13', '+2184,14');
    const found = inShort(await review(text, ['guest-kexec']));
    assert.deepEqual(found, ['guest-kexec td-exit unchanged error @9', 'guest-kexec warn new warning @20']);
  });
});

describe('what people are told once', () => {
  const note = (scenario: string, line: number, unrelated: boolean): Finding => ({
    ...({} as Finding),
    scenario,
    ruleId: 'td-exit',
    baselineState: 'unchanged',
    ...(unrelated && { unrelated: true }),
    message: `in ${scenario}`,
    place: { file: 'document', line, column: 1, endLine: line, endColumn: 2 },
  });

  it('keeps what the patch acts on apart from what it does not', () => {
    const findings = [note('a', 1, true), note('b', 1, false), note('c', 1, true), note('d', 2, true)];
    const groups = groupFindings(findings).map((group) => group.map((f) => f.scenario).join(' '));
    assert.deepEqual(groups, ['a c', 'b', 'd']);
    assert.equal(wordUnrelated(findings.slice(0, 1)), 'in a');
  });

  it('names all scenarios that have a reason, by reason and place', () => {
    const place = note('', 3, false).place;
    const doubts = [
      { scenario: 'a', reason: 'f() runs', place: null },
      { scenario: 'a', reason: 'g() runs', place },
      { scenario: 'b', reason: 'f() runs', place: null },
      { scenario: 'b', reason: 'f() runs', place },
      { scenario: 'c', reason: 'f() runs', place: null },
      { scenario: 'a', reason: 'f() runs', place: null },
    ];
    assert.deepEqual(tellDoubts(doubts), [
      { level: 'warning', message: 'a, b and c are not decided: f() runs', place: null },
      { level: 'warning', message: 'a is not decided: g() runs', place },
      { level: 'warning', message: 'b is not decided: f() runs', place },
    ]);
  });
});

describeWithShared('what stays as it was', (shared) => {
  const read = (file: string): string => readFileSync(path.join(shared, file), 'utf8');

  it('the errors that seed 000 leaves', async () => {
    const result = await review(read(seed000), ['guest-kexec-converting', 'guest-crash-kexec']);
    assert.deepEqual(
      inShort(result).filter((f) => f.includes('unchanged')),
      ['guest-kexec-converting td-exit unchanged error @47', 'guest-crash-kexec td-exit unchanged error @38'],
    );
  });

  it('the error that seed 001 leaves', async () => {
    const found = inShort(await review(read(seed001), ['host-kexec-erratum-guests']));
    assert.deepEqual(found, ['host-kexec-erratum-guests machine-check unchanged error @132']);
  });

  // The states of the machine are the same on both sides, but the patch asks something of it, and dies of that or of the answer.
  for (const [number, scenario] of [
    [24, 'host-kexec-poisoned'],
    [32, 'host-kexec-erratum'],
  ] as const) {
    it(`the error that mutation ${number} leaves`, async () => {
      const mutation = mutations.find((m) => m.number === number);
      assert.ok(mutation && !('notShown' in mutation));
      const [found] = inShort(await review(mutation.mail() ?? '', [scenario]));
      assert.match(found ?? '', / machine-check unchanged error @/);
    });
  }

  it('tells once why a patch that cannot be placed is not decided', async () => {
    const file = 'tdx-linux_0027-x86-virt-tdx-Configure-global-KeyID-on-all-packages.patch';
    const ids = ['host-kexec-erratum', 'host-crash-kexec', 'tdx-init-memory'];
    const result = await review(read(path.join('corpus/kernel/format-patch', file)), ids);
    assert.deepEqual(result.undecided, ids);
    const told = result.notices.map(({ message }) => message).filter((message) => message.includes('not decided'));
    assert.equal(new Set(told).size, told.length);
    for (const message of told)
      assert.ok(
        message.startsWith('host-kexec-erratum, host-crash-kexec and tdx-init-memory are not decided: '),
        message,
      );
    assert.ok(told.some((message) => message.includes(': init_tdx_module() runs, of which the patch shows a part')));
  });
});

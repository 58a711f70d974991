// SPDX-License-Identifier: MIT
/** Functions that a mail shows in part and that nobody models, and scenarios that run whatever a patch changes. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createReviewer } from '../../src/review/reviewer';
import type { Review, Reviewer } from '../../src/review/types';
import { root } from '../support/shared';
import { changed, normalKexec, quiet, review, verdictsOf, wasm } from './support';

/** A story about any function that shares memory: freeing what could not be shared shows it to the host. */
const story = `struct scenario scenario = {
	.id = "sharing-fails",
	.title = "memory cannot be shared",
	.machine = "TDX guest, 1 CPU",
	.guest = "tdx",
	.leaves = { 1 },
	.cpus = 1,
	.agents = { "cpu0" },
	.names = { "CPU 0" },
	.guards = { "host-exposed" },
	.sometimes = { "sharing failed" },
	.subjects_call = { "set_memory_decrypted" },
};

enum { NR_CPUS = 1 };

static bool is_unknown;

void start_second_kernel(void)
{
}

int set_memory_decrypted(unsigned long addr, int numpages)
{
	if (!choose(2))
		return 0;
	sometimes("sharing failed");
	is_unknown = true;
	return -EIO;
}

void free_pages(unsigned long addr, unsigned int order)
{
	if (is_unknown)
		outcome("host-exposed");
}

void cpu0(void)
{
	story_begins();
	run_subject();
}
`;

const mail = (...hunks: readonly string[]): string => `From: A <a@example.org>
Subject: [PATCH] ring: share

---
diff --git a/drivers/misc/ring.c b/drivers/misc/ring.c
--- a/drivers/misc/ring.c
+++ b/drivers/misc/ring.c
${hunks.join('\n')}
`;

/** Frees memory of which the state is unknown, in the middle of a function. */
const frees = `@@ -40,7 +40,7 @@ static int ring_share(struct ring *ring, int count)
 	if (!ring->pages)
 		goto out;
 	ret = set_memory_decrypted(ring->pages, count);
 	if (ret)
-		goto out;
+		goto out_free;
 	ring->shared = true;
 	return 0;
@@ -60,4 +60,6 @@ static int ring_share(struct ring *ring, int count)
 	ring->broken = true;
+out_free:
+	free_pages(ring->pages, 0);
 out:
 	return ret;
 }`;

let loaded: Promise<Reviewer> | null = null;
/** A review with the story above and no other. */
async function reviewWith(text: string): Promise<Review> {
  loaded ??= createReviewer(wasm());
  const reviewer = await loaded;
  reviewer.useFiles([{ kind: 'scenario', name: '.kernel-patch-review/scenarios/mine.c', text: story }]);
  return reviewer.review(text, { scenarios: ['sharing-fails'], budgetMs: 60_000, whatIfs: false }, quiet);
}

/** Every finding: function, outcome, state, confidence, line. */
const told = (r: Review): string[] =>
  r.findings.map((f) => `${f.subject} ${f.ruleId} ${f.baselineState} ${f.confidence} @${f.place.line}`);

describe('a scenario about any function that a patch changes', () => {
  it('runs one that the mail has whole', async () => {
    const result = await reviewWith(
      mail(`@@ -1,1 +1,9 @@
 #include <linux/ring.h>
+int ring_open(unsigned long pages, int count)
+{
+	int ret = set_memory_decrypted(pages, count);
+
+	if (ret)
+		free_pages(pages, 0);
+	return ret;
+}`),
    );
    assert.deepEqual(told(result), ['ring_open host-exposed new mail @15']);
    const [finding] = result.findings;
    assert.match(finding?.message ?? '', /memory cannot be shared: ring_open\(\)/);
    assert.deepEqual(finding?.assumptions.slice(1), [
      'pages of ring_open() may be anything',
      'count of ring_open() may be anything',
    ]);
    assert.equal(result.runs[0]?.subject, 'ring_open');
    assert.deepEqual(result.undecided, []);
  });

  it('runs each function that calls one through another one, and no other', async () => {
    const result = await reviewWith(
      mail(`@@ -1,1 +1,16 @@
 #include <linux/ring.h>
+static int share(struct ring *ring)
+{
+	return set_memory_decrypted(ring->pages, 1);
+}
+int ring_open(struct ring *ring)
+{
+	if (share(ring))
+		free_pages(ring->pages, 0);
+	return 0;
+}
+int ring_close(struct ring *ring)
+{
+	free_pages(ring->pages, 0);
+	return 0;
+}`),
    );
    assert.deepEqual(told(result), ['ring_open host-exposed new mail @17']);
    assert.deepEqual(
      result.runs.map((run) => run.subject),
      ['share', 'ring_open'],
    );
  });

  it('claims nothing that rests on what the function is given', async () => {
    const result = await reviewWith(
      mail(`@@ -1,1 +1,9 @@
 #include <linux/ring.h>
+int ring_open(unsigned long pages, bool careless)
+{
+	int ret = set_memory_decrypted(pages, 1);
+
+	if (ret && careless)
+		free_pages(pages, 0);
+	return ret;
+}`),
    );
    assert.deepEqual(told(result), []);
    assert.deepEqual(result.undecided, ['sharing-fails']);
    assert.ok(
      result.notices.some(({ message }) =>
        message.startsWith('sharing-fails of ring_open(): whether host-exposed happens rests on what is not modelled'),
      ),
    );
  });

  it('runs the lines of one that the mail shows in part, and says what is assumed', async () => {
    const result = await reviewWith(
      mail(frees.replace(' 	if (!ring->pages)\n 		goto out;\n', '').replace('-40,7 +40,7', '-40,5 +40,5')),
    );
    assert.deepEqual(told(result), ['ring_share host-exposed new fragment @18']);
    assert.deepEqual(result.findings[0]?.assumptions.slice(1), [
      'ring of ring_share() points to an object that nobody else has, with any contents',
      'count of ring_share() may be anything',
      'of ring_share() only the lines that the mail shows are run, one after the other',
      'what ret is in ring_share() is not shown; any value is tried',
      '“ring->pages” is not modelled; any value is tried',
      '“ring->shared” is not modelled; any value is tried',
      '“ring->broken” is not modelled; any value is tried',
      'what ring_share() returns behind the lines shown may be anything',
    ]);
  });
});

describe('a function that the mail shows in part and that nobody models', () => {
  it('is said to be run alone, once', async () => {
    const result = await reviewWith(mail(frees));
    assert.deepEqual(
      result.notices.filter(({ message }) => message.includes('shown in part')),
      [
        {
          level: 'note',
          message:
            'ring_share() is shown in part and no model of it is bundled: of it only the lines of the mail are run',
          place: { file: 'document', line: 8, column: 1, endLine: 8, endColumn: 2 },
        },
      ],
    );
  });
});

describe('a call that stands where nobody runs it', () => {
  const sample = readFileSync(path.join(root, 'media/samples/guest-kexec.eml'), 'utf8');
  it('leaves a scenario undecided that what is called would matter to', async () => {
    const moved = changed(
      changed(sample, '+\tmay_convert = false;\n', ''),
      '+static void tdx_kexec_stop_conversion(bool crash)\n',
      '+void tdx_no_more_conversions(void)\n+{\n+\tmay_convert = false;\n+}\n+\n+static void tdx_kexec_stop_conversion(bool crash)\n',
    );
    const call = `diff --git a/kernel/power.c b/kernel/power.c
--- a/kernel/power.c
+++ b/kernel/power.c
@@ -10,5 +10,6 @@ static void freeze_all(void)
 	int count;
 
 	count = freeze_tasks();
+	tdx_no_more_conversions();
 	pr_info("%d\\n", count);
 	return;
-- 
`;
    const at = moved.lastIndexOf('\n-- \n') + 1;
    const result = await review(`${moved.slice(0, at)}${call}${moved.slice(at + 4)}`, normalKexec);
    assert.deepEqual(verdictsOf(result), []);
    assert.deepEqual(result.undecided, normalKexec);
    assert.ok(
      result.notices.some(
        ({ level, message }) =>
          level === 'warning' &&
          message ===
            'guest-kexec and guest-kexec-converting are not decided: the patch adds tdx_no_more_conversions() and calls it in freeze_all(), which is shown in part and does not run',
      ),
      JSON.stringify(result.notices, null, 1),
    );
  });
});

// SPDX-License-Identifier: MIT
/** Small stories of their own, and series of patches for it: a review takes some milliseconds. */

import { createReviewer } from '../../../src/review/reviewer';
import type { Review, Reviewer, UserFile } from '../../../src/review/types';
import { quiet, wasm } from '../support';

/** What `drivers/toy.c` is before any patch. */
export const model = `int toy_ready;

void toy_check(void)
{
	BUG_ON(!toy_ready);
}

void toy_start(void)
{
	int first = 1;

	toy_ready = first;
	toy_check();
}

int toy_count;

void toy_prepare(int *where, int count)
{
	*where = count;
}

void toy_begin(void)
{
	int count = 2;

	toy_prepare(&toy_count, count);
	toy_ready = count + toy_count;
	toy_check();
}

void toy_fail(void)
{
	int late = 3;

	toy_ready = 0;
	toy_check();
}
`;

const scenario = (id: string, entry: string): string => `struct scenario scenario = {
	.id = "${id}",
	.title = "a toy is started",
	.machine = "any machine, 1 CPU",
	.guest = "none",
	.leaves = { 1 },
	.cpus = 1,
	.agents = { "cpu0" },
	.names = { "CPU 0" },
	.guards = { "bug-on" },
	.sometimes = { "it was started" },
};

void start_second_kernel(void)
{
}

void cpu0(void)
{
	story_begins();
	${entry}();
	sometimes("it was started");
}
`;

const files: readonly UserFile[] = [
  { kind: 'model', name: 'models/toy.c', text: model },
  { kind: 'scenario', name: 'scenarios/toy.c', text: scenario('toy', 'toy_start') },
  { kind: 'scenario', name: 'scenarios/toyBegin.c', text: scenario('toy-begin', 'toy_begin') },
  { kind: 'scenario', name: 'scenarios/toyFail.c', text: scenario('toy-fail', 'toy_fail') },
];

let reviewer: Promise<Reviewer> | null = null;

/** A reviewer that knows the stories, on these models, and has reviewed nothing. */
export async function newToyReviewer(text = model): Promise<Reviewer> {
  const made = await createReviewer(wasm());
  made.useFiles(files.map((file) => (file.kind === 'model' ? { ...file, text } : file)));
  return made;
}

/** The reviewer that knows the stories. */
export function toyReviewer(): Promise<Reviewer> {
  reviewer ??= newToyReviewer();
  return reviewer;
}

/** Reviews a text in these stories alone. */
export async function reviewToy(text: string): Promise<Review> {
  return (await toyReviewer()).review(
    text,
    { scenarios: ['toy', 'toy-begin', 'toy-fail'], budgetMs: 60_000, whatIfs: false },
    quiet,
  );
}

/** What a patch does to `drivers/toy.c`. */
export const changes = {
  /** Takes the store away: the check fails. */
  breaks: `@@ -10,6 +10,5 @@ void toy_start(void)
 {
 	int first = 1;
 
-	toy_ready = first;
 	toy_check();
 }
`,
  /** Something else in the same function. */
  elsewhere: `@@ -10,5 +10,6 @@ void toy_start(void)
 {
 	int first = 1;
 
+	first++;
 	toy_check();
 }
`,
  /** A function that nobody calls. */
  helper: `@@ -1,3 +1,8 @@
 int toy_ready;
 
+void toy_set(int value)
+{
+	toy_ready = value;
+}
+
 void toy_check(void)
`,
  /** Calls it: the check holds again. */
  repairs: `@@ -16,5 +16,6 @@ void toy_start(void)
 	int first = 1;
 
 	first++;
+	toy_set(first);
 	toy_check();
 }
`,
  /** Nothing of the function stays. */
  rewrites: `@@ -9,6 +9,3 @@ void toy_start(void)
 {
-	int first = 1;
-
-	toy_ready = first;
-	toy_check();
+	toy_prepare(&toy_ready, 4);
 }
`,
  ofAnotherTree: `@@ -9,6 +9,6 @@ void toy_start(void)
 {
 	int first = 1;
 
-	toy_ready = first;
+	toy_ready = 0 * first;
 	toy_check();
 }
`,
  /** What the model has already, in two steps. */
  prepares: `@@ -27,5 +27,6 @@ void toy_begin(void)
 {
 	int count = 2;
 
+	toy_prepare(&toy_count, count);
 	toy_check();
 }
`,
  begins: `@@ -28,5 +28,6 @@ void toy_begin(void)
 	int count = 2;
 
 	toy_prepare(&toy_count, count);
+	toy_ready = count + toy_count;
 	toy_check();
 }
`,
  /** Both act in a story that fails, and are not enough. */
  acts: `@@ -37,6 +37,7 @@ void toy_fail(void)
 {
 	int late = 3;
 
+	toy_count = late;
 	toy_ready = 0;
 	toy_check();
 }
`,
  actsAgain: `@@ -38,6 +38,7 @@ void toy_fail(void)
 	int late = 3;
 
 	toy_count = late;
+	toy_count = late + 1;
 	toy_ready = 0;
 	toy_check();
 }
`,
} as const;

/** A mailbox of patch mails: for each its number and what it changes; `cover` puts a cover letter before them. */
export function seriesOf(
  parts: readonly (readonly [part: number, change: string])[],
  { total = parts.length, version = 1, cover = true } = {},
): string {
  const prefix = (part: number): string => `[PATCH ${version > 1 ? `v${version} ` : ''}${part}/${total}]`;
  const mail = (part: number, body: string): string =>
    [
      'From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001',
      'From: A <a@example.org>',
      'Date: Mon, 4 Mar 2024 10:00:00 +0000',
      `Subject: ${prefix(part)} toy: step ${part}`,
      `Message-ID: <v${version}-${part}@example.org>`,
      ...(part > 0 && cover ? [`In-Reply-To: <v${version}-0@example.org>`] : []),
      '',
      body,
      '',
    ].join('\n');
  return [
    ...(cover ? [mail(0, 'What this is about.')] : []),
    ...parts.map(([part, change]) =>
      mail(
        part,
        `Why.\n\nSigned-off-by: A <a@example.org>\n---\ndiff --git a/drivers/toy.c b/drivers/toy.c\n--- a/drivers/toy.c\n+++ b/drivers/toy.c\n${change}`,
      ),
    ),
  ].join('');
}

// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createReviewer } from '../../src/review/reviewer';
import type { Review, Reviewer } from '../../src/review/types';
import { describeWithShared, root } from '../support/shared';
import { changed, quiet, seed000, theReviewer, wasm } from './support';
import { editsHold } from './whatIfSupport';

const scenario = (id: string, sometimes: string, code: string): string => `struct scenario scenario = {
	.id = "${id}",
	.title = "two CPUs share variables",
	.machine = "any machine, 2 CPUs",
	.guest = "none",
	.leaves = { 1 },
	.cpus = 2,
	.agents = { "cpu0", "cpu1" },
	.names = { "CPU 0", "CPU 1" },
	.guards = { "bug-on" },
	.sometimes = { "${sometimes}" },
};

void start_second_kernel(void)
{
}

${code}`;

const model = `unsigned long toy_mask;
int toy_started;
int toy_ready;
int toy_data;
int toy_have;
struct mutex toy_lock;

int toy_get(void)
{
	if (choose(2))
		return -5;
	toy_have = 1;
	return 0;
}

void toy_use(void)
{
	BUG_ON(!toy_have);
	toy_have = 0;
}
`;

const stories: Readonly<Record<string, string>> = {
  'toy-bits': scenario(
    'toy-bits',
    'both are there',
    `void cpu1(void)
{
	set_bit(1, &toy_mask);
}

void cpu0(void)
{
	story_begins();
	hw_start_agent(1);
	toy_run();
	while (!hw_agent_done(1))
		cpu_relax();
	BUG_ON(toy_started && toy_mask != 3);
	sometimes("both are there");
}
`,
  ),
  'toy-order': scenario(
    'toy-order',
    'it was seen',
    `void cpu1(void)
{
	if (READ_ONCE(toy_ready)) {
		BUG_ON(!READ_ONCE(toy_data));
		sometimes("it was seen");
	}
}

void cpu0(void)
{
	story_begins();
	hw_start_agent(1);
	toy_run();
}
`,
  ),
  'toy-fails': scenario(
    'toy-fails',
    'it ran',
    `void cpu1(void)
{
}

void cpu0(void)
{
	story_begins();
	toy_run();
	sometimes("it ran");
}
`,
  ),
  'toy-locked': scenario(
    'toy-locked',
    'it ran twice',
    `void cpu1(void)
{
}

void cpu0(void)
{
	story_begins();
	toy_run();
	toy_run();
	sometimes("it ran twice");
}
`,
  ),
};

let reviewer: Promise<Reviewer> | null = null;

function theToyReviewer(): Promise<Reviewer> {
  reviewer ??= createReviewer(wasm()).then((made) => {
    made.useFiles([
      { kind: 'model', name: 'models/toy.c', text: model },
      ...Object.entries(stories).map(([id, text]) => ({ kind: 'scenario', name: `scenarios/${id}.c`, text }) as const),
    ]);
    return made;
  });
  return reviewer;
}

/** A mail whose patch adds a file. */
const mailOf = (code: string): string => {
  const lines = code.trimEnd().split('\n');
  return `From: A <a@example.org>
Date: Mon, 4 Mar 2024 10:00:00 +0000
Subject: [PATCH] toy: run

Why.

---
diff --git a/drivers/toy.c b/drivers/toy.c
new file mode 100644
--- /dev/null
+++ b/drivers/toy.c
@@ -0,0 +1,${lines.length} @@
${lines.map((line) => `+${line}`).join('\n')}
`;
};

const offered = ({ findings }: Review): string[] =>
  findings.flatMap((f) => (f.whatIfs ?? []).map(({ kind, text }) => `${f.ruleId}: ${kind}: ${text}`));

describe('each kind of small edit', () => {
  const cases: readonly (readonly [name: string, story: string, code: string, expected: readonly string[]])[] = [
    [
      'a bit set by a plain operation while another CPU sets one',
      'toy-bits',
      'void toy_run(void)\n{\n\ttoy_started = 1;\n\t__set_bit(0, &toy_mask);\n}\n',
      ['bug-on: locked: “set_bit(0, &toy_mask);” in place of “__set_bit(0, &toy_mask);”'],
    ],
    [
      'what is ready before its data is there',
      'toy-order',
      'void toy_run(void)\n{\n\tWRITE_ONCE(toy_ready, 1);\n\tWRITE_ONCE(toy_data, 1);\n}\n',
      ['bug-on: order: “WRITE_ONCE(toy_data, 1);” before “WRITE_ONCE(toy_ready, 1);”'],
    ],
    [
      'a call whose failure nobody notices',
      'toy-fails',
      'void toy_run(void)\n{\n\ttoy_get();\n\ttoy_use();\n}\n',
      [
        'bug-on: check: a check of what “toy_get()” gives, with “return;”',
        'bug-on: check: “toy_use();” only where “toy_get()” succeeds',
      ],
    ],
    [
      'a failure that is kept and not asked about',
      'toy-fails',
      'int toy_run(void)\n{\n\tint err;\n\n\terr = toy_get();\n\tpr_info("got\\n");\n\ttoy_use();\n\treturn err;\n}\n',
      [
        'bug-on: check: a check of what “toy_get()” gives, with “return err;”',
        'bug-on: check: “toy_use();” only where “toy_get()” succeeds',
      ],
    ],
    [
      'a way that leaves with the lock taken',
      'toy-locked',
      'int toy_run(void)\n{\n\tmutex_lock(&toy_lock);\n\tif (toy_get())\n\t\treturn -EIO;\n\ttoy_have = 0;\n\tmutex_unlock(&toy_lock);\n\treturn 0;\n}\n',
      ['hang: lock: “mutex_unlock(&toy_lock);” before “return -EIO;”'],
    ],
  ];
  for (const [name, story, code, expected] of cases) {
    it(name, async () => {
      const asked = await theToyReviewer();
      const text = mailOf(code);
      const result = await asked.review(text, { scenarios: [story], budgetMs: 60_000 }, quiet);
      assert.deepEqual(
        offered(result).slice(0, expected.length),
        expected,
        result.notices.map((n) => n.message).join('\n'),
      );
      await editsHold(asked, text, result, [story]);
    });
  }

  it('memory that may be shared is kept, or the line that asked is', async () => {
    const text = readFileSync(path.join(root, 'media/samples/shared-buffer.eml'), 'utf8');
    const asked = await theReviewer();
    const result = await asked.review(text, { scenarios: ['conversion-failure'], budgetMs: 60_000 }, quiet);
    assert.deepEqual(
      offered(result).map((one) => one.slice(0, 50)),
      ['host-exposed: leak: “free_pages(ring, RING_ORDER);', 'host-exposed: kept: “if (set_memory_encrypted((uns'],
    );
    await editsHold(asked, text, result, ['conversion-failure']);
  });
});

describe('a mail that is encoded', () => {
  const sample = readFileSync(path.join(root, 'media/samples/shared-buffer.eml'), 'utf8');
  /** The sample with its body in a transfer encoding. */
  const encoded = (name: string, encode: (body: string) => string): string => {
    const end = sample.indexOf('\n\n');
    const head = sample
      .slice(sample.startsWith('From ') ? sample.indexOf('\n') + 1 : 0, end)
      .split('\n')
      .filter((line) => !/^(content-|mime-)/i.test(line));
    const fields = [
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      `Content-Transfer-Encoding: ${name}`,
    ];
    return `${[...head, ...fields].join('\n')}\n\n${encode(sample.slice(end + 2))}\n`;
  };
  const reviewed = async (text: string): Promise<Review> =>
    (await theReviewer()).review(text, { scenarios: ['conversion-failure'], budgetMs: 60_000 }, quiet);

  it('in base64 has no lines to edit, and that is said', async () => {
    const result = await reviewed(
      encoded('base64', (body) => Buffer.from(body).toString('base64').replace(/.{76}/g, '$&\n')),
    );
    assert.equal(result.findings.length, 2);
    assert.deepEqual(offered(result), []);
    assert.ok(
      result.notices.some(({ message }) => message.startsWith('no small edit of this patch can be shown: ')),
      result.notices.map(({ message }) => message).join('\n'),
    );
  });

  it('as quoted-printable is edited where its lines stand as they are', async () => {
    const text = encoded('quoted-printable', (body) => body.replaceAll('=', '=3D'));
    const result = await reviewed(text);
    assert.ok(offered(result).some((one) => one.startsWith('host-exposed: leak: “free_pages')));
    await editsHold(await theReviewer(), text, result, ['conversion-failure']);
  });
});

describeWithShared('a flush added', (shared) => {
  it('where an old translation is still used', async () => {
    const text = changed(readFileSync(path.join(shared, seed000), 'utf8'), '+ __flush_tlb_all();\n', '');
    const asked = await theReviewer();
    const scenarios = ['guest-kexec-touched'];
    const result = await asked.review(text, { scenarios, budgetMs: 60_000 }, quiet);
    assert.ok(
      offered(result).some((one) => one.startsWith('td-exit: flush: flush_tlb_all() behind')),
      offered(result).join('\n'),
    );
    await editsHold(asked, text, result, scenarios);
  });
});

// SPDX-License-Identifier: MIT
/** The user's own models and scenarios: what they change, and what is said of those that are no good. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createReviewer } from '../../src/review/reviewer';
import type { Notice, Review, Reviewer, UserFile } from '../../src/review/types';
import { readUserFiles } from '../../src/review/userFiles';
import { root } from '../support/shared';
import { filesOf } from '../support/smallTree';
import { changed, quiet, verdictsOf, wasm } from './support';

const sample = (name: string): string => readFileSync(path.join(root, 'media/samples', name), 'utf8');
const hostPatch = sample('host-kexec.eml');
const bundledScenario = (name: string): string => readFileSync(path.join(root, 'src/scenarios', name), 'utf8');

const story = `struct scenario scenario = {
	.id = "mine",
	.title = "a buffer is made private again",
	.machine = "TDX guest, 1 CPU",
	.guest = "tdx",
	.leaves = { 1, 2 },
	.cpus = 1,
	.agents = { "cpu0" },
	.names = { "CPU 0" },
	.guards = { "td-exit" },
	.sometimes = { "it was converted" },
	.kexec = true,
};

enum { NR_CPUS = 1 };

void start_second_kernel(void)
{
}

void cpu0(void)
{
	init_direct_map();
	tdx_early_init();
	set_memory_decrypted(PAGE_OFFSET, 1);
	story_begins();
	if (set_memory_encrypted(PAGE_OFFSET, 1) == 0)
		sometimes("it was converted");
	hw_write(0);
}
`;

const file = (kind: UserFile['kind'], name: string, text: string | null): UserFile => ({
  kind,
  name: `.kernel-patch-review/${{ model: 'models', companion: 'models/companions', scenario: 'scenarios' }[kind]}/${name}`,
  text,
});
const scenarioFile = (text: string | null): UserFile => file('scenario', 'mine.c', text);

/** `file:line: level: sentence` of each. */
const said = (notices: readonly Notice[]): string[] =>
  notices.map(({ level, message, place }) => `${place?.file.split('/').at(-1)}:${place?.line}: ${level}: ${message}`);

describe('the user’s own models and scenarios', () => {
  let reviewer: Reviewer;
  let bundled: readonly string[];
  before(async () => {
    reviewer = await createReviewer(wasm());
    bundled = ids();
  });
  afterEach(() => reviewer.useFiles([]));

  const ids = (): string[] => reviewer.scenarios().map(({ id }) => id);
  const reviewOf = (text: string, scenarios: readonly string[] = ['host-kexec-erratum']): Promise<Review> =>
    reviewer.review(text, { scenarios, budgetMs: 60_000, whatIfs: false }, quiet);

  it('a scenario with an id of its own is one more, and runs on patches', async () => {
    reviewer.useFiles([scenarioFile(story)]);
    assert.deepEqual(reviewer.fileNotices(), []);
    assert.deepEqual(ids(), [...bundled, 'mine']);
    assert.equal(reviewer.scenarios().at(-1)?.kexec, true);
    const accepts = changed(
      `--- a/arch/x86/coco/tdx/tdx.c
+++ b/arch/x86/coco/tdx/tdx.c
@@ -1,9 +1,7 @@
 static bool tdx_accept_memory(phys_addr_t start, phys_addr_t end)
 {
 	while (start < end) {
-		if (hw_tdx_accept(start >> PAGE_SHIFT))
-			return false;
 		start += PAGE_SIZE;
 	}
 	return true;
 }
`,
      /^/,
      'Subject: [PATCH] nothing is accepted\n\n',
    );
    const result = await reviewOf(accepts, ['mine']);
    assert.deepEqual(verdictsOf(result), ['mine td-exit new']);
    assert.deepEqual(result.findings[0]?.assumptions, [
      'the scenario is .kernel-patch-review/scenarios/mine.c of this workspace',
    ]);
    const files = new Set(result.findings[0]?.replay.after?.steps.map(({ place }) => place?.file));
    assert.ok(files.has('.kernel-patch-review/scenarios/mine.c'), 'its steps stand in the user’s file');
  });

  it('a scenario with the id of a bundled one runs in its place, which is said; without the file the bundled one is back', async () => {
    const text = changed(bundledScenario('hostKexecErratum.c'), '.leaves = { 1, 1, 1 }', '.leaves = { 1, 1, 1, 1 }');
    reviewer.useFiles([file('scenario', 'host.c', text)]);
    assert.deepEqual(ids(), bundled);
    assert.deepEqual(said(reviewer.fileNotices()), [
      'host.c:7: note: this runs in the place of the bundled scenario “host-kexec-erratum”',
    ]);
    const result = await reviewOf(hostPatch);
    assert.deepEqual(verdictsOf(result), ['host-kexec-erratum machine-check absent']);
    assert.equal(result.findings[0]?.bounds.pages, 4);
    assert.ok(result.notices.some(({ message }) => message.startsWith('this runs in the place of')));
    reviewer.useFiles([]);
    assert.equal((await reviewOf(hostPatch)).findings[0]?.bounds.pages, 3);
  });

  it('a model’s function goes before the bundled one, and findings say so', async () => {
    assert.deepEqual(verdictsOf(await reviewOf(hostPatch)), ['host-kexec-erratum machine-check absent']);
    reviewer.useFiles([
      file(
        'model',
        'host.c',
        'static int never = 0;\n\nstatic inline void movdir64b(void *dst, const void *src)\n{\n\tif (never)\n\t\thw_movdir64b(0);\n}\n',
      ),
    ]);
    assert.deepEqual(reviewer.fileNotices(), []);
    const result = await reviewOf(hostPatch);
    assert.deepEqual(verdictsOf(result), ['host-kexec-erratum machine-check unchanged']);
    assert.ok(
      result.findings[0]?.assumptions.includes(
        '.kernel-patch-review/models/host.c of this workspace defines movdir64b(), never',
      ),
      JSON.stringify(result.findings[0]?.assumptions),
    );
  });

  it('a patch goes before the user’s model, and then nothing is said of that', async () => {
    reviewer.useFiles([file('model', 'host.c', 'void tdx_reset_memory(void)\n{\n}\n')]);
    const result = await reviewOf(hostPatch);
    assert.deepEqual(verdictsOf(result), ['host-kexec-erratum machine-check absent']);
    assert.deepEqual(
      result.findings[0]?.assumptions.filter((text) => text.includes('workspace')),
      [],
    );
  });

  it('a hunk is woven into the user’s model, and what was simulated says so', async () => {
    const model = `void machine_kexec(struct kimage *image)
{
	prepare_to_jump(image);
	local_irq_disable();
	relocate_kernel(image);
}

static void prepare_to_jump(struct kimage *image)
{
}
`;
    const patch = `--- a/arch/x86/kernel/machine_kexec_64.c
+++ b/arch/x86/kernel/machine_kexec_64.c
@@ -10,4 +10,5 @@ void machine_kexec(struct kimage *image)
 	prepare_to_jump(image);
 	local_irq_disable();
+	tdmrs_reset_pamt_all(&tdx_tdmr_list);
 	relocate_kernel(image);
 }
`;
    reviewer.useFiles([file('model', 'jump.c', model)]);
    const result = await reviewOf(patch);
    assert.deepEqual(
      result.findings.map((f) => [f.ruleId, f.baselineState, f.confidence]),
      [['machine-check', 'absent', 'woven']],
    );
    assert.ok(
      result.findings[0]?.assumptions.includes(
        '.kernel-patch-review/models/jump.c of this workspace defines machine_kexec(), prepare_to_jump()',
      ),
      JSON.stringify(result.findings[0]?.assumptions),
    );
    const { after } = await reviewer.simulated(patch);
    assert.match(after, /^\/\* \.kernel-patch-review\/models\/jump\.c.* with the lines of the mail woven in \*\//);
  });

  it('a companion is linked where a patch leaves one of its names undefined', async () => {
    const patch = `--- a/arch/x86/kernel/machine_kexec_64.c
+++ b/arch/x86/kernel/machine_kexec_64.c
@@ -1,5 +1,6 @@
 void machine_kexec(struct kimage *image)
 {
 	local_irq_disable();
+	reset_all_of_it();
 	relocate_kernel(image);
 }
`;
    assert.deepEqual(verdictsOf(await reviewOf(patch)), []);
    reviewer.useFiles([
      file('companion', 'reset.c', 'void reset_all_of_it(void)\n{\n\ttdmrs_reset_pamt_all(&tdx_tdmr_list);\n}\n'),
    ]);
    const result = await reviewOf(patch);
    assert.deepEqual(verdictsOf(result), ['host-kexec-erratum machine-check absent']);
    assert.deepEqual(result.findings[0]?.assumptions, [
      '.kernel-patch-review/models/companions/reset.c of this workspace stands for what the mail does not show: reset_all_of_it()',
    ]);
  });

  const edited = (from: string | RegExp, to: string): string => changed(story, from, to);
  const left = '; the file is left out';
  const refused: readonly (readonly [name: string, text: string | null, sentences: readonly string[]])[] = [
    ['cannot be read', null, [`mine.c:1: error: it cannot be read${left}`]],
    ['is empty', '', [`mine.c:1: error: there is no “struct scenario scenario = { … };”${left}`]],
    [
      'is not C',
      'From the very first word\nthis is prose.\n',
      [`mine.c:1: error: “From the very first word” is not C that can be parsed${left}`],
    ],
    ['is binary', '\0\x01\x02ELF\0\0'.repeat(100), []],
    [
      'is far too long',
      `/* ${'x'.repeat(500_000)} */\n`,
      [`mine.c:1: error: it has more than 500,000 characters${left}`],
    ],
    [
      'has a function that cannot be parsed',
      edited('\thw_write(0);', '\tif (1) {\n\thw_write(0);'),
      [`mine.c:31: error: it ends in the middle of something${left}`],
    ],
    [
      'has no description',
      edited('struct scenario scenario', 'struct scenario other'),
      [`mine.c:1: error: there is no “struct scenario scenario = { … };”${left}`],
    ],
    ['has no title', edited(/\t\.title = .*\n/, ''), [`mine.c:1: error: .title must be a string${left}`]],
    [
      'has an id that no command line takes',
      edited('"mine"', '"of mine"'),
      [`mine.c:2: error: .id is “of mine”; it must be a word without blanks${left}`],
    ],
    [
      'has an unknown field',
      edited('.cpus = 1', '.cpu = 1'),
      [`mine.c:7: error: .cpu is no field of a scenario${left}`],
    ],
    [
      'has a value without a name',
      edited('\t.cpus = 1', '\t1'),
      [`mine.c:7: error: every value of a scenario must be named: .field = value${left}`],
    ],
    ['has an unknown guest', edited('"tdx"', '"arm"'), [`mine.c:5: error: .guest is “arm”; it must be none …${left}`]],
    [
      'has an unknown outcome',
      edited('"td-exit"', '"td-exitt"'),
      [`mine.c:10: error: .guards names “td-exitt”, which is no outcome${left}`],
    ],
    [
      'has an agent that nobody defines',
      edited('"cpu0"', '"cpu1"'),
      [`mine.c:8: error: .agents names cpu1(), which nobody defines${left}`],
    ],
    [
      'has more CPUs than agents',
      edited('.cpus = 1', '.cpus = 100'),
      [`mine.c:7: error: .cpus is 100; it must be 1 to the number of agents${left}`],
    ],
    [
      'has more memory than can be searched',
      edited('{ 1, 2 }', '{ 1, 2000000000 }'),
      [`mine.c:6: error: .leaves must be constants from 1, of no more than 64 pages together${left}`],
    ],
    [
      'has leaves that are no numbers',
      edited('{ 1, 2 }', '{ 1, many }'),
      [`mine.c:6: error: .leaves must be constants from 1, of no more than 64 pages together${left}`],
    ],
    [
      'has another number of names',
      edited('{ "CPU 0" }', '{ "CPU 0", "CPU 1" }'),
      [`mine.c:9: error: .names has 2 entries for 1 agents${left}`],
    ],
    [
      'calls an operation that does not exist',
      edited('hw_write(0)', 'hw_wirte(0)'),
      [`mine.c:29: error: hw_wirte() is no operation of the hardware${left}`],
    ],
    [
      'makes an outcome happen that does not exist',
      edited('hw_write(0)', 'outcome("boom")'),
      [`mine.c:29: error: “boom” is no outcome${left}`],
    ],
    [
      'has several things wrong: all are said',
      edited('"td-exit"', '"x"').replace('"tdx"', '"y"'),
      [
        `mine.c:5: error: .guest is “y”; it must be none …${left}`,
        `mine.c:10: error: .guards names “x”, which is no outcome${left}`,
      ],
    ],
  ];
  for (const [name, text, sentences] of refused) {
    it(`a file that ${name}: a sentence with file and line, and the others count`, async () => {
      const other = file('scenario', 'zz.c', changed(story, '"mine"', '"another"'));
      reviewer.useFiles([scenarioFile(text), other]);
      // Which guests there are is not what this is about.
      const notices = said(reviewer.fileNotices()).map((each) => each.replace(/(it must be none).*?;/, '$1 …;'));
      if (sentences.length > 0) assert.deepEqual(notices, sentences);
      else assert.ok(notices.length > 0 && notices.every((each) => each.endsWith(left)), notices.join());
      assert.deepEqual(ids(), [...bundled, 'another']);
      const result = await reviewOf(hostPatch);
      assert.deepEqual(verdictsOf(result), ['host-kexec-erratum machine-check absent']);
      for (const notice of reviewer.fileNotices()) assert.ok(result.notices.includes(notice), 'the review says it');
    });
  }

  it('a scenario that is whole for some versions of the kernel only: said where a patch is of another', async () => {
    const versioned = changed(
      story,
      'void cpu0(void)',
      '#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 9, 0)\nvoid cpu0(void)',
    );
    reviewer.useFiles([scenarioFile(`${versioned}#endif\n`)]);
    assert.deepEqual(reviewer.fileNotices(), []);
    const mail = (date: string): string => changed(hostPatch, /^Date: .*$/m, `Date: ${date}`);
    const old = await reviewOf(mail('Fri, 1 Dec 2023 10:00:00 +0000'), ['mine']);
    assert.deepEqual(said(old.notices.filter(({ level }) => level === 'error')), []);
    const fresh = await reviewOf(mail('Mon, 1 Jul 2024 10:00:00 +0000'), ['mine']);
    assert.deepEqual(said(fresh.notices.filter(({ level }) => level === 'error')), [
      `mine.c:8: error: .agents names cpu0(), which nobody defines${left}`,
    ]);
  });

  it('variants of a scenario are scenarios, with fields of their own and the rest of its', async () => {
    const variants = (text: string): string =>
      changed(story, '.kexec = true,', `.kexec = true,\n\t.variants = ${text},`);
    reviewer.useFiles([
      scenarioFile(
        variants(
          '{ { .id = "mine-4k", .leaves = { 1, 1 }, .guards = { "panic" } }, { .id = "mine-too", .kexec = 0 } }',
        ),
      ),
    ]);
    assert.deepEqual(reviewer.fileNotices(), []);
    const mine = reviewer.scenarios().slice(bundled.length);
    assert.deepEqual(
      mine.map(({ id, title, bounds, guards, kexec }) => [id, title, bounds.pages, guards.join(), kexec]),
      [
        ['mine', 'a buffer is made private again', 3, 'td-exit', true],
        ['mine-4k', 'a buffer is made private again', 2, 'panic', true],
        ['mine-too', 'a buffer is made private again', 3, 'td-exit', false],
      ],
    );
    assert.deepEqual((await reviewer.simulate('mine-4k', quiet)).vacuous, []);

    const wrong: readonly (readonly [text: string, message: string])[] = [
      ['{ { .leaves = { 1 } } }', 'every variant must be a list of fields with an .id of its own'],
      ['{ 1 }', 'every variant must be a list of fields with an .id of its own'],
      ['1', '.variants must be a list'],
      ['{ { .id = "a", .cups = 1 } }', '.cups is no field of a scenario'],
      ['{ { .id = "a", .variants = {} } }', '.variants is no field of a scenario'],
      ['{ { .id = "mine" } }', '.kernel-patch-review/scenarios/mine.c has the scenario “mine” already'],
    ];
    for (const [text, message] of wrong) {
      reviewer.useFiles([scenarioFile(variants(text))]);
      assert.deepEqual(
        reviewer.fileNotices().map((n) => n.message),
        [`${message}${left}`],
        text,
      );
      assert.deepEqual(ids(), bundled);
    }
  });

  it('two scenarios with one id: the second is left out; a function in two models: the first counts', () => {
    reviewer.useFiles([
      file('model', 'a.c', 'int f(void)\n{\n\treturn 1;\n}\n'),
      file('model', 'b.c', '\nint f(void)\n{\n\treturn 2;\n}\n'),
      file('scenario', 'a.c', story),
      file('scenario', 'b.c', story),
    ]);
    assert.deepEqual(said(reviewer.fileNotices()), [
      'b.c:2: note: f() is in .kernel-patch-review/models/a.c too, and that one counts',
      `b.c:1: error: .kernel-patch-review/scenarios/a.c has the scenario “mine” already${left}`,
    ]);
  });

  it('a name that nobody knows is told where it stands, and the scenario runs', () => {
    reviewer.useFiles([scenarioFile(changed(story, 'init_direct_map()', 'init_direct_mpa()'))]);
    assert.deepEqual(said(reviewer.fileNotices()), [
      'mine.c:23: note: init_direct_mpa() is not modelled: it changes nothing that is modelled',
    ]);
    assert.ok(ids().includes('mine'));
  });

  it('other line ends and a byte order mark change nothing', async () => {
    reviewer.useFiles([scenarioFile(story)]);
    const plain = await reviewer.simulation({ scenario: 'mine', patch: null, side: 'after', model: 'tso' }, quiet);
    reviewer.useFiles([scenarioFile(`\uFEFF${story.replaceAll('\n', '\r\n')}`)]);
    assert.deepEqual(reviewer.fileNotices(), []);
    const other = await reviewer.simulation({ scenario: 'mine', patch: null, side: 'after', model: 'tso' }, quiet);
    assert.equal(other.stats.states, plain.stats.states);
    assert.deepEqual(other.vacuous, []);
    assert.deepEqual(plain.assumptions, ['the scenario is .kernel-patch-review/scenarios/mine.c of this workspace']);
  });

  for (const [name, loop, outcome] of [
    ['that does nothing', 'for (;;)\n\t\t;', 'hang'],
    ['that counts for ever', 'for (unsigned long i = 0;; i++)\n\t\tWRITE_ONCE(forever, i);', null],
    ['of a function that calls itself', 'again();', undefined],
  ] as const) {
    it(`an endless loop ${name} ends by the bounds`, async () => {
      const text = changed(story, '\thw_write(0);', `\t${loop}`);
      const helpers = 'static unsigned long forever;\nvoid again(void)\n{\n\tagain();\n}\n';
      reviewer.useFiles([scenarioFile(changed(text, 'enum {', `${helpers}enum {`))]);
      assert.ok(ids().includes('mine'), said(reviewer.fileNotices()).join());
      const result = await reviewer.simulation({ scenario: 'mine', patch: null, side: 'after', model: 'tso' }, quiet);
      if (outcome === 'hang') assert.ok(result.outcomes.some(({ ruleId }) => ruleId === 'hang'));
      if (outcome === null) assert.equal(result.stats.exhausted, false);
    });
  }

  it('a file cut anywhere, or with any line gone or twice: nothing throws, and each is a scenario or has a sentence', () => {
    const lines = story.split('\n');
    const texts = [
      ...lines.map((_, i) => lines.toSpliced(i, 1).join('\n')),
      ...lines.map((line, i) => lines.toSpliced(i, 0, line).join('\n')),
      ...Array.from({ length: Math.ceil(story.length / 17) }, (_, i) => story.slice(0, i * 17)),
    ];
    for (const text of texts) {
      reviewer.useFiles([scenarioFile(text)]);
      const isRefused = reviewer.fileNotices().some(({ level }) => level === 'error');
      assert.equal(ids().includes('mine'), !isRefused, text);
      reviewer.useFiles([file('model', 'mine.c', text)]);
    }
  });

  it('a simulation without a patch takes the user’s models too, and goes back', async () => {
    const run = async (): Promise<string> =>
      (
        await reviewer.simulation({ scenario: 'host-kexec-erratum', patch: null, side: 'after', model: 'tso' }, quiet)
      ).outcomes
        .map(({ ruleId }) => ruleId)
        .join();
    assert.equal(await run(), 'machine-check');
    reviewer.useFiles([
      file(
        'model',
        'host.c',
        'static inline int hw_is_fine(void)\n{\n\treturn 1;\n}\nvoid machine_kexec(struct kimage *image)\n{\n\tif (hw_is_fine())\n\t\ttdmrs_reset_pamt_all(&tdx_tdmr_list);\n\trelocate_kernel(image);\n}\n',
      ),
    ]);
    assert.deepEqual(reviewer.fileNotices(), []);
    assert.equal(await run(), '');
    reviewer.useFiles([]);
    assert.equal(await run(), 'machine-check');
  });
});

describe('the folder of the user’s files', () => {
  it('is read kind by kind, by name, and nothing else of it', async () => {
    const files = filesOf({
      '.kernel-patch-review/models/b.c': 'b',
      '.kernel-patch-review/models/a.c': 'a',
      '.kernel-patch-review/models/notes.md': '-',
      '.kernel-patch-review/models/old/x.c': '-',
      '.kernel-patch-review/models/companions/c.c': 'c',
      '.kernel-patch-review/scenarios/s.c': 's',
      '.kernel-patch-review/other.c': '-',
      'models/x.c': '-',
    });
    assert.deepEqual(await readUserFiles(files, (name) => `./${name}`), [
      { kind: 'model', name: './.kernel-patch-review/models/a.c', text: 'a' },
      { kind: 'model', name: './.kernel-patch-review/models/b.c', text: 'b' },
      { kind: 'companion', name: './.kernel-patch-review/models/companions/c.c', text: 'c' },
      { kind: 'scenario', name: './.kernel-patch-review/scenarios/s.c', text: 's' },
    ]);
    assert.deepEqual(await readUserFiles(filesOf({}), (name) => name), []);
  });
});

// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { ShowReplay } from '../../src/replay/types';
import type { Exploration, Replay } from '../../src/review/types';
import { convertingReplay, fixedReplay, longReplay, loopReplay } from '../replay/fixture';
import { launchBrowser } from '../vscode-server/chromium.mjs';
import { themes } from './themes';

const dist = path.join(process.cwd(), 'dist');
const shots = path.join(dist, 'shots');
const axe = readFileSync(path.join(process.cwd(), 'node_modules', 'axe-core', 'axe.min.js'), 'utf8');

function showing(replay: Replay, more: Partial<ShowReplay> = {}): ShowReplay {
  return {
    type: 'show',
    document: 'file:///mail.eml',
    choice: 'a',
    side: null,
    step: 0,
    replay,
    choices: [
      { id: 'a', label: 'td-exit remains, line 47', scenario: 'guest-kexec-converting' },
      { id: 'b', label: 'td-exit fixed, line 97', scenario: 'guest-kexec' },
    ],
    verdict: 'The store of conversion_allowed may still be buffered when conversions_in_progress is read.',
    tone: 'bad',
    facts: ['Confidence: mail (the whole function is in the mail).', 'Machine: TDX guest.'],
    edits: [],
    follow: true,
    stale: false,
    ...more,
  };
}

/** The view without VS Code: what it sends is kept in `sent`. */
async function openView(browser: Browser, theme: keyof typeof themes, width: number, height = 800): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height } });
  page.on('pageerror', (error) => assert.fail(error));
  const tokens = Object.entries(themes[theme]).map(([name, value]) => `--vscode-${name}: ${value};`);
  const policy = "default-src 'none'; script-src 'nonce-test'; style-src 'nonce-test'";
  await page.route('https://view.test/**', (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    if (name === 'replay.js' || name === 'replay.css') return route.fulfill({ path: path.join(dist, name) });
    if (name !== '') return route.fulfill({ status: 404 });
    return route.fulfill({
      contentType: 'text/html',
      body: `<!DOCTYPE html><html lang="en"><head><title>Replay</title>
<meta http-equiv="Content-Security-Policy" content="${policy}">
<style nonce="test">:root { ${tokens.join(' ')} }</style>
<link rel="stylesheet" nonce="test" href="/replay.css"></head><body>
<script nonce="test">
window.sent = [];
window.acquireVsCodeApi = () => ({ postMessage: (message) => window.sent.push(message), setState: (state) => { window.saved = state; } });
</script>
<script nonce="test" src="/replay.js"></script></body></html>`,
    });
  });
  await page.goto('https://view.test/');
  return page;
}

async function send(page: Page, message: unknown): Promise<void> {
  await page.evaluate((data) => window.postMessage(data, '*'), message);
  await page.waitForTimeout(50);
}

/** What axe-core objects to, a line each. Its own script is no part of the page, so the page's policy stays as it is. */
async function barriers(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const run = (globalThis as unknown as { axe: { run(): Promise<AxeResult> } }).axe.run;
    const { violations } = await run();
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
  });
}
interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/** What the engine would answer: the way until its fifth step, and three that may come next. */
function explored(id: number): unknown {
  const way = convertingReplay.after;
  assert.ok(way);
  const next = { agent: 0, kind: 'step', place: null, function: 'f', effects: [], outcome: null } as const;
  const exploration: Exploration = {
    from: 'after',
    way: { ...way, steps: way.steps.slice(0, 5), choices: way.choices.slice(0, 7), fatal: null, summary: 'Goes on.' },
    next: [
      { ...next, choices: [0], text: 'stop_other_cpus();', effects: ['CPU 1 status: stopped'] },
      { ...next, choices: [1, 1], agent: 1, text: 'tdx_map_gpa()', effects: ['page 1 host → pending'] },
      { ...next, choices: [128], kind: 'drain', text: 'conversion_allowed = 0', outcome: 'td-exit' },
    ],
  };
  return { type: 'explored', id, exploration, edit: null, problem: '' };
}

const sent = (page: Page): Promise<{ type: string }[]> => page.evaluate('window.sent');
const now = (page: Page): Promise<string | null> => page.locator('.now .count').textContent();

describe('the replay view', () => {
  let browser: Browser;
  let page: Page;
  before(async () => {
    mkdirSync(shots, { recursive: true });
    browser = await launchBrowser();
  });
  after(() => browser?.close());
  afterEach(() => page?.close());

  it('says that it listens, and shows what it is told', async () => {
    page = await openView(browser, 'dark', 800);
    assert.deepEqual(await sent(page), [{ type: 'ready' }]);
    await page.getByText('Waiting for the editor').waitFor();
    await send(page, showing(convertingReplay));
    assert.equal(await page.locator('h1').textContent(), convertingReplay.title);
    assert.equal(await page.locator('.timeline [role=option]').count(), 15);
    assert.equal(await now(page), 'Start');
    assert.deepEqual((await sent(page)).at(-1), { type: 'position', way: 'after', step: 0 });
  });

  it('ignores what is no message of ours', async () => {
    page = await openView(browser, 'dark', 800);
    await send(page, { type: 'show', replay: {} });
    await send(page, 'show');
    await page.getByText('Waiting for the editor').waitFor();
  });

  it('moves by keyboard alone', async () => {
    page = await openView(browser, 'dark', 800);
    await send(page, showing(convertingReplay));
    for (const key of ['ArrowRight', 'j', 'l', 'ArrowDown', 'k', 'ArrowLeft']) await page.keyboard.press(key);
    assert.equal(await now(page), 'Step 1 of 14');
    await page.keyboard.press('x');
    assert.match((await page.locator('.why').textContent()) ?? '', /^td-exit The second kernel reads page 2/);
    await page.keyboard.press('Home');
    await page.keyboard.press('End');
    await page.keyboard.press('Shift+ArrowLeft');
    assert.equal(await now(page), 'Step 14 of 14');
    await page.keyboard.press('b');
    assert.equal(await page.locator('#side-before').getAttribute('aria-pressed'), 'true');
    assert.equal(await now(page), 'Step 4 of 4');
    await page.keyboard.press('f');
    assert.deepEqual((await sent(page)).at(-1), { type: 'follow', on: false });
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    assert.deepEqual(await page.evaluate('window.saved'), {
      document: 'file:///mail.eml',
      choice: 'a',
      side: 'before',
      step: 4,
    });
  });

  it('keeps the keys working at the last step, whatever has the focus', async () => {
    page = await openView(browser, 'dark', 800);
    await send(page, showing(convertingReplay, { step: 13 }));
    await page.locator('#go-forward').click();
    assert.equal(await now(page), 'Step 14 of 14');
    await page.keyboard.press('ArrowLeft');
    assert.equal(await now(page), 'Step 13 of 14');
  });

  it('scrubs, plays and pauses', async () => {
    page = await openView(browser, 'dark', 800);
    await send(page, showing(convertingReplay));
    await page.locator('#scrub').fill('9');
    assert.equal(await now(page), 'Step 9 of 14');
    await page.getByLabel('Speed').selectOption('8');
    await page.locator('#go-play').click();
    await page.waitForFunction(() => !document.querySelector('.now .count')?.textContent?.startsWith('Step 9 '));
    await page.locator('#go-play').click();
    const there = await now(page);
    await page.waitForTimeout(300);
    assert.equal(await now(page), there);
  });

  it('is silent while it plays', async () => {
    page = await openView(browser, 'dark', 800);
    await send(page, showing(convertingReplay));
    const live = page.locator('output');
    assert.equal(await live.textContent(), 'Start, 14 steps to come');
    await page.keyboard.press(' ');
    await page.locator('.now').getByText('Step 2 of 14').waitFor();
    assert.equal(await live.textContent(), 'Start, 14 steps to come');
    await page.keyboard.press(' ');
    assert.match((await live.textContent()) ?? '', /^Step \d+ of 14, CPU 0/);
  });

  it('opens the line of a step, and asks for another replay', async () => {
    page = await openView(browser, 'dark', 800);
    await send(page, showing(convertingReplay));
    await page.locator('#step-2 .source').click();
    const open = (await sent(page)).at(-1);
    assert.equal(open?.type, 'open');
    assert.equal(await now(page), 'Step 2 of 14');
    await page.getByLabel('Which replay').selectOption('b');
    assert.deepEqual((await sent(page)).at(-1), { type: 'choose', id: 'b' });
  });

  it('looks stale when it is, and asks to be run again', async () => {
    page = await openView(browser, 'dark', 800);
    await send(page, showing(convertingReplay));
    await send(page, { type: 'stale', stale: true });
    await page.getByText('Stale: the document has changed').waitFor();
    await page.getByRole('button', { name: 'Run again' }).click();
    assert.deepEqual((await sent(page)).at(-1), { type: 'rerun' });
  });

  it('shows text of a patch as text', async () => {
    page = await openView(browser, 'dark', 800);
    const nasty = '<img src=x onerror="document.title=1">';
    const side = convertingReplay.after;
    assert.ok(side);
    const steps = side.steps.map((step) => ({ ...step, text: nasty, function: nasty }));
    await send(
      page,
      showing(
        { ...convertingReplay, title: nasty, after: { ...side, steps, summary: nasty } },
        { verdict: nasty, step: 14 },
      ),
    );
    assert.equal(await page.locator('h1').textContent(), nasty);
    assert.equal(await page.locator('img').count(), 0);
  });

  it('scrubs through 2,000 steps and drops none of what is put in', async () => {
    page = await openView(browser, 'dark', 800);
    await send(page, showing(longReplay(2000, 4)));
    const shown = await page.evaluate(() => {
      const slider = document.querySelector<HTMLInputElement>('#scrub');
      const steps: (string | null | undefined)[] = [];
      for (let step = 20; slider && step <= 2000; step += 20) {
        slider.value = String(step);
        slider.dispatchEvent(new Event('input'));
        steps.push(document.querySelector('.now .count')?.textContent);
      }
      return steps;
    });
    const expected = Array.from({ length: 100 }, (_, i) => `Step ${(i + 1) * 20} of 2000`);
    assert.deepEqual(shown, expected);
  });

  it('shows a loop as one step that can be opened', async () => {
    page = await openView(browser, 'dark', 800);
    await send(page, showing(loopReplay));
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    assert.equal(await now(page), 'Step 7 of 8');
    assert.equal(await page.locator('.row:visible').count(), 4);
    await page.locator('.fold').click();
    assert.equal(await page.locator('.row:visible').count(), 9);
    await page.keyboard.press('ArrowLeft');
    assert.equal(await now(page), 'Step 6 of 8');
    await page.keyboard.press('o');
    assert.equal(await now(page), 'Step 7 of 8');
  });

  it('shows both sides beside each other, and where they part', async () => {
    page = await openView(browser, 'dark', 1280);
    await send(page, showing(fixedReplay, { side: 'after' }));
    await page.keyboard.press('s');
    assert.equal(await page.locator('.compare .steps [role=option]').count(), 8);
    await page.keyboard.press('d');
    assert.deepEqual(await page.locator('.now:visible .count').allTextContents(), ['Step 1 of 4', 'Step 2 of 5']);
    assert.equal(await page.locator('.row.parting.current').count(), 1);
    await page.keyboard.press('End');
    assert.deepEqual(await page.locator('.now:visible .count').allTextContents(), ['Step 4 of 4', 'Step 5 of 5']);
    await page.locator('.compare .source').first().click();
    assert.equal((await sent(page)).at(-1)?.type, 'open');
    await page.locator('#side-before').click();
    assert.equal(await page.locator('.compare').isVisible(), false);
    assert.equal(await page.locator('#side-before').getAttribute('aria-pressed'), 'true');
  });

  it('selects pages by the arrows, with one tab stop, and goes to the changes of the selected one', async () => {
    page = await openView(browser, 'dark', 1280);
    await send(page, showing(convertingReplay));
    const pages = page.locator('.stage .pages');
    await pages.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    assert.equal(await now(page), 'Start');
    assert.equal(await pages.locator('[aria-selected=true]').getAttribute('data-page'), '2');
    await page.keyboard.press('c');
    assert.equal(await now(page), 'Step 7 of 14');
    await page.keyboard.press('c');
    assert.equal(await now(page), 'Step 10 of 14');
    await page.keyboard.press('Shift+C');
    assert.equal(await now(page), 'Step 7 of 14');
    assert.equal(await pages.locator('[tabindex]').count(), 0);
  });

  it('goes where the editor says', async () => {
    page = await openView(browser, 'dark', 800);
    await send(page, showing(convertingReplay));
    await send(page, { type: 'line', file: 'document', line: 64 });
    assert.equal(await now(page), 'Step 3 of 14');
    await send(page, { type: 'act', action: 'fatal' });
    assert.equal(await now(page), 'Step 14 of 14');
    await send(page, { type: 'act', action: 'constructor' });
    await send(page, { type: 'act', action: 'help' });
    await page.getByRole('dialog').waitFor();
  });

  it('asks what else could run, and goes on from there', async () => {
    page = await openView(browser, 'dark', 1280);
    await send(page, showing(convertingReplay, { step: 5 }));
    await page.keyboard.press('e');
    const asked = (await sent(page)).at(-1);
    assert.deepEqual(asked, { type: 'explore', id: 1, side: 'after', choices: [0, 1, 2, 0, 1, 2, 0] });
    await page.getByText('The engine is asked').waitFor();
    await send(page, explored(1));
    assert.equal(await page.locator('.choice').count(), 3);
    assert.deepEqual((await sent(page)).at(-1), { type: 'position', way: 'own', step: 5 });
    await page.screenshot({ path: path.join(shots, 'view-dark-1280-explore.png') });
    await page.keyboard.press('2');
    assert.deepEqual((await sent(page)).at(-1), {
      type: 'explore',
      id: 2,
      side: 'after',
      choices: [0, 1, 2, 0, 1, 2, 0, 1, 1],
    });
    await send(page, { type: 'explored', id: 2, exploration: null, edit: null, problem: 'The code has changed.' });
    await page.getByText('The code has changed.').waitFor();
    assert.deepEqual(await barriers(page), []);
    await page.keyboard.press('e');
    assert.equal(await page.locator('#side-own').isVisible(), false);
    assert.equal(await now(page), 'Step 5 of 14');
  });

  it('shows a small edit beside the patch, from where they part', async () => {
    page = await openView(browser, 'dark', 1280);
    await send(page, showing(convertingReplay, { edits: ['smp_mb() in place of “barrier();”'] }));
    await page.getByLabel('What if').selectOption({ index: 1 });
    assert.deepEqual((await sent(page)).at(-1), { type: 'edit', id: 1, index: 0 });
    const way = fixedReplay.after;
    assert.ok(way);
    const exploration: Exploration = { from: 'after', way, next: [] };
    await send(page, { type: 'explored', id: 1, exploration, edit: 0, problem: '' });
    const titles = await page.locator('.pair.head strong').allTextContents();
    assert.deepEqual(titles, ['With the patch', 'With the edit']);
    assert.equal(await page.locator('.row.parting.current').count(), 1);
    assert.deepEqual(await barriers(page), []);
    await page.screenshot({ path: path.join(shots, 'view-dark-1280-edit.png') });
    await page.getByLabel('What if').selectOption({ index: 0 });
    await page.locator('.timeline').waitFor();
    assert.equal(await page.locator('#side-own').isVisible(), false);
  });

  it('marks the page at which it goes wrong', async () => {
    page = await openView(browser, 'dark', 1280);
    const { after } = convertingReplay;
    assert.ok(after?.fatal);
    const replay = { ...convertingReplay, after: { ...after, fatal: { ...after.fatal, page: 2 } } };
    await send(page, showing(replay, { step: 13 }));
    assert.equal(await page.locator('.page.fatal').count(), 0);
    await page.keyboard.press('ArrowRight');
    assert.equal(await page.locator('.page.fatal').getAttribute('data-page'), '2');
  });

  it('hands over what is taken along, and pictures in the colours of the theme', async () => {
    page = await openView(browser, 'light', 1280);
    await send(page, showing(convertingReplay, { step: 8 }));
    await page.locator('#take').click();
    await page.locator('#take-copyText').click();
    assert.deepEqual((await sent(page)).at(-1), { type: 'take', what: 'text' });
    await page.keyboard.press('t');
    assert.deepEqual((await sent(page)).at(-1), { type: 'take', what: 'document' });
    for (const [action, name] of [
      ['saveStepSvg', 'guest-kexec-converting-after-step-8.svg'],
      ['saveLanesSvg', 'guest-kexec-converting-after.svg'],
      ['saveStepPng', 'guest-kexec-converting-after-step-8.png'],
      ['saveLanesPng', 'guest-kexec-converting-after.png'],
    ] as const) {
      await page.locator('#take').click();
      await page.locator(`#take-${action}`).click();
      const picture = (await sent(page)).at(-1) as { format?: string; name?: string; data?: string };
      assert.equal(`${picture.name}.${picture.format}`, name);
      const bytes = Buffer.from(picture.data ?? '', picture.format === 'svg' ? 'utf8' : 'base64');
      if (picture.format === 'svg') assert.ok(picture.data?.includes(themes.light['editor-background']));
      else assert.equal(bytes.subarray(1, 4).toString(), 'PNG');
      writeFileSync(path.join(shots, `saved-${name}`), bytes);
    }
  });

  it('closes the menu by Escape and by a click elsewhere', async () => {
    page = await openView(browser, 'dark', 1280);
    await send(page, showing(convertingReplay));
    await page.locator('#take').click();
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'take-showText');
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.menu .items').isVisible(), false);
    await page.locator('#take').click();
    await page.locator('h1').click();
    assert.equal(await page.locator('.menu .items').isVisible(), false);
  });

  for (const theme of ['dark', 'light', 'contrast'] as const) {
    it(`has no barrier that axe-core knows (${theme})`, async () => {
      page = await openView(browser, theme, 1280);
      await send(page, showing(convertingReplay, { step: 14 }));
      assert.deepEqual(await barriers(page), []);
      await page.keyboard.press('s');
      assert.deepEqual(await barriers(page), []);
      await page.keyboard.press('s');
      await page.locator('#take').click();
      assert.deepEqual(await barriers(page), []);
      await page.keyboard.press('Escape');
      await send(page, { type: 'stale', stale: true });
      await page.keyboard.press('?');
      assert.deepEqual(await barriers(page), []);
      await page.keyboard.press('Escape');
      await send(page, showing(longReplay(30, 64), { step: 12 }));
      assert.deepEqual(await barriers(page), []);
    });
  }

  it('can be read in forced colours, and keeps still where motion is to be reduced', async () => {
    page = await openView(browser, 'contrast', 1280);
    await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
    await send(page, showing(convertingReplay, { step: 8 }));
    const animation = await page
      .locator('.page.changed')
      .first()
      .evaluate((card) => getComputedStyle(card).animationName);
    assert.equal(animation, 'none');
    await page.screenshot({ path: path.join(shots, 'view-forced-1280.png') });
  });

  const pictures: readonly (readonly [keyof typeof themes, number, Replay, number])[] = [
    ['dark', 1280, convertingReplay, 14],
    ['light', 1280, fixedReplay, 3],
    ['dark', 640, convertingReplay, 8],
    ['light', 800, convertingReplay, 8],
    ['contrast', 800, convertingReplay, 10],
    ['light', 460, convertingReplay, 6],
    ['dark', 800, longReplay(300, 64), 150],
  ];
  for (const [theme, width, replay, step] of pictures) {
    it(`fits into ${width} pixels (${theme}, ${replay.scenario})`, async () => {
      page = await openView(browser, theme, width);
      await send(page, showing(replay, { step }));
      await page.waitForTimeout(400);
      await page.screenshot({ path: path.join(shots, `view-${theme}-${width}-${replay.scenario}.png`) });
      const overflow = await page.evaluate(() => {
        const main = document.querySelector('main');
        return main ? main.scrollWidth - main.clientWidth : 0;
      });
      assert.equal(overflow, 0, 'nothing sticks out sideways');
      const current = await page.locator('.row.current').boundingBox();
      const list = await page.locator('.steps').boundingBox();
      assert.ok(current && list && current.y >= list.y - 1 && current.y < list.y + list.height, 'the step is in view');
    });
  }

  for (const [theme, width] of [
    ['dark', 1280],
    ['light', 800],
  ] as const) {
    it(`shows both sides in ${width} pixels (${theme})`, async () => {
      page = await openView(browser, theme, width);
      await send(page, showing(fixedReplay, { step: 2, side: 'after' }));
      await page.keyboard.press('s');
      await page.screenshot({ path: path.join(shots, `view-${theme}-${width}-both.png`) });
      const overflow = await page.evaluate(() => {
        const main = document.querySelector('main');
        return main ? main.scrollWidth - main.clientWidth : 0;
      });
      assert.equal(overflow, 0, 'nothing sticks out sideways');
    });
  }
});

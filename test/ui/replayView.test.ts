// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { ShowReplay } from '../../src/extension/replayMessages';
import type { Replay } from '../../src/review/types';
import { convertingReplay, fixedReplay, longReplay } from '../replay/fixture';
import { launchBrowser } from '../vscode-server/chromium.mjs';
import { themes } from './themes';

const dist = path.join(process.cwd(), 'dist');
const shots = path.join(dist, 'shots');

function showing(replay: Replay, more: Partial<ShowReplay> = {}): ShowReplay {
  return {
    type: 'show',
    document: 'file:///mail.eml',
    choice: 'a',
    side: null,
    step: 0,
    replay,
    choices: [
      { id: 'a', label: 'td-exit remains, line 47 (guest-kexec-converting)' },
      { id: 'b', label: 'td-exit fixed, line 97 (guest-kexec)' },
    ],
    verdict: 'The store of conversion_allowed may still be buffered when conversions_in_progress is read.',
    tone: 'bad',
    facts: ['Confidence: mail (the whole function is in the mail).', 'Machine: TDX guest.'],
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
    assert.equal(await page.locator('[role=option]').count(), 15);
    assert.equal(await now(page), 'Start');
    assert.deepEqual((await sent(page)).at(-1), { type: 'position', side: 'after', step: 0 });
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
    await page.locator('.now').getByText('Step 11 of 14').waitFor();
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

  it('scrubs through 2,000 steps without falling behind', async () => {
    page = await openView(browser, 'dark', 800);
    await send(page, showing(longReplay(2000, 4)));
    const took = await page.evaluate(() => {
      const slider = document.querySelector<HTMLInputElement>('#scrub');
      if (!slider) return Number.POSITIVE_INFINITY;
      const start = performance.now();
      for (let step = 0; step < 2000; step += 20) {
        slider.value = String(step);
        slider.dispatchEvent(new Event('input'));
      }
      return (performance.now() - start) / 100;
    });
    assert.ok(took < 16, `${took.toFixed(1)} ms per step`);
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
});

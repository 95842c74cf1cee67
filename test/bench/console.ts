import { gzipSync } from 'node:zlib';
import type { CDPSession, Page } from 'playwright-core';
import { SIZES } from '../console/budgets.js';
import { launch, open, signIn, visit } from '../console/browser.js';
import { round } from './cpu.js';
import type { Installation } from './installation.js';
import { FIRST, Load } from './load.js';
import { reached } from './measurement.js';
import type { Options } from './options.js';

const SLOWER = 4;
const LOADS = 3;
const ROWS = 10_000;
const FRAMES = 60;
const PER_SECOND = 200;
const SECONDS = 20;

/** Budgets of a page: kilobytes (gzip), milliseconds, per cent of a core. */
const BUDGETS = { shellKb: SIZES.shellKb, firstViewKb: SIZES.pageKb, largestChunkKb: 25, lcpMs: 1_800, rowsFrameCpuMs: 25, liveCorePercent: 10 } as const;
type Figures = Readonly<Record<keyof typeof BUDGETS, number>>;

interface ConsoleLine extends Figures {
  readonly bench: 'console';
  /** Table rows in the page, of 10,000 in the answer. */
  readonly rowsInPage: number;
  /** Tasks longer than 50 ms while 200 attempts a second arrived. */
  readonly liveLongTasks: number;
  readonly budgets: typeof BUDGETS;
  readonly missed: string[];
}

/**
 * The console in a real browser: the size of its scripts, how soon it shows something with a CPU slowed down four times, 10,000 rows at once, and 200
 * live rows a second for 20 s (`--seconds`). CPU is the main thread's own time, so that other processes do not matter.
 */
export async function consoleInBrowser({ services, stack, receiver }: Installation, { seconds }: Options): Promise<ConsoleLine> {
  const load = new Load(stack.brokers, services.topicPrefix);
  const [browser] = await Promise.all([launch(), load.connect()]);
  await load.publish(FIRST.console, PER_SECOND);
  await reached(`arrived of ${PER_SECOND}`, () => receiver.count(), (value) => value >= PER_SECOND);
  const { page, context } = await visit(browser, services.url);
  await signIn(page, services.adminKey);
  const cdp = await context.newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  await cdp.send('Network.enable');
  await cdp.send('Network.setCacheDisabled', { cacheDisabled: true });

  const [shell, first] = [await scriptsOf(page, 'settings'), await scriptsOf(page, '')];
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  const lcpMs = await median(LOADS, async () => {
    await open(page, '');
    return page.evaluate<number>(LCP);
  });
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 });

  const many = await manyRows(page, cdp);
  await open(page, 'attempts');
  await page.evaluate('window.longTasks = 0; new PerformanceObserver((list) => { window.longTasks += list.getEntries().length; }).observe({ type: "longtask" })');
  await page.getByRole('button', { name: 'Live', exact: true }).click();
  const lasting = seconds ?? SECONDS;
  const live = await cpuMs(cdp, async () => {
    await load.publishSteadily(FIRST.console + PER_SECOND, PER_SECOND, lasting);
  });
  const liveLongTasks = await page.evaluate<number>('window.longTasks');
  await Promise.all([browser.close(), load.disconnect()]);

  const figures: Figures = {
    shellKb: sumOf(shell),
    firstViewKb: sumOf(first),
    largestChunkKb: Math.max(...[...first].filter(([name]) => !shell.has(name)).map(([, kb]) => kb)),
    lcpMs,
    rowsFrameCpuMs: many.frameCpuMs,
    liveCorePercent: live / lasting / 10,
  };
  const rounded = Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, round(value)])) as Record<keyof Figures, number>;
  const missed = Object.entries(BUDGETS).filter(([name, most]) => figures[name as keyof Figures] > most).map(([name]) => name);
  return { bench: 'console', ...rounded, rowsInPage: many.inPage, liveLongTasks, budgets: BUDGETS, missed };
}

/** Kilobytes (gzip) of each script that a page loads. */
async function scriptsOf(page: Page, path: string): Promise<Map<string, number>> {
  const scripts = new Map<string, Promise<number>>();
  const take = (response: { url(): string; body(): Promise<Buffer> }): void => {
    if (response.url().endsWith('.js')) scripts.set(response.url(), response.body().then((body) => gzipSync(body).length / 1_000));
  };
  page.on('response', take);
  await open(page, path);
  page.off('response', take);
  return new Map(await Promise.all(Array.from(scripts, async ([name, kb]) => [name, await kb] as const)));
}

/** Answers a page of 10,000 rows, made from a real one; then scrolls once per frame. */
async function manyRows(page: Page, cdp: CDPSession): Promise<{ inPage: number; frameCpuMs: number }> {
  await page.route('**/v1/attempts?**', async (route) => {
    const response = await route.fetch();
    const { items, ...rest } = (await response.json()) as { items: { id: string }[] };
    const rows = Array.from({ length: ROWS }, (_, i) => ({ ...items[i % items.length], id: `att_${i}` }));
    await route.fulfill({ response, json: { ...rest, items: rows, next: null } });
  });
  await open(page, 'attempts');
  const scrolled = await cpuMs(cdp, () => page.evaluate(`(async () => { for (let i = 0; i < ${FRAMES}; i++) { scrollBy(0, innerHeight); await new Promise(requestAnimationFrame); } })()`));
  const inPage = await page.locator('tbody tr').count();
  await page.unroute('**/v1/attempts?**');
  return { inPage, frameCpuMs: scrolled / FRAMES };
}

const LCP = 'new Promise((resolve) => new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime)).observe({ type: "largest-contentful-paint", buffered: true }))';

/** CPU milliseconds of the main thread. Chromium counts anew in each document, so this cannot measure anything that loads one. */
async function cpuMs(cdp: CDPSession, what: () => Promise<unknown>): Promise<number> {
  const before = await taskSeconds(cdp);
  await what();
  return ((await taskSeconds(cdp)) - before) * 1_000;
}

const taskSeconds = async (cdp: CDPSession): Promise<number> => (await cdp.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;

async function median(times: number, measure: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let i = 0; i < times; i++) values.push(await measure());
  return values.sort((a, b) => a - b)[Math.floor(times / 2)] ?? 0;
}

const sumOf = (sizes: ReadonlyMap<string, number>): number => [...sizes.values()].reduce((sum, kb) => sum + kb, 0);

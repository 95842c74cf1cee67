import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { eventually } from '../fleet/eventually.js';

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** Long enough for a busy machine: it only ends what never comes. */
const WAITS_MS = 90_000;
const FLAGS = ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];

/** Whether these tests can run. Without a browser they are skipped with a message; with `CI` set they fail. */
export function hasBrowser(): boolean {
  if (existsSync(EXECUTABLE)) return true;
  if (process.env.CI) throw new Error(`there is no Chromium at ${EXECUTABLE}`);
  process.stderr.write(`\nThe console is NOT tested: there is no Chromium at ${EXECUTABLE} (apt-get install chromium, or name one in CHROMIUM).\n`);
  return false;
}

/** Theme and width. With `EVERY_LOOK` all four (`npm run check:console`), else two of them. */
export const looks = ([['light', 1280], ['dark', 375], ['dark', 1280], ['light', 375]] as const).slice(0, process.env.EVERY_LOOK ? 4 : 2);

export const launch = (): Promise<Browser> => chromium.launch({ executablePath: EXECUTABLE, args: FLAGS });

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /**
   * What no page may do: log an error to the browser's console, violate the content security policy, request another origin.
   */
  readonly faults: string[];
}

/** A visitor with cookies and storage of its own. `others`: origins that may be requested too. */
export async function visit(browser: Browser, origin: string, options: { width?: number; theme?: 'light' | 'dark'; others?: readonly string[] } = {}): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: options.width ?? 1280, height: 900 }, colorScheme: options.theme ?? 'light', reducedMotion: 'reduce', baseURL: origin });
  context.setDefaultTimeout(WAITS_MS);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    // The browser's own message about a failed request, which the page explains.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('request', (request) => {
    if (![origin, ...(options.others ?? [])].some((one) => request.url().startsWith(`${one}/`))) faults.push(`asked ${request.url()}`);
  });
  return { page, context, faults };
}

/** Signs in, tried again while a gateway does not know the key yet. */
export async function signIn(page: Page, key: string): Promise<void> {
  const [pages, refusal] = [page.getByRole('navigation', { name: 'Pages' }), page.getByRole('alert').filter({ hasText: /./ })];
  await page.goto('/console/');
  await eventually(async () => {
    await page.getByLabel('API key').fill(key);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await pages.or(refusal).first().waitFor();
    if (!(await pages.isVisible())) throw new Error(await refusal.innerText());
  });
}

/** Opens the search with its key, and types into it. */
export async function find(page: Page, text: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Find' });
  await eventually(async () => {
    if (!(await dialog.isVisible())) await page.keyboard.press('/');
    await dialog.waitFor({ timeout: 5_000 });
  });
  await dialog.locator('input:focus').waitFor();
  await page.keyboard.type(text);
}

/** The row of a list that has the focus, by its number in the table. */
export const focusedRow = (page: Page): Promise<string | undefined> => page.evaluate<string | undefined>('document.activeElement.closest("tr")?.ariaRowIndex');

/** Opens a page of the console, and waits until all its parts have loaded. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(`/console/${path}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.locator('.skeleton').first().waitFor({ state: 'detached' });
}

/** Accessibility faults (axe, WCAG 2.2 AA): the rule and the element. */
export async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(`window.axe ?? (() => { ${axe.source} })()`);
  const { violations } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(`axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'] })`);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** Whether the page must be scrolled sideways. */
export const isTooWide = (page: Page): Promise<boolean> => page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');

/** The cells of tables that are so narrow that their text runs down the page. */
export const squeezed = (page: Page): Promise<string[]> => page.evaluate<string[]>('[...document.querySelectorAll("td")].filter(({ offsetWidth, offsetHeight }) => offsetWidth < 60 && offsetHeight > 120).map(({ innerText }) => innerText)');

/** Waits for a text. If it does not appear, the error has the page's text. */
export async function shows(page: Page, text: string | RegExp): Promise<void> {
  await page
    .getByText(text)
    .first()
    .waitFor()
    .catch(async (error: unknown) => {
      throw new Error(`${String(text)} does not stand on the page, but: ${await page.locator('main').innerText()}`, { cause: error });
    });
}

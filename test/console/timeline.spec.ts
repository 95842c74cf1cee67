import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { always, Receiver } from '@nuncio/fixtures';
import type { Browser, Page } from 'playwright-core';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';
import { barriers, hasBrowser, launch, open, signIn, visit } from './browser.js';
import { soon } from './soon.js';

(hasBrowser() ? describe : describe.skip)('how much of it one sees', () => {
  const fleet = sharedFleet();
  const { url: origin, key } = fleet.api;
  let browser: Browser;
  let receiver: Receiver;
  let delivery: string;

  beforeAll(async () => {
    const made = await Promise.all([launch(), Receiver.start(), Tenant.create(fleet)]);
    [browser, receiver] = made;
    const [, , tenant] = made;
    receiver.answer(always({ status: 204 }));
    await tenant.subscribe(receiver, { retry: { delaysSeconds: [1, 1] } });
    receiver.answer(always({ status: 503 }));
    await tenant.publish([{ payload: '{}' }]);
    delivery = await eventually(async () => {
      const [found] = await tenant.deliveries();
      expect(found?.status).toBe('failed');
      return found?.id ?? '';
    });
  });
  afterAll(async () => {
    await Promise.all([browser.close(), receiver.close(), fleet.cluster.close()]);
  });

  const zoomed = (page: Page): string | null => new URL(page.url()).searchParams.get('zoom');
  const bars = (page: Page): Promise<number> => page.locator('.waterfall .bar').count();

  it('shows a part of a timeline by keys, by buttons and by dragging, and keeps it in the URL', async () => {
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    await open(page, `deliveries/${delivery}`);
    const rows = await page.locator('.waterfall tbody tr').count();
    await soon(() => bars(page)).toBe(rows);
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    await soon(() => page.getByRole('status').filter({ hasText: '4×' }).count()).toBe(1);
    // It came closer to the attempt that is shown below, which is the last, and away from the first row.
    await soon(() => page.locator('.waterfall tbody tr').first().locator('.bar').count()).toBe(0);
    // In the colours of the legend below, not in that of the text.
    await page.locator('.waterfall .phase').first().waitFor();
    await soon(() => page.evaluate<boolean>('getComputedStyle(document.querySelector(".waterfall .phase")).backgroundColor === getComputedStyle(document.querySelector(".phases > span")).backgroundColor')).toBe(true);
    expect(await barriers(page)).toEqual([]);
    const there = page.url();
    await page.getByRole('button', { name: 'Earlier' }).click();
    await soon(() => page.url()).not.toBe(there);
    await page.goto(there);
    await soon(() => page.getByRole('status').filter({ hasText: '4×' }).count()).toBe(1);
    await page.keyboard.press('-');
    await soon(() => page.getByRole('status').filter({ hasText: '2×' }).count()).toBe(1);
    await page.keyboard.press('0');
    await soon(() => zoomed(page)).toBeNull();
    await soon(() => bars(page)).toBe(rows);
    const { x, y, width } = (await page.locator('.waterfall .track').first().boundingBox()) ?? { x: 0, y: 0, width: 0 };
    await page.mouse.move(x + width * 0.75, y + 8);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.5, y + 8);
    await page.mouse.move(x + width * 0.25, y + 8);
    await page.mouse.up();
    await soon(() => zoomed(page)?.split('-').map((place) => Math.round(Number(place)))).toEqual([25, 75]);
    await page.getByRole('button', { name: 'Whole' }).click();
    await soon(() => zoomed(page)).toBeNull();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('shows more rows on a screen for a reader who wants that, from then on', async () => {
    const { page, context, faults } = await visit(browser, origin);
    const heightOf = async (): Promise<number> => {
      await open(page, `deliveries/${delivery}`);
      return (await page.locator('.waterfall tbody tr').first().boundingBox())?.height ?? 0;
    };
    await signIn(page, key);
    const comfortable = await heightOf();
    await open(page, 'settings');
    await page.getByLabel('Density').selectOption('compact');
    await open(page, 'settings');
    await soon(() => page.getByLabel('Density').inputValue()).toBe('compact');
    expect(await heightOf()).toBeLessThan(comfortable);
    expect(await barriers(page)).toEqual([]);
    await open(page, 'settings');
    await page.getByLabel('Density').selectOption('comfortable');
    expect(await heightOf()).toBe(comfortable);
    expect(faults).toEqual([]);
    await context.close();
  });
});

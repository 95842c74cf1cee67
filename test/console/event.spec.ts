import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { always, Receiver } from '@nuncio/fixtures';
import type { Browser, Locator, Page } from 'playwright-core';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';
import { barriers, hasBrowser, isTooWide, launch, looks, open, shows, signIn, visit } from './browser.js';
import { soon } from './soon.js';

(hasBrowser() ? describe : describe.skip)('the page of an event', () => {
  const fleet = sharedFleet();
  const { url: origin, key } = fleet.api;
  let browser: Browser;
  let receiver: Receiver;
  let tenant: Tenant;
  let event: string;

  beforeAll(async () => {
    [browser, receiver, tenant] = await Promise.all([launch(), Receiver.start(), Tenant.create(fleet)]);
    receiver.answer(always({ status: 204 }));
    await tenant.subscribe(receiver, {});
    await tenant.publish([{ payload: '{"total":7}' }]);
    event = await eventually(async () => {
      const [delivery] = await tenant.deliveries();
      expect(delivery?.status).toBe('delivered');
      return delivery?.event ?? '';
    });
  });
  afterAll(async () => {
    await Promise.all([browser.close(), receiver.close(), fleet.cluster.close()]);
  });

  /** A subscription that was made after the event. */
  const late = async (name: string, fields: object = {}): Promise<{ callback: string; subscription: string }> => {
    const { id: callback } = await fleet.api.post<{ id: string }>('/v1/callbacks', { tenant: tenant.id, name, url: new URL(`/${name}`, receiver.url).href, retry: { delaysSeconds: [3_600] } });
    const { id: subscription } = await fleet.api.post<{ id: string }>('/v1/subscriptions', { tenant: tenant.id, callback, eventTypes: [tenant.eventType], activate: true, ...fields });
    return { callback, subscription };
  };

  /** The verdict about a callback, on the page of the event. */
  const verdictOn = async (page: Page, name: string, of = event): Promise<Locator> => {
    await open(page, `events/${of}`);
    await page.getByRole('button', { name: 'Look' }).click();
    const row = page.getByRole('region', { name: 'Verdicts' }).locator('tbody tr', { hasText: name });
    await row.waitFor();
    return row;
  };

  const sentTo = (name: string): number => receiver.requests.filter(({ path, headers }) => path.endsWith(`/${name}`) && headers['webhook-id'] === event).length;

  it.each(looks)('sends the event to a subscription that has not had it, and leads to the delivery, %s, at %i pixels', async (theme, width) => {
    const name = `late-${theme}-${width}`;
    const { subscription } = await late(name);
    const { page, context, faults } = await visit(browser, origin, { theme, width });
    await signIn(page, key);
    const row = await verdictOn(page, name);
    await row.getByRole('button', { name: 'Send…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('It has not had this event.').waitFor();
    expect({ tooWide: await isTooWide(page), barriers: await barriers(page) }).toEqual({ tooWide: false, barriers: [] });
    await dialog.getByRole('button', { name: 'Send it' }).click();
    await dialog.getByText(/Delivered at attempt 1/).waitFor();
    expect(sentTo(name)).toBe(1);
    expect(await barriers(page)).toEqual([]);
    await dialog.getByRole('link', { name: 'To the delivery' }).click();
    await page.getByRole('heading', { level: 1 }).filter({ hasText: 'Delivered at attempt 1' }).waitFor();
    expect(await fleet.api.all('/v1/deliveries', { event, subscription })).toEqual([expect.objectContaining({ status: 'delivered', attemptCount: 1 })]);
    await page.goBack();
    await soon(() => page.getByRole('table', { name: 'Deliveries of this event' }).innerText()).toContain(name);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('says what a subscription has had of the event, and sends it once more', async () => {
    const name = 'once-more';
    const { subscription } = await late(name);
    await fleet.api.post('/v1/replays', { select: { events: { id: [event] }, subscription: [subscription] } });
    await eventually(() => { expect(sentTo(name)).toBe(1); });
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    const row = await verdictOn(page, name);
    await row.getByRole('button', { name: 'Send…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/Delivered at attempt 1/).waitFor();
    await dialog.getByRole('button', { name: 'Send it' }).click();
    await dialog.getByText(/attempt 2 came through, too/).waitFor();
    expect(sentTo(name)).toBe(2);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(faults).toEqual([]);
    await context.close();
  });

  it('sends nothing while a retry is due, and leads to the delivery instead', async () => {
    const name = 'retried';
    const { subscription } = await late(name);
    receiver.answer(always({ status: 503 }));
    const [ceId = ''] = await tenant.publish([{ payload: '{"total":8}' }]);
    const delivery = await eventually(async () => {
      const [found] = await fleet.api.all<{ event: string; status: string; attemptCount: number }>('/v1/deliveries', { ceId, subscription });
      expect(found).toMatchObject({ status: 'pending', attemptCount: 1 });
      return found;
    });
    receiver.answer(always({ status: 204 }));
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    const row = await verdictOn(page, name, delivery?.event);
    await row.getByRole('button', { name: 'Send…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('It cannot be sent now.').waitFor();
    await soon(() => dialog.getByRole('button', { name: 'Send it' }).count()).toBe(0);
    await dialog.getByRole('link', { name: /^Attempt 1 failed/ }).click();
    await page.getByRole('button', { name: 'Send now…' }).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('offers nothing for a subscription that would not get the event, nor to somebody who may only read', async () => {
    const name = 'filtered';
    await late(name, { filter: { exact: { '/data/total': 77 } } });
    const { key: readers } = await fleet.api.post<{ key: string }>('/v1/api-keys', { name: 'a reader', role: 'viewer', tenant: tenant.id });
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    const row = await verdictOn(page, name);
    await row.getByText('the event does not pass its filter').waitFor();
    await soon(() => row.getByRole('button').count()).toBe(0);
    await context.clearCookies();
    await eventually(() => signIn(page, readers));
    await verdictOn(page, name);
    await shows(page, /It would be taken, and goes to/);
    await soon(() => page.getByRole('button', { name: 'Send…' }).count()).toBe(0);
    expect(faults).toEqual([]);
    await context.close();
  });
});

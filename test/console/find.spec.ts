import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { always, Receiver } from '@nuncio/fixtures';
import type { Browser } from 'playwright-core';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';
import { find, hasBrowser, launch, shows, signIn, visit } from './browser.js';
import { soon } from './soon.js';

(hasBrowser() ? describe : describe.skip)('Find', () => {
  const fleet = sharedFleet();
  let browser: Browser;
  let receiver: Receiver;
  let tenant: Tenant;
  /** Of a reader of this tenant: other tests' events are not among the newest that it sees. */
  let key: string;

  beforeAll(async () => {
    [browser, receiver, tenant] = await Promise.all([launch(), Receiver.start(), Tenant.create(fleet)]);
    receiver.answer(always({ status: 204 }));
    await tenant.subscribe(receiver, {});
    ({ key } = await fleet.api.post<{ key: string }>('/v1/api-keys', { name: 'support', role: 'viewer', tenant: tenant.id }));
    await tenant.publish([{ payload: '{}', attributes: { subject: 'order/4711' } }, { payload: '{}', attributes: { subject: 'order/4712' } }]);
    await eventually(async () => {
      expect(await fleet.api.all('/v1/events', { tenant: tenant.id })).toHaveLength(2);
    });
  });
  afterAll(async () => {
    await Promise.all([browser.close(), receiver.close(), fleet.cluster.close()]);
  });

  it.each(['order/4711', 'order 4711', '4711'])('leads from “%s” to the event about it, with the keyboard alone', async (text) => {
    const { page, context, faults } = await visit(browser, fleet.api.url);
    await signIn(page, key);
    await find(page, text);
    await page.getByRole('option', { name: 'event about order/4711' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: tenant.eventType }).waitFor();
    await shows(page, 'order/4711');
    expect(faults).toEqual([]);
    await context.close();
  });

  it('leads an admin from a tenant to its deliveries', async () => {
    const { page, context, faults } = await visit(browser, fleet.api.url);
    await signIn(page, fleet.api.key);
    await find(page, tenant.id);
    await page.getByRole('option', { name: 'deliveries of this tenant' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Deliveries' }).waitFor();
    await soon(() => new URL(page.url()).searchParams.get('tenant')).toBe(JSON.stringify([tenant.id]));
    expect(faults).toEqual([]);
    await context.close();
  });

  it('is seen on a narrow screen too, where its button is in a menu that is closed', async () => {
    const { page, context, faults } = await visit(browser, fleet.api.url, { width: 375 });
    await page.goto('/console/');
    await page.getByLabel('API key').fill(key);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('button', { name: 'Menu' }).waitFor();
    await page.keyboard.press('Control+K');
    await page.getByRole('dialog', { name: 'Find' }).waitFor();
    await page.keyboard.type('4712');
    await page.getByRole('option', { name: 'event about order/4712' }).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });
});

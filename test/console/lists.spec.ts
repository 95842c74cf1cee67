import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Receiver } from '@nuncio/fixtures';
import type { Browser, Page } from 'playwright-core';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';
import { barriers, hasBrowser, isTooWide, launch, looks, open, signIn, visit } from './browser.js';
import { soon } from './soon.js';

(hasBrowser() ? describe : describe.skip)('the lists of the console', () => {
  const fleet = sharedFleet();
  const { url: origin, key } = fleet.api;
  let browser: Browser;
  let receiver: Receiver;
  let tenant: Tenant;
  let credential: string;
  /** Ids of callbacks. */
  let plain: string;
  let withToken: string;
  let rareType: string;

  const callback = async (fields: object): Promise<string> => (await fleet.api.post<{ id: string }>('/v1/callbacks', { tenant: tenant.id, url: receiver.url, ...fields })).id;
  const subscribe = (to: string, eventType: string) => fleet.api.post('/v1/subscriptions', { tenant: tenant.id, callback: to, eventTypes: [eventType] });

  beforeAll(async () => {
    [browser, receiver, tenant] = await Promise.all([launch(), Receiver.start(), Tenant.create(fleet)]);
    rareType = `rare.${tenant.id}`;
    await fleet.api.post('/v1/event-types', { name: rareType });
    ({ id: credential } = await fleet.api.post<{ id: string }>('/v1/credentials', { tenant: tenant.id, name: 'the provider', tokenUrl: 'http://127.0.0.1:9/token', clientId: 'c', clientSecret: 's' }));
    plain = await callback({ name: 'plain' });
    withToken = await callback({ name: 'with a token', authentication: { type: 'oauth2', credential } });
    await callback({ name: 'switched off', enabled: false });
    await subscribe(plain, tenant.eventType);
    await subscribe(withToken, rareType);
  });
  afterAll(async () => {
    await Promise.all([browser.close(), receiver.close(), fleet.cluster.close()]);
  });

  const inUrl = (filters: Readonly<Record<string, string>>): string => new URLSearchParams(Object.entries(filters).map(([name, value]): [string, string] => [name, JSON.stringify([value])])).toString();

  /** What the rows of a list lead to, by name. */
  const rows = (page: Page, table: string) => (): Promise<string[]> => page.getByRole('table', { name: table }).locator('tbody.rows tr > td:first-child a').allInnerTexts();

  const onNarrow = async (page: Page): Promise<void> => {
    const button = page.getByRole('button', { name: /^Filters/ });
    if ((await button.isVisible()) && (await button.getAttribute('aria-expanded')) === 'false') await button.click();
  };

  it.each(looks)('finds subscriptions by event type and callback, whose name it says, %s, at %i pixels', async (theme, width) => {
    const { page, context, faults } = await visit(browser, origin, { theme, width });
    await signIn(page, key);
    await open(page, `subscriptions?${inUrl({ tenant: tenant.id })}`);
    const found = rows(page, 'Subscriptions');
    await soon(found).toEqual([rareType, tenant.eventType]);
    await onNarrow(page);
    const filters = page.getByRole('search', { name: 'Filters' });
    await filters.getByLabel('Event type').fill(rareType);
    await page.keyboard.press('Enter');
    await soon(found).toEqual([rareType]);
    await soon(() => new URL(page.url()).searchParams.get('eventType')).toBe(JSON.stringify([rareType]));
    await filters.getByLabel('Event type').fill('');
    await page.keyboard.press('Enter');
    await soon(found).toHaveLength(2);
    const field = filters.getByLabel('Callback');
    await field.focus();
    await soon(() => page.locator('datalist option', { hasText: 'plain' }).evaluateAll((options) => options.map((option) => (option as unknown as { value: string }).value))).toContain(plain);
    await field.fill(plain);
    await page.keyboard.press('Enter');
    await soon(found).toEqual([tenant.eventType]);
    await filters.getByText(': plain').waitFor();
    expect({ tooWide: await isTooWide(page), barriers: await barriers(page) }).toEqual({ tooWide: false, barriers: [] });
    await page.reload();
    await soon(found).toEqual([tenant.eventType]);
    expect(faults).toEqual([]);
    await context.close();
  });

  it.each<[Record<string, string>, string[]]>([
    [{ enabled: 'false' }, ['switched off']],
    [{ authentication: 'oauth2' }, ['with a token']],
    [{ authentication: 'none', enabled: 'true' }, ['plain']],
  ])('finds callbacks by %j', async (filters, expected) => {
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    await open(page, `callbacks?${inUrl({ tenant: tenant.id, ...filters })}`);
    await soon(rows(page, 'Callbacks')).toEqual(expected);
    expect(await barriers(page)).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('finds the callbacks of a credential, and says which words are no id', async () => {
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    await open(page, `callbacks?${inUrl({ credential })}`);
    await soon(rows(page, 'Callbacks')).toEqual(['with a token']);
    await page.getByText(': the provider').waitFor();
    await page.getByRole('search', { name: 'Filters' }).getByLabel('Credential').fill('nobody');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('there is no credential "nobody"').waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('leads from a callback and an event type to their subscriptions with filters', async () => {
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    await open(page, `callbacks/${withToken}?tab=subscriptions`);
    await page.getByRole('link', { name: 'with filters' }).click();
    await soon(rows(page, 'Subscriptions')).toEqual([rareType]);
    await soon(() => new URL(page.url()).searchParams.get('callback')).toBe(JSON.stringify([withToken]));
    await open(page, `event-types/${rareType}`);
    await page.getByRole('link', { name: 'with filters' }).click();
    // Subscriptions of other tests may be to every type.
    await soon(async () => (await rows(page, 'Subscriptions')()).filter((types) => types !== '*')).toEqual([rareType]);
    expect(faults).toEqual([]);
    await context.close();
  });
});

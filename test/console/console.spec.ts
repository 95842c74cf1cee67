import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { always, Receiver } from '@nuncio/fixtures';
import type { Browser, Page } from 'playwright-core';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';
import { barriers, find, focusedRow, hasBrowser, isTooWide, launch, looks, open, shows, signIn, squeezed, visit } from './browser.js';
import { soon } from './soon.js';

const PAGES = ['', 'deliveries', 'attempts', 'events', 'callbacks', 'credentials', 'subscriptions', 'subscriptions/new', 'approvals', 'incidents', 'settings', 'event-types', 'operations', 'audit', 'quarantine', 'dead-letters', 'fleet', 'tenants'];

(hasBrowser() ? describe : describe.skip)('the console', () => {
  const fleet = sharedFleet();
  const { url: origin, key } = fleet.api;
  let browser: Browser;
  let receiver: Receiver;
  let tenant: Tenant;
  let callback: string;
  let secret: string;
  let subscription: string;
  /** A delivery that failed for good. */
  let failed: string;
  let credential: string;
  let quarantined: string;

  beforeAll(async () => {
    [browser, receiver, tenant] = await Promise.all([launch(), Receiver.start(), Tenant.create(fleet)]);
    await fleet.api.post('/v1/tenants', { id: `donaudampfschifffahrtsgesellschaft-${tenant.id}`, name: 'Donaudampfschifffahrtsgesellschaftshaftpflichtversicherung' });
    ({ callback, secret, subscription } = await tenant.subscribe(receiver, { retry: { delaysSeconds: [] }, labels: { env: 'prod' } }));
    receiver.answer(always({ status: 503, body: '{"error":"maintenance"}' }));
    await tenant.publish([{ payload: '{ "total": 1.0 }' }]);
    ({ id: credential } = await fleet.api.post<{ id: string }>('/v1/credentials', { tenant: tenant.id, name: 'idp', tokenUrl: 'http://127.0.0.1:9/token', clientId: 'c', clientSecret: 's' }));
    const failure = { reason: 'http', detail: null, topic: `${fleet.cluster.topicPrefix}.events`, partition: 0, offset: '0' };
    const headers = { ce_specversion: '1.0', ce_id: 'mended', ce_source: '/console', ce_type: tenant.eventType, ce_tenant: tenant.id, 'content-type': 'application/json', 'nuncio-grave': JSON.stringify(failure) };
    const [place] = await fleet.cluster.send('quarantine', [{ key: tenant.id, value: '{"total":2}', headers }]);
    quarantined = `${place?.partition ?? 0}-${place?.baseOffset ?? ''}`;
    await eventually(() => fleet.api.get(`/v1/quarantine/${quarantined}`));
    failed = await eventually(async () => {
      const [delivery] = await tenant.deliveries();
      expect(delivery?.status).toBe('failed');
      return delivery?.id ?? '';
    });
  });
  afterAll(async () => {
    await Promise.all([browser.close(), receiver.close(), fleet.cluster.close()]);
  });

  it('lets nobody in with a wrong key, and says why', async () => {
    const { page, context, faults } = await visit(browser, origin);
    await page.goto('/console/deliveries');
    await page.getByLabel('API key').fill('nobody-has-this-key');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('Nobody has this key.').waitFor();
    expect(await context.cookies()).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('keeps the key from scripts and storage, comes back to where one was, and forgets it on leaving', async () => {
    const { page, context, faults } = await visit(browser, origin);
    await page.goto('/console/deliveries?status=%5B%22failed%22%5D');
    await page.getByLabel('API key').fill(key);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('heading', { name: 'Deliveries' }).waitFor();
    await soon(() => page.url()).toContain('status=');
    const seen = await page.evaluate<string>('JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }, location.href, document.documentElement.outerHTML])');
    expect(seen).not.toContain(key);
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ name: '__Host-nuncio', httpOnly: true, secure: true, sameSite: 'Strict' });
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('API key').waitFor();
    expect(await context.cookies()).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('goes back to the login as soon as the key is revoked', async () => {
    const { id, key: own } = await fleet.api.post<{ id: string; key: string }>('/v1/api-keys', { name: 'guest', role: 'viewer', tenant: tenant.id });
    const { page, context } = await visit(browser, origin);
    await signIn(page, own);
    await fleet.api.call('DELETE', `/v1/api-keys/${id}`);
    await eventually(async () => {
      await page.reload();
      await page.getByLabel('API key').waitFor({ timeout: 5_000 });
    });
    await context.close();
  });

  it('changes nothing for a request that is not its own, although the cookie comes along', async () => {
    const { page, context } = await visit(browser, origin);
    await signIn(page, key);
    const status = await page.evaluate(async (path) => (await fetch(path, { method: 'POST' })).status, `/v1/deliveries/${failed}/resend`);
    expect(status).toBe(403);
    await context.close();
  });

  it('leads support from a failed delivery to why, and to its second sending', async () => {
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    await page.goto(`/console/deliveries?tenant=%5B%22${tenant.id}%22%5D&status=%5B%22failed%22%5D`);
    await page.locator('tbody a').first().click();
    await page.getByRole('heading', { level: 1 }).filter({ hasText: '503' }).waitFor();
    await soon(() => page.getByText('"maintenance"').first().textContent()).toContain('maintenance');
    await page.getByText('Verify the signature').click();
    await page.getByLabel(/secret or public key/).fill(secret);
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText('The signature holds.').waitFor();
    receiver.answer(always({ status: 204 }));
    await page.getByRole('button', { name: 'Send again' }).click();
    await page.getByRole('dialog').getByText(receiver.url).waitFor();
    await page.getByRole('button', { name: 'Send it' }).click();
    await page.getByRole('heading', { level: 1 }).filter({ hasText: 'Delivered at attempt 2' }).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('finds an event by what a receiver got as its id, with the keyboard alone', async () => {
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    await find(page, receiver.requests[0]?.headers['webhook-id'] ?? '');
    await page.getByRole('option', { name: 'event' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: tenant.eventType }).waitFor();
    await page.getByText('"total": 1').first().waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('says how many deliveries a bulk act is about before it begins', async () => {
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    await page.goto(`/console/deliveries?tenant=%5B%22${tenant.id}%22%5D`);
    await page.getByRole('button', { name: 'Do with all of these…' }).click();
    await page.getByRole('button', { name: 'Count' }).click();
    await page.getByText('1 delivery').first().waitFor();
    await page.getByRole('button', { name: 'Send again: 1' }).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  /** The wizard with an incomplete filter. */
  const wizard = (): string => {
    const filter = { all: [{ exact: { '/data/total': 1 } }, { not: { prefix: { source: '/none' } } }, { any: [{ suffix: { subject: 'x' } }, { exact: { '/data/paid': true } }] }] };
    return `subscriptions/new?${new URLSearchParams({ eventTypes: JSON.stringify([tenant.eventType]), callback, filter: JSON.stringify(filter) }).toString()}`;
  };

  it('leads from an event type to an active subscription, its filter tried on past events and edited in place', async () => {
    const { page, context, faults } = await visit(browser, origin);
    receiver.answer(always({ status: 204 }));
    // The type that all tests use has other tests' events too.
    const eventType = `console.${tenant.id}`;
    await fleet.api.post('/v1/event-types', { name: eventType });
    await tenant.publish([{ payload: '{ "total": 1.0 }', attributes: { type: eventType } }]);
    await eventually(async () => {
      expect(await fleet.api.all('/v1/events', { eventType })).toHaveLength(1);
    });
    await signIn(page, key);
    await open(page, `event-types/${eventType}`);
    await page.getByRole('link', { name: 'Subscribe' }).click();
    await page.getByRole('button', { name: 'Only some of them…' }).click();
    await page.getByLabel('Attribute, or pointer into the payload').fill('/data/total');
    await page.getByLabel('Type of the value').selectOption('number');
    await page.getByLabel('Value', { exact: true }).fill('1');
    await shows(page, '1 of the newest 1 events pass.');
    await page.getByLabel('How these are combined').selectOption('none');
    await shows(page, '0 of the newest 1 events pass.');
    await page.getByLabel('Find a callback').fill(callback);
    await page.getByRole('radio', { name: receiver.url }).check();
    // The selection is in the URL.
    await eventually(() => {
      expect(new URL(page.url()).searchParams.get('callback')).toBe(callback);
    });
    await page.reload();
    await page.getByRole('button', { name: 'Create it' }).click();
    await page.getByRole('heading', { name: 'The subscription is active' }).waitFor();
    await page.getByText('The sample was answered 204.').waitFor();
    await page.getByRole('link', { name: 'To the subscription' }).click();
    await page.getByText('not (/data/total is 1)').waitFor();
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByLabel('Value', { exact: true }).fill('2');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('not (/data/total is 2)').waitFor();
    expect(faults).toEqual([]);
    await context.close();
    const made = (await fleet.api.all<{ id: string; state: string; filter: unknown }>('/v1/subscriptions', { callback })).find(({ id }) => id !== subscription);
    expect(made).toMatchObject({ state: 'activated', filter: { not: { exact: { '/data/total': 2 } } } });
    await fleet.api.call('POST', `/v1/subscriptions/${made?.id ?? ''}/deactivate`);
  });

  it('makes a callback, and shows its secret once', async () => {
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    await open(page, 'callbacks');
    await page.getByRole('button', { name: 'New callback' }).click();
    await page.getByLabel('Name', { exact: true }).fill('made by hand');
    await page.getByLabel('URL', { exact: true }).fill('http://127.0.0.1:9/in');
    await page.getByRole('dialog').getByLabel('Tenant').fill(tenant.id);
    await page.getByRole('button', { name: 'Create it' }).click();
    const shown = await page.getByRole('dialog').getByText('shown this once').locator('code').innerText();
    expect(shown).toMatch(/^whsec_/);
    // However the dialog is closed, the page forgets the secret.
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'made by hand' }).waitFor();
    await soon(() => page.content()).not.toContain(shown);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('makes a credential, edits it without its secrets, and leads to a callback that may use it', async () => {
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    await open(page, 'credentials');
    await page.getByRole('button', { name: 'New credential' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('made by hand');
    await dialog.getByLabel('Tenant').fill(tenant.id);
    await dialog.getByLabel('Client id').fill('a-client');
    await dialog.getByLabel('Client secret').fill('its-secret');
    await dialog.getByRole('button', { name: 'Create it' }).click();
    // Neither a token URL nor an issuer.
    await dialog.getByRole('alert').waitFor();
    await dialog.getByLabel('Token URL', { exact: true }).fill('http://127.0.0.1:9/token');
    await dialog.getByRole('button', { name: 'Create it' }).click();
    await page.getByRole('heading', { level: 1, name: 'made by hand' }).waitFor();
    await page.getByRole('button', { name: 'Edit' }).click();
    await dialog.getByLabel('Scope').fill('hooks.write');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'hidden' });
    const id = page.url().split('/').at(-1) ?? '';
    expect(await fleet.api.get(`/v1/credentials/${id}`)).toMatchObject({ name: 'made by hand', scope: 'hooks.write', hasClientSecret: true, authMethod: 'client_secret_basic' });
    await soon(() => page.content()).not.toContain('its-secret');
    await open(page, 'callbacks');
    await page.getByRole('button', { name: 'New callback' }).click();
    await dialog.getByLabel('OAuth 2.0').selectOption(id);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('shows how each callback of a list fares, with one request for all of them', async () => {
    const { page, context, faults } = await visit(browser, origin);
    for (const name of ['one', 'another']) await fleet.api.post('/v1/callbacks', { tenant: tenant.id, name, url: receiver.url });
    const ids = (await fleet.api.all<{ id: string }>('/v1/callbacks', { tenant: tenant.id })).map(({ id }) => id).sort();
    await signIn(page, key);
    await open(page, 'settings');
    const first = (path: string, name: string): Promise<string[]> => page.waitForRequest((request) => new URL(request.url()).pathname === path).then((request) => new URL(request.url()).searchParams.getAll(name).sort());
    const asked = Promise.all([first('/v1/callbacks/health', 'id'), first('/v1/stats', 'callback')]);
    await page.goto(`/console/callbacks?tenant=${encodeURIComponent(JSON.stringify([tenant.id]))}`);
    expect(await asked).toEqual([ids, ids]);
    await page.getByRole('img', { name: /attempts in 24 hours/ }).first().waitFor();
    await page.getByText('never called').first().waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('makes an event type, edits it, says what its schema must be, and deletes it', async () => {
    const { page, context, faults } = await visit(browser, origin);
    const name = `console.made.${tenant.id}`;
    await signIn(page, key);
    await open(page, 'event-types');
    await page.getByRole('button', { name: 'New event type' }).click();
    await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill(name);
    const schema = page.getByLabel(/JSON Schema/);
    await schema.fill('{"type":');
    await page.getByRole('button', { name: 'Create it' }).click();
    await soon(() => page.evaluate<string>('document.querySelector("dialog[open] textarea").validationMessage')).toContain('This is no JSON');
    await schema.fill('{"type":"nothing"}');
    await page.getByRole('button', { name: 'Create it' }).click();
    await page.getByRole('dialog').getByRole('alert').waitFor();
    await schema.fill('{"type":"object","properties":{"total":{"type":"number"}}}');
    await page.getByRole('button', { name: 'Create it' }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await fleet.api.call('PATCH', `/v1/event-types/${name}`, { labels: { team: 'billing' } });
    await page.reload();
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Description').fill('Made by hand, and edited.');
    await page.getByLabel(/^Labels/).press('End');
    await page.getByLabel(/^Labels/).pressSequentially('\nenv=prod');
    await page.getByLabel('Approval').selectOption('required');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('dl.facts').getByText('a provider approves each subscription').waitFor();
    expect(await fleet.api.get(`/v1/event-types/${name}`)).toMatchObject({ description: 'Made by hand, and edited.', approval: 'required', audience: 'addressed', labels: { team: 'billing', env: 'prod' }, schema: { type: 'object', properties: { total: { type: 'number' } } } });
    await page.getByRole('button', { name: 'Delete…' }).click();
    await page.getByRole('button', { name: 'Delete it' }).click();
    await page.getByRole('heading', { level: 1, name: 'Event types' }).waitFor();
    expect((await fleet.api.call('GET', `/v1/event-types/${name}`)).status).toBe(404);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('pauses a callback, says until when, and ends the pause', async () => {
    const { page, context, faults } = await visit(browser, origin);
    const { id } = await fleet.api.post<{ id: string }>('/v1/callbacks', { tenant: tenant.id, name: 'to be paused', url: receiver.url });
    await signIn(page, key);
    await open(page, `callbacks/${id}`);
    await page.getByRole('button', { name: 'Pause…' }).click();
    await page.getByRole('dialog').getByRole('combobox').selectOption('4 hours');
    await page.getByRole('button', { name: 'Pause it' }).click();
    await shows(page, /Nothing is sent until/);
    const { pausedUntil } = await fleet.api.get<{ pausedUntil: string }>(`/v1/callbacks/${id}`);
    expect(Math.abs(Date.parse(pausedUntil) - Date.now() - 14_400_000)).toBeLessThan(600_000);
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByLabel(/Send what was kept at once/).check();
    await page.getByRole('button', { name: 'End the pause' }).click();
    await page.getByRole('button', { name: 'Pause…' }).waitFor();
    expect(await fleet.api.get(`/v1/callbacks/${id}`)).toMatchObject({ pausedUntil: null });
    expect(faults).toEqual([]);
    await context.close();
  });

  /** A callback of its own, and its page with the settings. */
  const openSettings = async (page: Page, name: string, fields: object = {}): Promise<string> => {
    const { id } = await fleet.api.post<{ id: string }>('/v1/callbacks', { tenant: tenant.id, name, url: receiver.url, ...fields });
    await open(page, `callbacks/${id}?tab=settings`);
    return id;
  };

  it('says of each setting whether it is the profile’s, sends only what was changed, and gives it back', async () => {
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    const id = await openSettings(page, 'to be set', { retry: { jitter: 0.5 } });
    const own = async () => (await fleet.api.get<{ ownSettings: unknown }>(`/v1/callbacks/${id}`)).ownSettings;
    const setting = (label: string) => page.locator('.setting', { has: page.getByLabel(label, { exact: true }) });
    await setting('Timeout, in seconds').getByText('from standard').waitFor();
    await setting('Jitter, in per cent').getByText('set here').waitFor();
    await setting('Jitter, in per cent').getByRole('button', { name: 'Undo' }).click();
    await setting('Jitter, in per cent').getByText('from standard').waitFor();
    await page.getByLabel('Timeout, in seconds').fill('7.5');
    await page.getByLabel('Seconds before each retry').fill('10, 70');
    const plan = page.getByRole('region', { name: 'Retry plan' });
    await plan.getByText('1 min 10 s').waitFor();
    await soon(() => plan.locator('tbody tr').count()).toBe(3);
    await page.getByText('3 settings are changed').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Save' }).waitFor({ state: 'detached' });
    await setting('Timeout, in seconds').getByText('set here').waitFor();
    expect(await own()).toEqual({ timeoutMs: 7_500, retry: { delaysSeconds: [10, 70] } });
    await setting('Timeout, in seconds').getByRole('button', { name: 'Undo' }).click();
    await soon(() => page.getByLabel('Timeout, in seconds').inputValue()).toBe('15');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Save' }).waitFor({ state: 'detached' });
    expect(await own()).toEqual({ retry: { delaysSeconds: [10, 70] } });
    await page.getByText('The whole callback as JSON').click();
    await page.getByRole('region', { name: 'The whole callback as JSON' }).getByText('"timeoutMs": 15000').waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('keeps what was typed on top of what somebody else has changed meanwhile', async () => {
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    const id = await openSettings(page, 'to be set by two');
    await page.getByLabel('Requests in flight at most').fill('3');
    await fleet.api.call('PATCH', `/v1/callbacks/${id}`, { name: 'set by another' });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').getByText('Somebody has changed this callback').waitFor();
    await page.getByRole('heading', { level: 1, name: 'set by another' }).waitFor();
    await soon(async () => [await page.getByLabel('Name', { exact: true }).inputValue(), await page.getByLabel('Requests in flight at most', { exact: true }).inputValue()]).toEqual(['set by another', '3']);
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Save' }).waitFor({ state: 'detached' });
    expect(await fleet.api.get(`/v1/callbacks/${id}`)).toMatchObject({ name: 'set by another', limits: { concurrency: 3 } });
    expect(faults).toEqual([]);
    await context.close();
  });

  it('shows a new scheme’s secret once, and what the API refuses beside its field', async () => {
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    await openSettings(page, 'to be signed', { authentication: { type: 'oauth2', credential } });
    const scheme = page.getByLabel('Scheme', { exact: true });
    await scheme.selectOption('webhookie');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('.setting', { has: scheme }).getByText('uses the header Authorization').waitFor();
    await soon(() => scheme.getAttribute('aria-invalid')).toBe('true');
    expect(await barriers(page)).toEqual([]);
    await page.getByLabel('Bearer token', { exact: true }).selectOption('none');
    await page.getByRole('button', { name: 'Save' }).click();
    const shown = await page.getByRole('dialog').locator('code').innerText();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'I have it' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await soon(() => page.content()).not.toContain(shown);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('shows settings to a reader who may not change them', async () => {
    const { page, context, faults } = await visit(browser, origin);
    const { key: readers } = await fleet.api.post<{ key: string }>('/v1/api-keys', { name: 'a reader', role: 'viewer', tenant: tenant.id });
    await signIn(page, readers);
    await open(page, `callbacks/${callback}?tab=settings`);
    await page.locator('.setting', { hasText: 'Timeout, in seconds' }).getByText('from standard').waitFor();
    await soon(() => page.locator('.setting input, .setting select, .setting button').count()).toBe(0);
    expect(await barriers(page)).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('says how each authorization server fares, and leads to its credentials', async () => {
    const { page, context, faults } = await visit(browser, origin);
    const host = '127.0.0.1:19';
    const { id } = await fleet.api.post<{ id: string }>('/v1/credentials', { tenant: tenant.id, name: 'at a server of its own', tokenUrl: `http://${host}/token`, clientId: 'c', clientSecret: 's' });
    await fleet.api.post('/v1/callbacks', { tenant: tenant.id, name: 'with a token', url: receiver.url, authentication: { type: 'oauth2', credential: id } });
    await fleet.api.post(`/v1/credentials/${id}/test`, {});
    await signIn(page, key);
    await open(page, `credentials?tenant=${encodeURIComponent(JSON.stringify([tenant.id]))}`);
    const row = page.getByRole('table', { name: 'Authorization servers' }).locator('tr', { hasText: host });
    await eventually(async () => {
      await page.reload();
      await row.getByText('failing').waitFor({ timeout: 3_000 });
    });
    // State, errors, paused until, requests today, failed, p95 today, credentials, callbacks.
    await eventually(async () => {
      expect(await row.locator('td').allInnerTexts()).toEqual([host, 'failing', 'connect', expect.anything(), '1', '1', expect.stringMatching(/^[\d.]+ (ms|s)$/), '1', '1']);
    });
    await row.getByRole('link', { name: host }).click();
    const credentials = page.getByRole('table', { name: 'Credentials', exact: true }).locator('tbody tr');
    await eventually(async () => {
      expect(await credentials.allInnerTexts()).toEqual([expect.stringContaining('at a server of its own')]);
    });
    expect(faults).toEqual([]);
    await context.close();
  });

  it('rotates a key: a successor with the same rights, shown once, and the old one revoked after a look at its last use', async () => {
    const { page, context, faults } = await visit(browser, origin);
    const old = await fleet.api.post<{ id: string; key: string }>('/v1/api-keys', { name: 'to be rotated', role: 'consumer', tenant: tenant.id, groups: ['billing'], labels: { rotated: tenant.id } });
    await eventually(() => fleet.api.as(old.key).get('/v1/me'));
    await signIn(page, key);
    await open(page, `tenants?label=${encodeURIComponent(JSON.stringify([`rotated=${tenant.id}`]))}`);
    await page.getByRole('button', { name: 'Rotate…' }).click();
    const dialog = page.getByRole('dialog');
    await soon(() => dialog.getByLabel('Name', { exact: true }).inputValue()).toBe('to be rotated');
    await page.getByRole('button', { name: 'Make the new key' }).click();
    const successor = await dialog.locator('code').innerText();
    await dialog.getByText('The old key was last used').waitFor();
    expect(await barriers(page)).toEqual([]);
    expect(await eventually(() => fleet.api.as(successor).get('/v1/me'))).toMatchObject({ role: 'consumer', tenant: tenant.id, groups: ['billing'] });
    await page.getByRole('button', { name: 'Revoke the old one' }).click();
    await dialog.getByText('The old key is revoked.').waitFor();
    expect((await fleet.api.call('GET', `/v1/api-keys/${old.id}`)).status).toBe(404);
    await page.getByRole('button', { name: 'Close' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await eventually(async () => {
      expect(await page.getByRole('table', { name: 'API keys' }).locator('tbody tr').count()).toBe(1);
    });
    await soon(() => page.content()).not.toContain(successor);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('keeps the focus in a dialog whose request was refused, and forgets the refusal on closing', async () => {
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    await open(page, `event-types/${tenant.eventType}`);
    await page.getByRole('button', { name: 'Delete…' }).click();
    await page.getByRole('button', { name: 'Delete it' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('alert').waitFor();
    await soon(() => page.evaluate<boolean>('document.querySelector("dialog[open]").contains(document.activeElement)')).toBe(true);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Delete…' }).click();
    await page.getByRole('button', { name: 'Delete it' }).waitFor();
    await soon(() => page.getByRole('dialog').getByRole('alert').count()).toBe(0);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('makes a key with groups and an end, which an owner sees, who is offered no role beyond its own', async () => {
    const { page, context, faults } = await visit(browser, origin);
    const { key: owners } = await fleet.api.post<{ key: string }>('/v1/api-keys', { name: 'the owner', role: 'owner', tenant: tenant.id });
    await signIn(page, key);
    await open(page, 'tenants');
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByLabel('Name', { exact: true }).fill('of two groups');
    await page.getByRole('dialog').getByLabel('Tenant', { exact: true }).fill(tenant.id);
    await page.getByLabel(/^Groups/).fill('billing, support');
    await page.getByLabel(/^Ends/).fill('2099-01-31');
    await page.getByLabel(/^Labels/).fill('made=by-hand');
    await page.getByRole('button', { name: 'Create it' }).click();
    await page.getByText('This is the only time it is shown').waitFor();
    await page.getByRole('button', { name: 'I have it' }).click();
    const made = (await fleet.api.all<{ name: string; tenant: string | null }>('/v1/api-keys')).find((one) => one.name === 'of two groups' && one.tenant === tenant.id);
    expect(made).toMatchObject({ role: 'consumer', groups: ['billing', 'support'], expiresAt: new Date('2099-01-31T00:00').toISOString() });
    await page.getByRole('search').getByLabel('Label', { exact: true }).fill('made=by-hand');
    await page.keyboard.press('Enter');
    const keys = page.getByRole('table', { name: 'API keys' }).locator('tbody');
    await eventually(async () => {
      expect(await keys.locator('tr').count()).toBe(1);
    });
    await soon(() => keys.innerText()).toMatch(/of two groups[^]*made=by-hand[^]*never/);
    const other = await visit(browser, origin);
    await signIn(other.page, owners);
    await other.page.getByRole('link', { name: 'API keys' }).click();
    await shows(other.page, 'of two groups');
    await other.page.getByRole('button', { name: 'New key' }).click();
    await soon(() => other.page.getByRole('dialog').getByLabel('Role').locator('option').allTextContents()).toEqual(['consumer', 'owner', 'viewer']);
    expect([...faults, ...other.faults]).toEqual([]);
    await Promise.all([context.close(), other.context.close()]);
  });

  it('shows every process of the fleet, and what is lost with one that is alone', async () => {
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    await eventually(async () => {
      await open(page, 'fleet');
      await page.getByRole('region', { name: 'Processes' }).getByText('dispatcher').first().waitFor({ timeout: 3_000 });
    });
    await shows(page, 'Oldest unfinished');
    await shows(page, /Alone/);
    await shows(page, /nobody reaches the API or this console/);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('says why a sample was not taken and what to do, in the dialog that sent it', async () => {
    const { id: unreachable } = await fleet.api.post<{ id: string }>('/v1/callbacks', { tenant: tenant.id, name: 'out of reach', url: 'http://127.0.0.1:9/' });
    const { id } = await fleet.api.post<{ id: string }>('/v1/subscriptions', { tenant: tenant.id, callback: unreachable, eventTypes: [tenant.eventType] });
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    await open(page, `subscriptions/${id}`);
    await page.getByRole('button', { name: 'Verify…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Verify', exact: true }).click();
    await dialog.getByText('connect: the connection was refused').waitFor();
    await dialog.getByText(/Check that the endpoint is up/).waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await open(page, `callbacks/${unreachable}`);
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await dialog.getByText(/Check that the endpoint is up/).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('does not offer to send now what waits for the end of a pause', async () => {
    const eventType = `console.paused.${tenant.id}`;
    await fleet.api.post('/v1/event-types', { name: eventType });
    const { id } = await fleet.api.post<{ id: string }>('/v1/callbacks', { tenant: tenant.id, name: 'paused from the start', url: receiver.url, pausedUntil: new Date(Date.now() + 3_600_000).toISOString() });
    receiver.answer(always({ status: 204 }));
    await fleet.api.post('/v1/subscriptions', { tenant: tenant.id, callback: id, eventTypes: [eventType], activate: true });
    await tenant.publish([{ payload: '{}', attributes: { type: eventType } }]);
    const held = await eventually(async () => {
      const [delivery] = await fleet.api.all<{ id: string; status: string }>('/v1/deliveries', { callback: id });
      expect(delivery?.status).toBe('held');
      return delivery?.id ?? '';
    });
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    await open(page, `deliveries/${held}`);
    await page.getByRole('button', { name: 'Cancel delivery…' }).waitFor();
    await soon(() => page.getByRole('button', { name: 'Send now…' }).count()).toBe(0);
    expect((await fleet.api.call('POST', `/v1/deliveries/${held}/send-now`)).status).toBe(409);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('says on the page of an event why a subscription would not get it', async () => {
    await fleet.api.post('/v1/subscriptions', { tenant: tenant.id, callback, eventTypes: [tenant.eventType], filter: { exact: { '/data/total': 77 } } });
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    await open(page, `events/${await eventOf(failed)}`);
    await page.getByRole('button', { name: 'Look' }).click();
    const verdicts = page.getByRole('region', { name: 'Verdicts' });
    await verdicts.getByText('the subscription is draft').first().waitFor();
    await verdicts.getByRole('link', { name: 'delivered' }).first().waitFor();
    expect({ tooWide: await isTooWide(page), barriers: await barriers(page) }).toEqual({ tooWide: false, barriers: [] });
    expect(faults).toEqual([]);
    await context.close();
  });

  it('says who would get an event, and why others would not', async () => {
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    await open(page, `event-types/${tenant.eventType}`);
    await page.getByLabel('A CloudEvent as JSON').fill(JSON.stringify({ tenant: 'nobody-is-called-so', data: {} }));
    await page.getByRole('button', { name: 'Simulate' }).click();
    await page.getByText('there is no tenant "nobody-is-called-so"').waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it.each([['deliveries', '&status=%5B%22delivered%22%5D'], ['events', '']])('shows %s as they come', async (list, more) => {
    const { page, context, faults } = await visit(browser, origin);
    receiver.answer(always({ status: 204 }));
    await signIn(page, key);
    await open(page, `${list}?tenant=%5B%22${tenant.id}%22%5D${more}`);
    const before = await page.locator('tbody tr').count();
    await page.getByRole('button', { name: 'Live', exact: true }).click();
    await page.getByText('Waiting for what comes').first().waitFor();
    // Before the stream is open no event is heard.
    await eventually(async () => {
      await tenant.publish([{ payload: '{"live":true}' }]);
      await page.getByText(/since it is on/).first().waitFor({ timeout: 3_000 });
    });
    await soon(() => page.locator('tbody tr').count()).toBeGreaterThan(before);
    await page.getByRole('button', { name: 'Live: stop' }).click();
    expect(faults).toEqual([]);
    await context.close();
  });

  /** Makes the API's answer a list of a thousand. */
  const longList = async (page: Page): Promise<void> => {
    await page.route('**/v1/deliveries?**', async (route) => {
      const response = await route.fetch();
      const { items: [one] } = (await response.json()) as { items: object[] };
      await route.fulfill({ response, json: { items: Array.from({ length: 1_000 }, (_, i) => ({ ...one, id: `dlv_${i}` })), next: null, count: { value: 1_000, exact: true } } });
    });
  };

  it('keeps of a long list only the rows on the screen in the page, and tells a screen reader how many there are', async () => {
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    await longList(page);
    await open(page, `deliveries?tenant=%5B%22${tenant.id}%22%5D`);
    const table = page.getByRole('table', { name: 'Deliveries' });
    await table.locator('tr[aria-rowindex="2"]').waitFor();
    await soon(() => table.getAttribute('aria-rowcount')).toBe('1001');
    await soon(() => table.locator('tbody tr').count()).toBeLessThan(100);
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.press('j');
    await soon(() => focusedRow(page)).toBe('2');
    await page.keyboard.press('j');
    await soon(() => focusedRow(page)).toBe('3');
    await eventually(async () => {
      await page.evaluate('scrollTo(0, document.body.scrollHeight)');
      await table.locator('tr[aria-rowindex="1001"]').waitFor({ timeout: 2_000 });
    });
    await soon(() => table.locator('tbody tr').count()).toBeLessThan(100);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('holds what comes while one reads further down, and says how much it is', async () => {
    const { page, context, faults } = await visit(browser, origin);
    receiver.answer(always({ status: 204 }));
    await signIn(page, key);
    await longList(page);
    await open(page, `deliveries?tenant=%5B%22${tenant.id}%22%5D`);
    await page.getByRole('button', { name: 'Live', exact: true }).click();
    const held = page.getByRole('button', { name: /Paused while you read: \d+ new/ });
    await eventually(async () => {
      await page.evaluate('scrollTo(0, 3000)');
      await tenant.publish([{ payload: '{"held":true}' }]);
      await held.waitFor({ timeout: 3_000 });
    });
    await soon(() => page.evaluate<number>('scrollY')).toBeGreaterThan(2_000);
    await held.click();
    await held.waitFor({ state: 'detached' });
    await page.locator('span[aria-hidden]').filter({ hasText: /[1-9]\d* since it is on/ }).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('leads from a delivery to the next one of the list that it was opened from, and back', async () => {
    const { page, context, faults } = await visit(browser, origin);
    receiver.answer(always({ status: 204 }));
    await tenant.publish(Array.from({ length: 3 }, () => ({ payload: '{"listed":true}' })));
    await eventually(async () => {
      expect((await tenant.deliveries()).length).toBeGreaterThan(3);
    });
    await signIn(page, key);
    await open(page, `deliveries?tenant=%5B%22${tenant.id}%22%5D`);
    await page.locator('tbody tr').nth(1).getByRole('link').first().click();
    const neighbours = page.getByRole('navigation', { name: 'The list it was opened from' });
    await neighbours.getByText(/^2 of \d+$/).waitFor();
    const second = new URL(page.url()).pathname;
    await neighbours.getByRole('link', { name: 'Next' }).click();
    await neighbours.getByText(/^3 of \d+$/).waitFor();
    await page.reload();
    await neighbours.getByText(/^3 of \d+$/).waitFor();
    await page.keyboard.press('k');
    await neighbours.getByText(/^2 of \d+$/).waitFor();
    await soon(() => new URL(page.url()).pathname).toBe(second);
    await neighbours.getByRole('link', { name: 'Back to the list' }).click();
    await page.getByRole('heading', { level: 1, name: 'Deliveries' }).waitFor();
    await soon(() => new URL(page.url()).searchParams.get('tenant')).toContain(tenant.id);
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.getByRole('heading', { level: 1, name: 'Callbacks' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).getByText('Callbacks').waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('keeps a search under a name, in this browser', async () => {
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    await open(page, `deliveries?tenant=%5B%22${tenant.id}%22%5D`);
    await page.getByRole('button', { name: 'Save this view…' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('of one tenant');
    await page.getByRole('button', { name: 'Save it' }).click();
    await open(page, 'deliveries');
    await page.getByLabel('Saved views').selectOption('of one tenant');
    await eventually(() => {
      expect(new URL(page.url()).searchParams.get('tenant')).toContain(tenant.id);
    });
    await page.getByRole('button', { name: 'Forget this view' }).click();
    await page.getByRole('button', { name: 'Save this view…' }).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('adds, turns round and removes filters of any kind with the keyboard alone, each in the URL', async () => {
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    await open(page, `deliveries?event=%5B%22${encodeURIComponent(await eventOf(failed))}%22%5D`);
    const filters = page.getByRole('search', { name: 'Filters' });
    const rows = page.getByRole('table', { name: 'Deliveries' }).locator('tbody tr');
    const add = async (field: string, value: string): Promise<void> => {
      await page.keyboard.press('f');
      await filters.getByLabel('Filter by').selectOption({ label: field });
      await page.keyboard.press('Tab');
      await soon(() => page.evaluate<string>('document.activeElement.tagName')).toBe('INPUT');
      await page.keyboard.type(value);
      await page.keyboard.press('Enter');
    };
    await add('Label of the callback', 'env=prod');
    await filters.getByText('env=prod').waitFor();
    await soon(() => new URL(page.url()).searchParams.get('label')).toBe('["env=prod"]');
    await soon(() => page.evaluate<string>('document.activeElement.textContent')).toBe('+ Filter');
    await soon(() => rows.count()).toBe(1);
    await add('Label of the callback', 'env=test');
    await filters.getByRole('button', { name: 'Remove: Label of the callback is env=prod' }).press('Enter');
    await shows(page, 'No delivery is like this.');
    await filters.getByRole('button', { name: 'Remove: Label of the callback is env=test' }).press('Enter');
    const status = async (): Promise<string> => (await fleet.api.get<{ status: string }>(`/v1/deliveries/${failed}`)).status;
    await page.keyboard.press('f');
    await filters.getByLabel('Filter by').selectOption({ label: 'State' });
    await filters.getByRole('combobox', { name: 'State', exact: true }).selectOption(await status());
    await filters.getByRole('button', { name: 'Add' }).press('Enter');
    await rows.first().waitFor();
    await filters.getByRole('button', { name: /exclude these/ }).press('Enter');
    await shows(page, 'No delivery is like this.');
    await soon(() => new URL(page.url()).searchParams.get('status')).toBe(`["!${await status()}"]`);
    await page.reload();
    await filters.getByRole('button', { name: /show only these/ }).press('Enter');
    await rows.first().waitFor();
    await page.keyboard.press('f');
    await filters.getByLabel('Filter by').selectOption({ label: 'Since' });
    await filters.getByRole('textbox', { name: 'Since' }).fill('yesterday');
    await page.keyboard.press('Enter');
    await soon(() => filters.getByRole('textbox', { name: 'Since' }).evaluate((input) => (input as unknown as { validationMessage: string }).validationMessage)).toContain('Not a time');
    await filters.getByRole('textbox', { name: 'Since' }).fill('-2h');
    await page.keyboard.press('Enter');
    await eventually(() => {
      expect(new URL(page.url()).searchParams.get('since')).toBe('-2h');
    });
    expect(await barriers(page)).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });

  const eventOf = async (delivery: string): Promise<string> => (await fleet.api.get<{ event: string }>(`/v1/deliveries/${delivery}`)).event;

  it('names the filter that is in the way on every page with filters, and leaves it out', async () => {
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    // Other tests have objects of their own on the same pages.
    const nobody = `nobody-${randomUUID().slice(0, 8)}`;
    /** By page: filters that select nothing, of which the first is in the way alone. */
    const hopeless: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
      deliveries: { ceId: [nobody], tenant: [tenant.id] },
      attempts: { eventType: [nobody], tenant: [tenant.id] },
      events: { ceId: [nobody], tenant: [tenant.id] },
      callbacks: { q: [nobody], tenant: [tenant.id] },
      credentials: { q: [nobody], tenant: [tenant.id] },
      subscriptions: { q: [nobody], tenant: [tenant.id] },
      'event-types': { q: [nobody], audience: ['addressed'] },
      audit: { actor: [nobody], tenant: [tenant.id] },
      tenants: { label: [`${nobody}=1`], role: ['admin'] },
    };
    for (const path of PAGES) {
      const filters = hopeless[path];
      const search = new URLSearchParams(Object.entries(filters ?? {}).map(([name, values]): [string, string] => [name, JSON.stringify(values)]));
      await open(page, `${path}?${search.toString()}`);
      await soon(async () => ({ path, hasFilters: (await page.getByRole('search', { name: 'Filters' }).count()) > 0 })).toEqual({ path, hasFilters: filters !== undefined });
      if (!filters) continue;
      const inTheWay = page.getByRole('button', { name: /^Leave out: / });
      await inTheWay.first().waitFor();
      await soon(async () => ({ path, count: await inTheWay.count(), tooWide: await isTooWide(page), barriers: await barriers(page) })).toEqual({ path, count: 1, tooWide: false, barriers: [] });
      await inTheWay.click();
      await page.locator('tbody.rows tr').first().waitFor();
      const [first = '', second = ''] = Object.keys(filters);
      await soon(() => {
        const left = new URL(page.url()).searchParams;
        return { path, first: left.has(first), second: left.has(second) };
      }).toEqual({ path, first: false, second: true });
    }
    await open(page, `deliveries?${new URLSearchParams({ ceId: '["nobody"]', subject: '["nobody"]' }).toString()}`);
    await shows(page, 'No filter is in the way alone');
    await page.getByRole('button', { name: 'Leave out all filters' }).click();
    await page.locator('tbody.rows tr').first().waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('shows every field before and after a change, and that a secret was replaced but not the secret', async () => {
    const { id } = await fleet.api.post<{ id: string }>('/v1/callbacks', { tenant: tenant.id, name: 'history', url: receiver.url, secretHeaders: { 'X-Gate': 'the first of two' }, retry: { delaysSeconds: [1, 2] } });
    await fleet.api.call('PATCH', `/v1/callbacks/${id}`, { timeoutMs: 4_321, retry: { delaysSeconds: [7] } });
    await fleet.api.call('PATCH', `/v1/callbacks/${id}`, { secretHeaders: { 'X-Gate': 'the second of two' } });
    await fleet.api.call('DELETE', `/v1/callbacks/${id}`);
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    await open(page, `audit?id=${encodeURIComponent(JSON.stringify([id]))}`);
    const rows = page.locator('tbody.rows > tr');
    await soon(() => rows.count()).toBe(4);
    const opened: string[][] = [];
    for (const nth of [0, 1, 2, 3]) {
      await rows.nth(nth).locator('summary').click();
      const fields = rows.nth(nth).getByRole('region', { name: 'Differences' }).locator('tbody tr');
      await fields.first().waitFor();
      opened.push((await fields.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ').trim()));
    }
    const [deletion, secret, settings, creation] = opened;
    expect(deletion).toEqual(expect.arrayContaining(['timeoutMs 4321 –', 'retry.delaysSeconds [7] –']));
    expect(secret).toEqual(['secretHeaders <redacted> <redacted>']);
    expect(settings).toEqual(['retry.delaysSeconds [1,2] [7]', expect.stringMatching(/^timeoutMs \d+ 4321$/)]);
    expect(creation).toEqual(expect.arrayContaining(['name – history', 'retry.delaysSeconds – [1,2]']));
    await soon(() => page.content()).not.toContain('of two');
    expect({ tooWide: await isTooWide(page), barriers: await barriers(page) }).toEqual({ tooWide: false, barriers: [] });
    expect(faults).toEqual([]);
    await context.close();
  });

  it('says how much of what a callback was to get in 30 days came through, and leads to what was lost', async () => {
    const { page, context, faults } = await visit(browser, origin);
    const eventType = `console.thirty.${tenant.id}`;
    await fleet.api.post('/v1/event-types', { name: eventType });
    const { id } = await fleet.api.post<{ id: string }>('/v1/callbacks', { tenant: tenant.id, name: 'thirty days', url: receiver.url, retry: { delaysSeconds: [] } });
    receiver.answer(always({ status: 204 }));
    await fleet.api.post('/v1/subscriptions', { tenant: tenant.id, callback: id, eventTypes: [eventType], activate: true });
    await tenant.inForce();
    const ended = (count: number) => eventually(async () => { expect((await fleet.api.all<{ status: string }>('/v1/deliveries', { callback: id })).filter(({ status }) => status === 'delivered' || status === 'failed')).toHaveLength(count); });
    await tenant.publish(Array.from({ length: 3 }, () => ({ payload: '{}', attributes: { type: eventType } })));
    await ended(3);
    receiver.answer(always({ status: 503 }));
    await tenant.publish([{ payload: '{}', attributes: { type: eventType } }]);
    await ended(4);
    await signIn(page, key);
    const fact = page.getByRole('region', { name: 'Health' }).locator('dl > div', { hasText: 'Last 30 days' });
    await eventually(async () => {
      await open(page, `callbacks/${id}`);
      await fact.getByText('75% of 4 were delivered, 1 lost').waitFor({ timeout: 3_000 });
    });
    await fact.getByRole('link', { name: '1 lost' }).click();
    await soon(() => page.getByRole('table', { name: 'Deliveries' }).locator('tbody.rows tr').count()).toBe(1);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('keeps showing what it has read while the server is away, says so, and goes on by itself', async () => {
    const { page, context } = await visit(browser, origin);
    await signIn(page, key);
    await open(page, `deliveries/${failed}`);
    await page.route('**/v1/**', (route) => route.abort());
    await shows(page, 'What you see was read at');
    await shows(page, 'The server cannot be reached');
    await page.getByRole('heading', { level: 1 }).filter({ hasText: /attempt/ }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.unroute('**/v1/**');
    await page.getByText('What you see was read at').waitFor({ state: 'detached' });
    await context.close();
  });

  it('keeps the keyboard on the page that was opened, not at its top', async () => {
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    await open(page, `deliveries?tenant=%5B%22${tenant.id}%22%5D`);
    await page.keyboard.press('j');
    await soon(() => focusedRow(page)).toBe('2');
    await page.keyboard.press('Enter');
    await page.getByRole('navigation', { name: 'The list it was opened from' }).waitFor();
    await eventually(async () => {
      expect(await page.evaluate<string>('document.activeElement.id')).toBe('page');
    });
    await page.keyboard.press('Tab');
    await soon(() => page.evaluate<boolean>('document.querySelector("main").contains(document.activeElement)')).toBe(true);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('can be read at 400 % zoom, in the reader’s own colours, and on paper', async () => {
    const { page, context, faults } = await visit(browser, origin, { width: 320 });
    await signIn(page, key);
    for (const path of [...PAGES, `deliveries/${failed}`, `callbacks/${callback}`, `callbacks/${callback}?tab=settings`]) {
      await open(page, path);
      await eventually(async () => {
        expect({ path, tooWide: await isTooWide(page) }).toEqual({ path, tooWide: false });
      });
    }
    await page.setViewportSize({ width: 1280, height: 900 });
    await open(page, `deliveries/${failed}`);
    const ground = (selector: string) => page.evaluate<string>(`getComputedStyle(document.querySelector('${selector}')).backgroundColor`);
    const bar = await ground('.waterfall .bar');
    await page.emulateMedia({ forcedColors: 'active' });
    expect(await ground('.waterfall .bar')).toBe(bar);
    await page.emulateMedia({ forcedColors: 'none', media: 'print', colorScheme: 'dark' });
    await soon(() => page.locator('.nav').isVisible()).toBe(false);
    await soon(() => page.getByRole('region', { name: 'Timeline' }).isVisible()).toBe(true);
    expect(await ground('.panel')).toBe('rgb(255, 255, 255)');
    expect(faults).toEqual([]);
    await context.close();
  });

  it('shows the columns that the reader has chosen, and asks for no rows anew', async () => {
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    await open(page, `deliveries?tenant=%5B%22${tenant.id}%22%5D`);
    const heads = (): Promise<string[]> => page.getByRole('table', { name: 'Deliveries' }).locator('thead th').allTextContents();
    await soon(heads).not.toContain('Attempts');
    let asked = 0;
    page.on('request', (request) => { if (request.url().includes('/v1/deliveries?')) asked += 1; });
    await page.getByRole('button', { name: 'Columns' }).press('Enter');
    const menu = page.getByRole('group', { name: 'Columns' });
    await menu.getByLabel('Attempts').check();
    await menu.getByLabel('Callback').uncheck();
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await menu.waitFor({ state: 'hidden' });
    await soon(heads).toEqual(['Published', 'State', 'Answer', 'Event type', 'Attempts', 'Where it stands']);
    expect(asked).toBe(0);
    await page.reload();
    await page.getByRole('columnheader', { name: 'Attempts' }).waitFor();
    await page.getByRole('button', { name: 'Columns' }).click();
    await menu.getByRole('button', { name: 'The usual ones' }).click();
    await page.getByRole('columnheader', { name: 'Callback' }).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('reads the same step of both charts, by pointer and by keys, and leads to its attempts', async () => {
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    await open(page, '');
    const [attempts, latency] = [page.getByRole('slider', { name: /^Attempts/ }), page.getByRole('slider', { name: /^Latency of attempts/ })];
    const read = (): Promise<(string | null)[]> => Promise.all([attempts, latency].map((chart) => chart.getAttribute('aria-valuenow')));
    await attempts.hover({ position: { x: 40, y: 40 } });
    await eventually(async () => {
      const [first, second] = await read();
      expect([first, Number(first) < 10]).toEqual([second, true]);
    });
    await page.mouse.move(0, 0);
    await latency.focus();
    await page.keyboard.press('ArrowLeft');
    await soon(read).toEqual(['59', '59']);
    await soon(() => latency.getAttribute('aria-valuetext')).toMatch(/^\d\d:\d\d: (p50 .*|nothing was measured)$/);
    await page.keyboard.press('Shift+Home');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Attempts' }).waitFor();
    const { searchParams } = new URL(page.url());
    expect(Date.parse(searchParams.get('until') ?? '') - Date.parse(searchParams.get('since') ?? '')).toBe(3_600_000);
    await page.goBack();
    await page.getByLabel('What is measured').selectOption('Publication to delivery');
    await page.getByRole('slider', { name: /^Latency from publication to delivery/ }).waitFor();
    await soon(() => new URL(page.url()).searchParams.get('latency')).toBe('end-to-end');
    expect(faults).toEqual([]);
    await context.close();
  });

  it('publishes what is in quarantine again, mended', async () => {
    const { page, context, faults } = await visit(browser, origin);
    receiver.answer(always({ status: 204 }));
    await signIn(page, key);
    await page.goto(`/console/quarantine/${quarantined}`);
    await page.getByRole('button', { name: 'Publish again' }).click();
    await page.getByLabel('Its value').fill('{"total":3}');
    await page.getByRole('button', { name: 'Publish it' }).click();
    await page.getByText(/by key_/).waitFor();
    await eventually(async () => {
      expect(receiver.requests.map(({ body }) => body.toString())).toContain('{"total":3}');
    });
    expect(faults).toEqual([]);
    await context.close();
  });

  it.each(looks)('can be used by everybody, %s, at %i pixels', async (theme, width) => {
    const { page, context, faults } = await visit(browser, origin, { theme, width });
    await open(page, 'login');
    await looksRight('login');
    await signIn(page, key);
    const filtered = new URLSearchParams({ status: '["!delivered","!skipped"]', callback: `["${callback}"]`, label: '["env=prod"]', columns: '["State","Tenant","Attempts","Next attempt","Where it stands"]' }).toString();
    for (const path of [...PAGES, `deliveries?${filtered}`, `deliveries/${failed}`, 'deliveries/dlv_nobody', `callbacks/${callback}`, `callbacks/${callback}?tab=settings`, `callbacks/${callback}?tab=history`, `credentials/${credential}`, `quarantine/${quarantined}`, `event-types/${tenant.eventType}`, `subscriptions/${subscription}`, `subscriptions/${subscription}?edit=true`, wizard()]) {
      await open(page, path);
      await looksRight(path);
    }
    expect(faults).toEqual([]);
    await context.close();

    async function looksRight(path: string): Promise<void> {
      expect({ path, barriers: await barriers(page) }).toEqual({ path, barriers: [] });
      // A chart takes its width one frame later.
      await eventually(async () => {
        expect({ path, tooWide: await isTooWide(page), squeezed: await squeezed(page) }).toEqual({ path, tooWide: false, squeezed: [] });
      });
    }
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuthorizationServer } from '@nuncio/fixtures';
import type { Browser } from 'playwright-core';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';
import { barriers, hasBrowser, isTooWide, launch, looks, open, shows, signIn, visit } from './browser.js';
import { soon } from './soon.js';

(hasBrowser() ? describe : describe.skip)('the page of a credential', () => {
  const fleet = sharedFleet();
  const { url: origin, key } = fleet.api;
  const client = { clientId: 'console', clientSecret: 'of the console', authMethod: 'client_secret_basic' } as const;
  let browser: Browser;
  let server: AuthorizationServer;
  let tenant: Tenant;
  let credential: string;
  let unused: string;

  beforeAll(async () => {
    [browser, server, tenant] = await Promise.all([launch(), AuthorizationServer.start({ clients: [client] }), Tenant.create(fleet)]);
    credential = await tenant.credential(server, client);
    unused = await tenant.credential(server, client, { name: 'unused' });
    for (const secret of ['of the console', 'of the console', 'of somebody else']) {
      await fleet.api.call('PATCH', `/v1/credentials/${credential}`, { clientSecret: secret });
      await fleet.api.post(`/v1/credentials/${credential}/test`);
    }
    await eventually(async () => {
      const { items } = await fleet.api.get<{ items: { requests: number }[] }>(`/v1/stats/token-requests?${new URLSearchParams({ credential, since: new Date(Date.now() - 3_600_000).toISOString() }).toString()}`);
      expect(items.reduce((sum, { requests }) => sum + requests, 0)).toBe(3);
    });
  });
  afterAll(async () => {
    await Promise.all([browser.close(), server.down(), fleet.cluster.close()]);
  });

  it.each(looks)('shows what came of its token requests, and how long they took, %s, at %i pixels', async (theme, width) => {
    const { page, context, faults } = await visit(browser, origin, { theme, width });
    await signIn(page, key);
    await open(page, `credentials/${credential}`);
    const panel = page.locator('section.panel', { has: page.getByRole('heading', { name: 'Token requests' }) });
    await panel.getByText('obtained 2').waitFor();
    await panel.getByText('http 1').waitFor();
    const [requests, latency] = [page.getByRole('slider', { name: /^Token requests, last 24 hours/ }), page.getByRole('slider', { name: /^Latency of token requests/ })];
    await requests.focus();
    const read: string[] = [];
    // They may have been made at the end of the hour before.
    for (const step of ['End', 'ArrowLeft']) {
      await page.keyboard.press(step);
      for (const chart of [requests, latency]) read.push((await chart.getAttribute('aria-valuetext')) ?? '');
    }
    expect(read.join()).toMatch(/[1-9] token requests: .*[12] obtained/);
    expect(read.join()).toMatch(/p50 [\d.]+ m?s, p95/);
    // No attempts stand behind a step.
    await page.keyboard.press('Enter');
    await page.getByRole('combobox', { name: 'Range' }).selectOption('last 7 days');
    await page.getByRole('slider', { name: /^Token requests, last 7 days/ }).waitFor();
    await soon(() => new URL(page.url()).searchParams.get('since')).toBe('-7d');
    expect({ tooWide: await isTooWide(page), barriers: await barriers(page) }).toEqual({ tooWide: false, barriers: [] });
    expect(faults).toEqual([]);
    await context.close();
  });

  it('says that no token was asked for', async () => {
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    await open(page, `credentials/${unused}`);
    await shows(page, 'No token was asked for in the last 24 hours.');
    expect(await barriers(page)).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });
});

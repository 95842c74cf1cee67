import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Receiver } from '@nuncio/fixtures';
import type { Browser, FrameLocator, Page } from 'playwright-core';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';
import { barriers, hasBrowser, isTooWide, launch, visit } from './browser.js';
import { soon } from './soon.js';

const EXAMPLE = fileURLToPath(new URL('../../docs/portal/server.mjs', import.meta.url));

interface HostPage {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** The content of a browser storage as text. A browser may deny a frame of another site even reading it. */
const stored = `(name) => {
  try {
    return JSON.stringify({ ...window[name] });
  } catch {
    return 'denied';
  }
}`;

(hasBrowser() ? describe : describe.skip)('the portal', () => {
  const fleet = sharedFleet();
  const { url: nuncio, key } = fleet.api;
  let browser: Browser;
  let receiver: Receiver;
  let tenant: Tenant;
  let host: HostPage;
  /** A page that knows what the example knows, but has an origin that may not show the portal. */
  let foreign: Server;

  beforeAll(async () => {
    [browser, receiver, tenant] = await Promise.all([launch(), Receiver.start(), Tenant.create(fleet)]);
    await tenant.subscribe(receiver, {});
    await tenant.publish([{ payload: '{"total":1}' }]);
    await eventually(async () => {
      expect(await tenant.deliveries()).toMatchObject([{ status: 'delivered' }]);
    });
    const { serve } = (await import(EXAMPLE)) as { serve: (options: { nuncio: string; key: string; tenant: string }) => Promise<HostPage> };
    host = await serve({ nuncio, key, tenant: tenant.id });
    foreign = createServer((_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(`<iframe src="${nuncio}/portal/"></iframe>`));
    await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await browser.close();
    foreign.closeAllConnections();
    foreign.close();
    await Promise.all([host.close(), receiver.close(), fleet.cluster.close()]);
  });

  /** A visitor of the host page, and the portal in it. `mint`: makes its tokens, if not the page's own server. */
  const visitHost = async (mint?: () => Promise<string>) => {
    const { page, context, faults } = await visit(browser, nuncio, { others: [new URL(host.url).origin] });
    const tokens: string[] = [];
    if (mint)
      await page.route('**/portal-token', async (route) => {
        tokens.push(await mint());
        await route.fulfill({ body: tokens.at(-1) ?? '' });
      });
    else page.on('response', (response) => void (response.url().endsWith('/portal-token') && response.text().then((text) => tokens.push(text))));
    const urls: string[] = [];
    /** The credentials of each API call. */
    const credentials: string[] = [];
    page.on('request', (request) => {
      urls.push(request.url());
      if (request.url().startsWith(`${nuncio}/v1/`)) credentials.push(request.headers().authorization ?? '');
    });
    await page.goto(host.url);
    return { page, context, faults, tokens, urls, credentials, portal: page.frameLocator('iframe') };
  };
  const mint = async (wish: object = {}): Promise<string> =>
    (await fleet.api.post<{ token: string }>('/v1/portal-sessions', { tenant: tenant.id, subject: 'zoe', origin: new URL(host.url).origin, ...wish })).token;
  const tabs = (portal: FrameLocator | Page) => portal.getByRole('navigation', { name: 'Pages' });

  it('shows a customer its deliveries inside of the example page, and keeps the token out of URLs, storage and cookies', async () => {
    const { page, context, faults, tokens, urls, portal } = await visitHost();
    await tabs(portal).getByRole('link', { name: 'Deliveries' }).click();
    await portal.locator('tbody a').first().click();
    await portal.getByRole('heading', { level: 1 }).filter({ hasText: 'Delivered at attempt 1' }).waitFor();
    await soon(() => tokens[0]).toMatch(/^nuncio_portal\./);
    const [token = ''] = tokens;
    const seen = await page.frames()[1]?.evaluate<string>(`JSON.stringify([location.href, document.cookie, document.documentElement.outerHTML, ...['localStorage', 'sessionStorage'].map(${stored})])`);
    const kept = JSON.stringify(await context.storageState({ indexedDB: true }));
    expect([seen, kept, ...urls].join('\n')).not.toContain(token);
    expect(seen).toContain('/portal/deliveries/dlv_');
    expect(await context.cookies()).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('looks as the page around it asks', async () => {
    const { page, context, portal } = await visitHost();
    await tabs(portal).waitFor();
    await soon(() => page.frames()[1]?.evaluate<string>("getComputedStyle(document.documentElement).getPropertyValue('--accent')")).toMatch(/^light-dark\(#0f766e, #/);
    await context.close();
  });

  it('asks for another token before its own ends, and goes on with that', async () => {
    const { context, tokens, credentials, portal } = await visitHost(() => mint({ expiresInSeconds: 10 }));
    await tabs(portal).waitFor();
    await eventually(async () => {
      expect(tokens.length).toBeGreaterThan(1);
      expect(credentials).toContain(`Bearer ${tokens[1] ?? ''}`);
    });
    await tabs(portal).getByRole('link', { name: 'Callbacks' }).click();
    await portal.getByRole('heading', { name: 'Callbacks' }).waitFor();
    await context.close();
  });

  it('lets a customer change the settings of its callback, as far as its token allows', async () => {
    const [one] = await fleet.api.all<{ id: string }>('/v1/callbacks', { tenant: tenant.id });
    const id = one?.id ?? '';
    for (const role of ['viewer', 'consumer']) {
      const { context, faults, portal } = await visitHost(() => mint({ role }));
      await tabs(portal).getByRole('link', { name: 'Callbacks' }).click();
      await portal.locator(`tbody a[href$="${id}"]`).click();
      await portal.getByRole('link', { name: 'Settings' }).click();
      await portal.getByText('from standard').first().waitFor();
      await soon(async () => (await portal.locator('.setting input').count()) > 0).toBe(role === 'consumer');
      if (role === 'consumer') {
        await portal.getByLabel('Timeout, in seconds').fill('9');
        await portal.getByRole('button', { name: 'Save' }).click();
        await portal.getByRole('button', { name: 'Save' }).waitFor({ state: 'detached' });
        expect(await fleet.api.get(`/v1/callbacks/${id}`)).toMatchObject({ timeoutMs: 9_000 });
      }
      expect(faults).toEqual([]);
      await context.close();
    }
  });

  /** A visitor with a link, and what the browser asks for. */
  const visitLink = async (wish: object = {}) => {
    const { page, context, faults } = await visit(browser, nuncio);
    const { id, token, url } = await fleet.api.post<{ id: string; token: string; url: string }>('/v1/portal-sessions', { tenant: tenant.id, subject: 'zoe@acme.com', ...wish });
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    return { page, context, faults, id, token, url, asked };
  };

  it('opens by a link as a page of its own, with a logo and who looks, and keeps the token out of the address, requests, storage and cookies', async () => {
    const { page, context, faults, token, url, asked } = await visitLink();
    await page.goto(url);
    await page.getByText(`${tenant.id} · zoe@acme.com`).waitFor();
    await soon(() => page.evaluate<boolean>('document.querySelector("header img").complete && document.querySelector("header img").naturalWidth > 0')).toBe(true);
    await tabs(page).getByRole('link', { name: 'Deliveries' }).click();
    await page.locator('tbody a').first().click();
    await page.getByRole('heading', { level: 1 }).filter({ hasText: 'Delivered at attempt 1' }).waitFor();
    const seen = await page.evaluate<string>(`JSON.stringify([location.href, document.cookie, document.documentElement.outerHTML, ...['localStorage', 'sessionStorage'].map(${stored})])`);
    expect([seen, JSON.stringify(await context.storageState({ indexedDB: true })), ...asked].join('\n')).not.toContain(token);
    expect(seen).toContain('/portal/deliveries/dlv_');
    expect(await barriers(page)).toEqual([]);
    await page.setViewportSize({ width: 375, height: 800 });
    expect(await isTooWide(page)).toBe(false);
    expect(faults).toEqual([]);
    await page.reload();
    await page.getByText('open the link that you were given').waitFor();
    await context.close();
  });

  it('ends the session of a link when one signs out, and the link opens nothing any more', async () => {
    const { page, context, faults, token, url } = await visitLink();
    await page.goto(url);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You are signed out').waitFor();
    await soon(() => page.getByRole('navigation').count()).toBe(0);
    await eventually(async () => {
      expect((await fleet.api.as(token).call('GET', '/v1/me')).status).toBe(401);
    });
    await page.goto('about:blank');
    await page.goto(url);
    await page.getByText('This session has ended').waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('leaves the page when somebody else ends the session, and when it runs out', async () => {
    const { page, context, id, url } = await visitLink();
    await page.goto(url);
    await tabs(page).waitFor();
    await fleet.api.delete(`/v1/portal-sessions/${id}?tenant=${tenant.id}`);
    // The overview asks again by itself.
    await page.getByText('This session has ended').waitFor();
    const { url: short } = await visitLink({ expiresInSeconds: 8 });
    await page.goto('about:blank');
    await page.goto(short);
    await page.getByText('This session has ended').waitFor();
    await context.close();
  });

  it('is no link with the token of a page, nor without one', async () => {
    const { page, context, asked } = await visitLink();
    await page.goto(`/portal/#token=${await mint()}`);
    await page.getByText('This link does not open your webhooks').waitFor();
    await page.goto('/portal/');
    await page.getByText('open the link that you were given').waitFor();
    expect(asked.filter((one) => one.includes('/v1/'))).toEqual([]);
    await context.close();
  });

  it('writes dates and numbers as the link or the page around it asks', async () => {
    const { page, context, url } = await visitLink({ locale: 'de-AT' });
    await page.goto(url);
    await page.getByText(/^100\s%$/).first().waitFor();
    const framed = await visitHost(() => mint({ locale: 'fr' }));
    await framed.portal.getByText(/^100\s%$/).first().waitFor();
    await Promise.all([context.close(), framed.context.close()]);
  });

  it('shows nothing in a page that may not show it', async () => {
    const page = await browser.newPage();
    const refusals: string[] = [];
    page.on('console', (message) => refusals.push(message.text()));
    await page.goto(`http://127.0.0.1:${(foreign.address() as AddressInfo).port}/`);
    await eventually(async () => {
      expect(refusals.join('\n')).toContain('frame-ancestors');
    });
    await soon(() => page.frames().filter((frame) => frame.url().includes('/portal/'))).toEqual([]);
    await page.close();
  });

  it('takes no token that was made for another page', async () => {
    const { page, context, tokens, credentials, portal } = await visitHost(() => mint({ origin: 'https://elsewhere.example' }));
    await eventually(async () => {
      expect(tokens.length).toBeGreaterThan(0);
    });
    // Messages are handled in order: once this one is accepted, the other has been ignored.
    const right = await mint();
    await page.evaluate(`document.querySelector('iframe').contentWindow.postMessage({ nuncio: 'token', token: '${right}' }, '${nuncio}')`);
    await tabs(portal).waitFor();
    expect(new Set(credentials)).toEqual(new Set([`Bearer ${right}`]));
    await context.close();
  });

  it('says for which page a token is, if it is not for this one', async () => {
    const { context, portal } = await visitHost(() => mint({ origin: 'https://elsewhere.example' }));
    await portal.getByText('The token is for pages of https://elsewhere.example, and this one is of http://localhost').waitFor();
    await context.close();
  });

  it('says that it waits while the page around it gets no token, tells that page why, and goes on once it does', async () => {
    let isAway = true;
    const { context, faults, portal } = await visitHost(() => (isAway ? Promise.resolve('the server is away') : mint()));
    await portal.getByText('Waiting until the page around this one signs you in').waitFor();
    expect(faults).toEqual([expect.stringContaining('getToken failed: Error: it gave no token of POST /v1/portal-sessions')]);
    isAway = false;
    await tabs(portal).waitFor();
    await context.close();
  });

  it('asks for another token when the one that it has is refused', async () => {
    const made = [await mint({ expiresInSeconds: 1 })];
    await eventually(async () => {
      expect((await fleet.api.as(made[0] ?? '').call('GET', '/v1/me')).status).toBe(401);
    });
    const { context, portal } = await visitHost(async () => made.pop() ?? mint());
    await tabs(portal).waitFor();
    await context.close();
  });

  it('can be in a page twice, each with its own place and token', async () => {
    const { page, context, faults, tokens } = await visitHost();
    const first = page.frameLocator('main iframe');
    await tabs(first).waitFor();
    await page.evaluate(`(async () => {
      const { mount } = await import('${nuncio}/portal/embed.js');
      const place = document.body.appendChild(document.createElement('section'));
      mount(place, { getToken: async () => (await fetch('/portal-token', { method: 'POST' })).text(), path: '/callbacks', theme: { scheme: 'dark' } });
    })()`);
    const second = page.frameLocator('section iframe');
    await second.getByRole('heading', { name: 'Callbacks' }).waitFor();
    await first.getByRole('heading', { level: 1 }).waitFor();
    await soon(() => first.getByRole('heading', { name: 'Callbacks' }).count()).toBe(0);
    await soon(() => tokens.length).toBe(2);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('may be shown by the pages in the settings, and the console by nobody', async () => {
    const policy = (path: string) => fetch(`${nuncio}${path}`, { headers: { accept: 'text/html' } }).then(({ headers }) => headers.get('content-security-policy'));
    expect(await policy('/console/')).toContain("frame-ancestors 'none'");
    expect(await policy('/portal/')).toContain('frame-ancestors http://localhost:*');
  });
});

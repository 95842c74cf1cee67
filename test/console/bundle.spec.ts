import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { always, AuthorizationServer, Receiver } from '@nuncio/fixtures';
import type { Browser } from 'playwright-core';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';
import { hasBrowser, launch, open, signIn, visit } from './browser.js';

(hasBrowser() ? describe : describe.skip)('the file with everything about a delivery', () => {
  const fleet = sharedFleet();
  const { url: origin, key } = fleet.api;
  const client = { clientId: 'bundle', clientSecret: 'the secret of the client', authMethod: 'client_secret_basic' } as const;
  let browser: Browser;
  let receiver: Receiver;
  let server: AuthorizationServer;
  let tenant: Tenant;
  let delivery: string;
  let secret: string;
  /** Published with a payload that is no text. */
  const payload = Buffer.from([0, 255, 254, 1]);

  beforeAll(async () => {
    [browser, receiver, server, tenant] = await Promise.all([launch(), Receiver.start(), AuthorizationServer.start({ clients: [client] }), Tenant.create(fleet)]);
    receiver.answer(always({ status: 204 }));
    const credential = await tenant.credential(server, client);
    ({ secret } = await tenant.subscribe(receiver, { authentication: { type: 'oauth2', credential }, secretHeaders: { 'X-Gate': 'the word at the gate' }, retry: { delaysSeconds: [] } }));
    receiver.answer(always({ status: 503 }));
    await tenant.publish([{ payload, contentType: 'application/octet-stream' }]);
    delivery = await eventually(async () => {
      const [found] = await tenant.deliveries();
      expect(found?.status).toBe('failed');
      return found?.id ?? '';
    });
  });
  afterAll(async () => {
    await Promise.all([browser.close(), receiver.close(), server.down(), fleet.cluster.close()]);
  });

  it('has the delivery with its attempts, its event and bytes, its configuration, and no secret', async () => {
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    await open(page, `deliveries/${delivery}`);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as JSON' }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe(`${delivery}.json`);
    const text = await readFile(await file.path(), 'utf8');
    expect(JSON.parse(text)).toMatchObject({
      from: origin,
      delivery: { id: delivery, status: 'failed', attempts: [{ number: 1, response: { status: 503 } }] },
      event: { contentType: 'application/octet-stream' },
      payload: { base64: payload.toString('base64') },
      callback: { tenant: tenant.id, secretHeaders: { 'X-Gate': '<redacted>' } },
      callbackWhenPublished: { tenant: tenant.id },
      callbackHealth: { state: 'failing' },
      subscription: { tenant: tenant.id },
      credentialHealth: { state: 'working' },
    });
    const token = receiver.requests.at(-1)?.headers.authorization?.replace('Bearer ', '') ?? '';
    expect(token).not.toBe('');
    for (const hidden of [secret, client.clientSecret, 'the word at the gate', token]) expect(text).not.toContain(hidden);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('says why a part is missing', async () => {
    const { page, context, faults } = await visit(browser, origin);
    await signIn(page, key);
    await open(page, `deliveries/${delivery}`);
    await page.route('**/payload', (route) => route.fulfill({ status: 404, contentType: 'application/problem+json', json: { status: 404, code: 'not-found', title: 'Not found', detail: 'The payload is no longer kept.' } }));
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as JSON' }).click();
    const text = await readFile(await (await download).path(), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ delivery: { id: delivery }, payload: { problem: { status: 404, code: 'not-found', detail: 'The payload is no longer kept.' } } });
    expect(faults).toEqual([]);
    await context.close();
  });
});

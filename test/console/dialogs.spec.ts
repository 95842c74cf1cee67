import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { always, Receiver } from '@nuncio/fixtures';
import type { Browser, Page } from 'playwright-core';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';
import { barriers, hasBrowser, isTooWide, launch, looks, open, signIn, visit } from './browser.js';
import { soon } from './soon.js';

const SOURCE = fileURLToPath(new URL('../../apps/console/src/', import.meta.url));

interface Opening {
  readonly path: string;
  /** Opens the dialog. */
  readonly by: (page: Page) => Promise<unknown>;
}

/** Presses the button with this name, the first one. */
const button = (name: string) => (page: Page): Promise<void> => page.getByRole('button', { name, exact: true }).first().click();

/** The same of a button that a narrow screen has in the menu. */
const inMenu = (name: string) => async (page: Page): Promise<void> => {
  const menu = page.getByRole('button', { name: 'Menu' });
  if (await menu.isVisible()) await menu.click();
  await button(name)(page);
};

(hasBrowser() ? describe : describe.skip)('the dialogs of the console', () => {
  const fleet = sharedFleet();
  const { url: origin, key } = fleet.api;
  let browser: Browser;
  let receiver: Receiver;
  /** By the source file that has the dialog. */
  let dialogs: Readonly<Record<string, readonly Opening[]>>;

  beforeAll(async () => {
    const [started, endpoint, tenant] = await Promise.all([launch(), Receiver.start(), Tenant.create(fleet)]);
    [browser, receiver] = [started, endpoint];
    const { callback, subscription } = await tenant.subscribe(receiver, { retry: { delaysSeconds: [] } });
    receiver.answer(always({ status: 503 }));
    await tenant.publish(Array.from({ length: 5 }, () => ({ payload: '{}' })));
    const [failed, event] = await eventually(async () => {
      const deliveries = await tenant.deliveries();
      expect(deliveries.filter(({ status }) => status === 'failed')).toHaveLength(5);
      return [deliveries[0]?.id ?? '', deliveries[0]?.event ?? ''];
    });
    const make = async (path: string, body: object): Promise<string> => (await fleet.api.post<{ id: string }>(path, body)).id;
    const [paused, disabled, signed] = await Promise.all([
      make('/v1/callbacks', { tenant: tenant.id, name: 'paused', url: receiver.url, pausedUntil: new Date(Date.now() + 3_600_000).toISOString() }),
      make('/v1/callbacks', { tenant: tenant.id, name: 'disabled', url: receiver.url, enabled: false }),
      make('/v1/callbacks', { tenant: tenant.id, name: 'signed', url: receiver.url }),
    ]);
    const credential = await make('/v1/credentials', { tenant: tenant.id, name: 'idp', tokenUrl: 'http://127.0.0.1:9/token', clientId: 'c', clientSecret: 's' });
    const draft = await make('/v1/subscriptions', { tenant: tenant.id, callback: paused, eventTypes: [tenant.eventType] });
    const { operation } = await fleet.api.post<{ operation: string }>('/v1/replays', { select: { tenant: [tenant.id] }, perSecond: 0.1 });
    await fleet.api.post(`/v1/operations/${operation}/pause`);
    const grave = { reason: 'http', detail: null, topic: `${fleet.cluster.topicPrefix}.events`, partition: 0, offset: '0' };
    const [place] = await fleet.cluster.send('quarantine', [{ key: tenant.id, value: '{"total":2}', headers: { ce_specversion: '1.0', ce_id: 'mended', ce_source: '/console', ce_type: tenant.eventType, ce_tenant: tenant.id, 'content-type': 'application/json', 'nuncio-grave': JSON.stringify(grave) } }]);
    const quarantined = `${place?.partition ?? 0}-${place?.baseOffset ?? ''}`;
    await eventually(() => fleet.api.get(`/v1/quarantine/${quarantined}`));
    const ofTenant = `tenant=${encodeURIComponent(JSON.stringify([tenant.id]))}`;
    dialogs = {
      'access/new-key.tsx': [{ path: 'tenants', by: button('New key…') }],
      'access/new-tenant.tsx': [{ path: 'tenants', by: button('New tenant…') }],
      'access/revoke-key.tsx': [{ path: 'tenants?q=%5B%22key_bootstrap%22%5D', by: button('Revoke…') }],
      'access/rotate-key.tsx': [{ path: 'tenants?q=%5B%22key_bootstrap%22%5D', by: button('Rotate…') }],
      'callbacks/callback.tsx': [{ path: `callbacks/${callback}?tab=settings`, by: (page) => button('Delete…')(page).then(() => button('Delete it')(page)).then(() => page.getByRole('dialog').getByRole('alert').waitFor()) }],
      'callbacks/enabling.tsx': [{ path: `callbacks/${callback}`, by: button('Disable…') }, { path: `callbacks/${disabled}`, by: button('Enable…') }],
      'callbacks/new-callback.tsx': [{ path: 'callbacks', by: button('New callback…') }],
      'callbacks/pausing.tsx': [{ path: `callbacks/${callback}`, by: button('Pause…') }, { path: `callbacks/${paused}`, by: button('Resume…') }],
      'callbacks/recover.tsx': [{ path: `callbacks/${callback}`, by: (page) => button('Recover…')(page).then(() => button('Count')(page)).then(() => page.getByText('would be sent again').waitFor()) }],
      'callbacks/rotate-secret.tsx': [{ path: `callbacks/${callback}`, by: (page) => button('Rotate secret…')(page).then(() => button('Rotate')(page)).then(() => page.getByText('This is the only time').or(page.getByRole('alert')).waitFor()) }],
      'callbacks/settings.tsx': [{
        path: `callbacks/${signed}?tab=settings`,
        by: async (page) => {
          const scheme = page.getByLabel('Scheme', { exact: true });
          // Another scheme makes a new secret.
          await scheme.selectOption((await scheme.inputValue()) === 'persona' ? 'webhookie' : 'persona');
          await button('Save')(page);
        },
      }],
      'callbacks/test.tsx': [{ path: `callbacks/${callback}`, by: (page) => button('Test')(page).then(() => page.getByRole('dialog').getByText(/ after /).waitFor()) }],
      'catalogue/delete-event-type.tsx': [{ path: `event-types/${tenant.eventType}`, by: (page) => button('Delete…')(page).then(() => button('Delete it')(page)).then(() => page.getByRole('dialog').getByRole('alert').waitFor()) }],
      'catalogue/event-type-form.tsx': [{ path: 'event-types', by: button('New event type…') }, { path: `event-types/${tenant.eventType}`, by: button('Edit…') }],
      'credentials/credential.tsx': [{ path: `credentials/${credential}`, by: button('Delete…') }],
      'credentials/credential-form.tsx': [{ path: 'credentials', by: button('New credential…') }, { path: `credentials/${credential}`, by: button('Edit…') }],
      'delivery/acts.tsx': [{ path: `deliveries/${failed}`, by: button('Send again…') }],
      'event/send-to.tsx': [{ path: `events/${event}`, by: (page) => button('Look')(page).then(() => button('Send…')(page)).then(() => page.getByText('It has had this event').waitFor()) }],
      'explorer/bulk.tsx': [{ path: `deliveries?${ofTenant}`, by: (page) => button('Do with all of these…')(page).then(() => button('Count')(page)).then(() => page.getByRole('button', { name: /^Send again: / }).waitFor()) }],
      'explorer/views.tsx': [{ path: `deliveries?${ofTenant}`, by: button('Save this view…') }],
      'failed-records/failed-record.tsx': [{ path: `quarantine/${quarantined}`, by: button('Publish again…') }],
      'operations/operations.tsx': [{ path: 'operations', by: button('Cancel…') }],
      'shell/find.tsx': [{ path: 'callbacks', by: inMenu('Find /') }],
      'shell/help.tsx': [{ path: 'callbacks', by: inMenu('Keys') }],
      'subscriptions/subscription.tsx': [{ path: `subscriptions/${draft}`, by: button('Delete…') }],
      'subscriptions/moves.tsx': [{ path: `subscriptions/${subscription}`, by: button('Suspend…') }],
    };
  });
  afterAll(async () => {
    await Promise.all([browser.close(), receiver.close(), fleet.cluster.close()]);
  });

  it('are all in this test', async () => {
    const files = (await readdir(SOURCE, { recursive: true })).filter((file) => file.endsWith('.tsx') && !file.startsWith('parts/'));
    const having = await Promise.all(files.map(async (file) => (/<(?:Dialog|Asked|Delete|dialog)\b/.test(await readFile(SOURCE + file, 'utf8')) ? [file] : [])));
    expect(Object.keys(dialogs).sort()).toEqual(having.flat().sort());
  });

  it('are opened by buttons that end in “…”', async () => {
    const files = (await readdir(SOURCE, { recursive: true })).filter((file) => file.endsWith('.tsx') && file !== 'parts/dialog.tsx');
    const own = await Promise.all(files.map(async (file) => (/onClick=\{\(\) => \w+\.current\?\.open\(\)\}/.test(await readFile(SOURCE + file, 'utf8')) ? [file] : [])));
    expect(own.flat()).toEqual([]);
  });

  it.each(looks)('can be used by everybody, keep the focus, fit the screen, and begin anew, %s, at %i pixels', async (theme, width) => {
    const { page, context, faults } = await visit(browser, origin, { theme, width });
    await signIn(page, key);
    const dialog = page.locator('dialog[open]');
    for (const [file, openings] of Object.entries(dialogs))
      for (const { path, by } of openings) {
        await open(page, path);
        await by(page);
        await dialog.waitFor();
        const is = async () => ({
          barriers: await barriers(page),
          hasFocus: await page.evaluate<boolean>('document.querySelector("dialog[open]").contains(document.activeElement)'),
          tooWide: (await isTooWide(page)) || (await page.evaluate<boolean>('(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)(document.querySelector("dialog[open]"))')),
        });
        await soon(async () => ({ file, path, ...(await is()) })).toEqual({ file, path, barriers: [], hasFocus: true, tooWide: false });
        await page.keyboard.press('Escape');
        await dialog.waitFor({ state: 'detached' });
        // To what opened it; if that is gone, to the page.
        if (new URL(page.url()).pathname === `/console/${path.split('?')[0] ?? ''}`) await soon(async () => ({ file, focus: await page.evaluate<string>('document.activeElement.tagName') })).toEqual({ file, focus: expect.stringMatching(/^(?:BUTTON|MAIN)$/) });
        // What was asked for before it closed may be answered now, and is forgotten then.
        await eventually(async () => {
          expect({ file, left: await page.locator('dialog [role="alert"], dialog [role="status"]:not(:empty)').allInnerTexts() }).toEqual({ file, left: [] });
        });
      }
    expect(faults).toEqual([]);
    await context.close();
  });
});

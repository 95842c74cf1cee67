import { afterAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { hasBrowser, launch, visit } from './browser.js';

const fleet = sharedFleet();
const { url: origin } = fleet.api;
afterAll(() => fleet.cluster.close());

describe('/docs of the gateway', () => {
  it('is for anybody, and allows no scripts but its own, and nobody to frame it', async () => {
    const page = await fetch(`${origin}/docs`);
    expect([page.status, page.url]).toEqual([200, `${origin}/docs/`]);
    const policy = (page.headers.get('content-security-policy') ?? '').split('; ');
    expect(policy).toEqual(expect.arrayContaining(["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"]));
    expect(policy.join()).not.toContain('unsafe');
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    const script = await fetch(`${origin}/docs/redoc.js`, { headers: { 'accept-encoding': 'br' } });
    expect([script.status, script.headers.get('content-encoding'), script.headers.get('content-type')]).toEqual([200, 'br', expect.stringContaining('javascript')]);
    expect((await script.text()).match(/https:\/\/cdn[^"'`]*/g)).toBeNull();
    expect((await fetch(`${origin}/docs/nothing.js`)).status).toBe(404);
  });

  (hasBrowser() ? it : it.skip)('shows every operation, and asks no other origin for anything', async () => {
    const browser: Browser = await launch();
    const { page, faults } = await visit(browser, origin);
    await page.goto('/docs/');
    const { paths } = await fleet.api.get<{ paths: Record<string, Record<string, { operationId?: string; summary?: string }>> }>('/v1/openapi.json');
    const operations = Object.values(paths).flatMap((path) => Object.values(path).flatMap(({ summary }) => (summary === undefined ? [] : [summary])));
    expect(operations.length).toBeGreaterThan(80);
    await page.getByRole('heading', { name: 'Create callback' }).first().waitFor();
    await eventually(async () => {
      const shown = await page.evaluate<string>('document.body.innerText');
      expect(operations.filter((summary) => !shown.includes(summary))).toEqual([]);
    });
    expect(faults).toEqual([]);
    await browser.close();
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { IdentityProvider } from '@nuncio/fixtures';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { eventually } from '../fleet/eventually.js';
import { ownFleet, type OwnFleet } from '../fleet/fleet.js';
import { barriers, hasBrowser, launch, visit, type Visit } from './browser.js';
import { soon } from './soon.js';

const AUDIENCE = 'https://nuncio.acme.com';
/** Long enough to look around, short enough to see a renewal. */
const TOKEN_LIFE_SECONDS = 5;

(hasBrowser() ? describe : describe.skip)('signing in to the console with OpenID Connect', () => {
  let browser: Browser;
  let provider: IdentityProvider;
  let fleet: OwnFleet;
  let origin: string;

  beforeAll(async () => {
    provider = await IdentityProvider.open();
    const client = { id: 'console', secret: 'of the console: 100 % + /' };
    const env = { OIDC_ISSUER: provider.issuer, OIDC_AUDIENCE: AUDIENCE, OIDC_JWKS_URL: `${provider.issuer}/jwks`, OIDC_ROLES: 'ops=admin,consumer=consumer' };
    const gateway = { OIDC_CLIENT_ID: client.id, OIDC_CLIENT_SECRET: client.secret, OIDC_NAME: 'Acme', OIDC_SIGN_IN_PARAMS: 'scope=openid+offline_access&prompt=consent' };
    [browser, fleet] = await Promise.all([launch(), ownFleet('sign-in', { names: ['config-service', 'attempt-log', 'gateway'], env, envOf: { gateway } })]);
    origin = fleet.api.url;
    provider.serve({
      client: { ...client, redirectUri: `${origin}/auth/callback`, afterLogoutUri: `${origin}/console/login` },
      audience: AUDIENCE,
      accessTokenLifeSeconds: TOKEN_LIFE_SECONDS,
      people: { zoe: { tenant: 'acme', roles: ['consumer'] }, olga: { roles: ['ops'] }, nora: { tenant: 'acme', roles: ['nothing-here'] } },
    });
    await fleet.api.post('/v1/tenants', { id: 'acme', name: 'Acme' });
  });
  afterAll(() => Promise.all([browser.close(), fleet.close(), provider.stop()]));

  const arrive = (): Promise<Visit> => visit(browser, origin, { others: [provider.issuer] });
  async function signIn(page: Page, name: string, path = '/console/'): Promise<void> {
    await page.goto(path);
    await page.getByRole('link', { name: 'Sign in with Acme' }).click();
    await page.getByRole('link', { name, exact: true }).click();
  }
  /** Only the console's cookies: the provider is another port of this host, and sets its own. */
  const ours = async (context: BrowserContext) => (await context.cookies(origin)).filter(({ name }) => name.startsWith('__Host-nuncio'));
  /** Everything that a script in the page could read. */
  const seenBy = (page: Page): Promise<string> => page.evaluate<string>('JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }, location.href, document.documentElement.outerHTML])');
  const me = (page: Page) => page.evaluate<{ id: string; role: string; tenant: string; expiresAt: string }>("fetch('/v1/me').then((answer) => answer.json())");

  it('makes one who the token says, brings one back to where one was, and keeps every token from scripts', async () => {
    const { page, context, faults } = await arrive();
    const urls: string[] = [];
    page.on('request', (request) => urls.push(request.url()));
    await signIn(page, 'zoe', '/console/deliveries?status=%5B%22failed%22%5D');
    await page.getByRole('heading', { name: 'Deliveries' }).waitFor();
    await soon(() => page.url()).toContain('/console/deliveries?status=');
    expect(await me(page)).toMatchObject({ id: 'oidc:zoe', role: 'consumer', tenant: 'acme' });
    await soon(() => page.getByRole('link', { name: 'Tenants and keys' }).count()).toBe(0);
    expect(await ours(context)).toEqual([expect.objectContaining({ name: '__Host-nuncio', httpOnly: true, secure: true, sameSite: 'Strict' })]);
    expect(JSON.stringify([await seenBy(page), urls])).not.toMatch(/eyJ[\w-]+\./);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('goes on past the end of a token, in two tabs at once, until the sign-in is revoked', async () => {
    const { page, context, faults } = await arrive();
    await signIn(page, 'olga', '/console/tenants');
    await page.getByRole('heading', { name: 'Tenants and keys' }).waitFor();
    const other = await context.newPage();
    await other.goto('/console/audit');
    await other.getByRole('heading', { name: 'Audit' }).waitFor();
    const { expiresAt } = await me(page);
    await eventually(async () => {
      for (const tab of [page, other]) expect(Date.parse((await me(tab)).expiresAt)).toBeGreaterThan(Date.parse(expiresAt) + 1_000 * TOKEN_LIFE_SECONDS);
    });
    provider.revokeAll();
    await Promise.all([page, other].map((tab) => tab.getByText('Your session has ended').waitFor()));
    expect(faults).toEqual([]);
    await context.close();
  });

  it('ends here and at the provider', async () => {
    const { page, context } = await arrive();
    await signIn(page, 'zoe');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Yes' }).click();
    await page.getByRole('link', { name: 'Sign in with Acme' }).click();
    // The provider asks again who signs in.
    await page.getByRole('link', { name: 'olga' }).waitFor();
    expect(await ours(context)).toEqual([expect.objectContaining({ name: '__Host-nuncio-sign-in' })]);
    await context.close();
  });

  it.each([
    ['whoever has no role here', 'nora', 'The token has no known role in the claim "roles".'],
    ['whoever refuses', 'Nobody', 'Acme has not signed you in: the person has refused.'],
  ])('says why not to %s', async (_, name, reason) => {
    const { page, context } = await arrive();
    await signIn(page, name);
    await page.getByRole('alert').getByText(reason).waitFor();
    expect((await ours(context)).map((cookie) => cookie.name)).not.toContain('__Host-nuncio');
    await context.close();
  });

  it('takes no answer that this browser did not ask for', async () => {
    const [mine, theirs] = [await arrive(), await arrive()];
    // A link with somebody's own code, which would sign another person in as them.
    await theirs.page.route('**/auth/callback*', (route) => route.abort());
    const asked = theirs.page.waitForRequest('**/auth/callback*');
    await signIn(theirs.page, 'olga');
    const link = (await asked).url();
    for (const begun of [false, true]) {
      if (begun) await mine.page.goto('/auth/login?to=/');
      await mine.page.goto(link);
      await mine.page.getByRole('alert').filter({ hasText: begun ? 'is not accepted' : 'was not begun' }).waitFor();
      expect((await ours(mine.context)).map(({ name }) => name)).not.toContain('__Host-nuncio');
    }
    await Promise.all([mine.context.close(), theirs.context.close()]);
  });

  it('has a login page for everybody', async () => {
    const { page, context } = await arrive();
    await page.goto('/console/login');
    await page.getByRole('link', { name: 'Sign in with Acme' }).waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await barriers(page)).toEqual([]);
    }
    await context.close();
  });

  it('leads nowhere else afterwards', async () => {
    const { page, context } = await arrive();
    await page.goto('/auth/login?to=' + encodeURIComponent('//evil.example/../../auth/logout?x#y'));
    await page.getByRole('link', { name: 'zoe' }).click();
    await page.waitForURL(`${origin}/console/**`);
    await context.close();
  });
});

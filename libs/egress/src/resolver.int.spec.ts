import { afterEach, describe, expect, it } from '@jest/globals';
import { systemResolver } from './resolver.js';
import { type DnsServer, startDnsServer, type Zone } from './testing/dns-server.js';

let server: DnsServer | undefined;
const resolverOf = async (zone: Zone) => {
  server = await startDnsServer(zone);
  return systemResolver([server.address]);
};

afterEach(() => {
  server?.close();
});

describe('systemResolver', () => {
  it('answers with the addresses of both families', async () => {
    const resolve = await resolverOf(() => ['192.0.2.1', '192.0.2.2', '2001:db8::7']);
    expect([...(await resolve('customer.com', false))].sort()).toEqual(['192.0.2.1', '192.0.2.2', '2001:db8::7']);
  });

  it('asks again for every call, whatever the TTL says', async () => {
    let flips = 0;
    const resolve = await resolverOf((_name, family) => (family === 4 ? [`192.0.2.${++flips}`] : ['192.0.2.0']));
    for (let i = 1; i <= 20; i++) expect(await resolve('customer.com', false)).toEqual([`192.0.2.${i}`]);
  });

  it('shares one lookup among concurrent calls', async () => {
    const resolve = await resolverOf(() => ['192.0.2.1', '2001:db8::1']);
    await Promise.all(Array.from({ length: 50 }, () => resolve('customer.com', false)));
    expect(server?.questions.sort()).toEqual(['customer.com/4', 'customer.com/6']);
  });

  it('does not wait long for a family whose servers do not answer', async () => {
    const resolve = await resolverOf((_name, family) => (family === 6 ? null : ['192.0.2.1']));
    const startedAt = performance.now();
    expect(await resolve('customer.com', false)).toEqual(['192.0.2.1']);
    // Less than the three tries of a second each at the silent server.
    expect(performance.now() - startedAt).toBeLessThan(2_500);
  });

  it('fails with class dns for a name that does not exist', async () => {
    const resolve = await resolverOf(() => []);
    await expect(resolve('customer.com', false)).rejects.toMatchObject({ errorClass: 'dns' });
  });

  it("takes silence about every name for an internal failure, and silence about one name for that name's: a broken domain belongs to a tenant, a dead resolver to the operator", async () => {
    const silent = await resolverOf(() => null);
    const asked = silent('customer.com', false);
    let isOver = false;
    asked.catch(() => (isOver = true));
    while (!silent.isAway?.()) await new Promise((resolve) => setTimeout(resolve, 50));
    // It is known before the question times out.
    expect(isOver).toBe(false);
    await expect(asked).rejects.toMatchObject({ errorClass: 'internal', message: 'no DNS server answers' });
    server?.close();
    const resolve = await resolverOf((name) => (name === 'broken.com' ? null : ['192.0.2.1']));
    await expect(resolve('broken.com', false)).rejects.toMatchObject({ errorClass: 'dns' });
    expect(resolve.isAway?.()).toBe(false);
  });

  it('fails internally if no DNS server listens', async () => {
    const resolve = await resolverOf(() => []);
    server?.close();
    server = undefined;
    await expect(resolve('customer.com', false)).rejects.toMatchObject({ errorClass: 'internal' });
  });

  it.each(['refused', 'servfail'] as const)('distinguishes a resolver that answers %s to everything, which is internal, from one that does so for one name', async (said) => {
    const ill = await resolverOf(() => said);
    await expect(ill('customer.com', false)).rejects.toMatchObject({ errorClass: 'internal' });
    server?.close();
    const resolve = await resolverOf((name) => (name === 'broken.com' ? said : ['192.0.2.1']));
    await expect(resolve('broken.com', false)).rejects.toMatchObject({ errorClass: 'dns' });
  });

  it('asks only DNS, and not the hosts file, unless the operator listed the name', async () => {
    const resolve = await resolverOf(() => []);
    await expect(resolve('localhost', false)).rejects.toMatchObject({ errorClass: 'dns' });
    expect(await resolve('localhost', true)).toContain('127.0.0.1');
  });
});

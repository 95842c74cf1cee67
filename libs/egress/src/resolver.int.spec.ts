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

  it('asks anew for every call, whatever the TTL says', async () => {
    let flips = 0;
    const resolve = await resolverOf((_name, family) => (family === 4 ? [`192.0.2.${++flips}`] : ['192.0.2.0']));
    for (let i = 1; i <= 20; i++) expect(await resolve('customer.com', false)).toEqual([`192.0.2.${i}`]);
  });

  it('shares one lookup among those who want it at the same time', async () => {
    const resolve = await resolverOf(() => ['192.0.2.1', '2001:db8::1']);
    await Promise.all(Array.from({ length: 50 }, () => resolve('customer.com', false)));
    expect(server?.questions.sort()).toEqual(['customer.com/4', 'customer.com/6']);
  });

  it('does not wait long for a family whose servers are silent', async () => {
    const resolve = await resolverOf((_name, family) => (family === 6 ? null : ['192.0.2.1']));
    const startedAt = performance.now();
    expect(await resolve('customer.com', false)).toEqual(['192.0.2.1']);
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  it('fails with class dns for a name that does not exist', async () => {
    const resolve = await resolverOf(() => []);
    await expect(resolve('customer.com', false)).rejects.toMatchObject({ errorClass: 'dns' });
  });

  it('asks DNS alone, not the hosts file, unless the operator listed the name', async () => {
    const resolve = await resolverOf(() => []);
    await expect(resolve('localhost', false)).rejects.toMatchObject({ errorClass: 'dns' });
    expect(await resolve('localhost', true)).toContain('127.0.0.1');
  });
});

import { expect, it } from '@jest/globals';
import type { Principal } from '@nuncio/contracts';
import { InFlight } from './in-flight.js';

const caller = (id: string, tenant: string | null): Principal => ({ id, role: 'consumer', tenant, groups: [] });

it('allows four requests of a tenant at once, whoever sends them, and those of others as before', async () => {
  const writes = new InFlight(4, 'changes');
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const waiting = [1, 2, 3, 4].map((n) => writes.count(caller(`key_${n}`, 'acme'), () => promise));
  await expect(writes.count(caller('key_5', 'acme'), () => Promise.resolve(1))).rejects.toMatchObject({ code: 'too-many-requests', retryAfterSeconds: 1 });
  await expect(writes.count(caller('key_6', 'globex'), () => Promise.resolve(1))).resolves.toBe(1);
  await expect(writes.count(caller('admin', null), () => Promise.resolve(1))).resolves.toBe(1);
  resolve(undefined);
  await Promise.all(waiting);
  await expect(writes.count(caller('key_5', 'acme'), () => Promise.resolve(1))).resolves.toBe(1);
});

it('does not count failed requests any longer', async () => {
  const writes = new InFlight(4, 'changes');
  for (let n = 0; n < 10; n++) await expect(writes.count(caller('key_1', 'acme'), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(writes.count(caller('key_1', 'acme'), () => Promise.resolve(1))).resolves.toBe(1);
});

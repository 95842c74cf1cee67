import { expect, it } from '@jest/globals';
import { Pace } from './pace.js';
import { PayloadReads } from './payload-reads.js';

const megabyte = Buffer.alloc(1_048_576);

it('lets others have their turn between large payloads, and not between small ones', async () => {
  let turns = 0;
  const counted = (): NodeJS.Immediate => setImmediate(() => void ((turns += 1), (next = counted())));
  let next = counted();
  const pace = new Pace();
  for (let i = 0; i < 10; i++) await pace.after(Buffer.alloc(100));
  expect(turns).toBe(0);
  for (let i = 0; i < 10; i++) await pace.after(megabyte);
  clearImmediate(next);
  expect(turns).toBeGreaterThanOrEqual(9);
});

it('limits each tenant to its share: one that tries more filters at once is refused, and no other tenant is', async () => {
  const reads = new PayloadReads();
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const under = Array.from({ length: 4 }, () => reads.count({ tenant: 'acme' }, () => promise));
  await expect(reads.count({ tenant: 'acme' }, () => promise)).rejects.toMatchObject({ code: 'too-many-requests' });
  await expect(reads.count({ tenant: 'globex' }, () => Promise.resolve(1))).resolves.toBe(1);
  resolve(undefined);
  await Promise.all(under);
});

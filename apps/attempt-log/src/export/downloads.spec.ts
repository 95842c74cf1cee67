import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { StreamableFile } from '@nestjs/common';
import { expect, it } from '@jest/globals';
import type { Principal } from '@nuncio/contracts';
import { Turns } from '@nuncio/service';
import { showAttempt, type ShownAttempt } from '../query/attempts/attempt.js';
import { encodeCursor } from '../query/filters/filter.js';
import type { Page } from '../query/select.js';
import { attempted, ofDelivery } from '../testing/facts.js';
import { Downloads } from './downloads.js';

const viewer = (tenant: string): Principal => ({ id: `key_${tenant}`, role: 'viewer', tenant, groups: [] });
const isStill = (): Promise<boolean> => Promise.resolve(true);
const next = encodeCursor({ at: new Date(0).toISOString(), id: 'att_1' });
const attempt = showAttempt(attempted(ofDelivery(), 1, { response: { status: 200, headers: {}, body: 'x'.repeat(16_000), bodyEncoding: 'utf8', bodyTruncated: false } }));
/** Pages without an end. */
const endless = (): Promise<Page<ShownAttempt>> => Promise.resolve({ items: Array.from({ length: 10 }, () => attempt), next });
const begin = (downloads: Downloads, tenant: string, given: Partial<Parameters<Downloads['begin']>[0]> = {}): Promise<StreamableFile> =>
  downloads.begin({ caller: viewer(tenant), isStill, format: 'ndjson', page: endless, cursor: undefined, ...given });

it('serves four downloads of a tenant at once, until each is read or its reader has gone', async () => {
  const downloads = new Downloads(new Turns());
  const [first] = await Promise.all(Array.from({ length: 4 }, () => begin(downloads, 'acme')));
  await expect(begin(downloads, 'acme')).rejects.toMatchObject({ code: 'too-many-requests' });
  await begin(downloads, 'globex');
  const stream = first?.getStream();
  stream?.destroy();
  if (stream) await once(stream, 'close');
  await new Promise((resolve) => setImmediate(resolve));
  const last = await begin(downloads, 'acme', { page: () => Promise.resolve({ items: [attempt], next: null }) });
  await expect(begin(downloads, 'acme')).rejects.toMatchObject({ code: 'too-many-requests' });
  await text(last.getStream());
  await new Promise((resolve) => setImmediate(resolve));
  await begin(downloads, 'acme');
});

it('leaves no place taken where nothing was begun', async () => {
  const downloads = new Downloads(new Turns());
  for (let n = 0; n < 9; n++) await expect(begin(downloads, 'acme', { page: () => Promise.reject(new Error('no')) })).rejects.toThrow('no');
});

it('breaks off when the caller is not the same any more', async () => {
  let isValid = true;
  const downloads = new Downloads(new Turns());
  const file = await begin(downloads, 'acme', { isStill: () => Promise.resolve(isValid) });
  isValid = false;
  await expect(text(file.getStream())).rejects.toMatchObject({ code: 'unauthenticated' });
});

it('reads each further page in turn with all that its tenant asks for', async () => {
  const turns = new Turns();
  const places = Array.from({ length: 4 }, () => Promise.withResolvers<undefined>());
  const busy = places.map(({ promise }) => turns.during('acme', () => promise));
  let read = 0;
  const file = await begin(new Downloads(turns), 'acme', { page: () => Promise.resolve({ items: [attempt], next: ++read < 3 ? next : null }) });
  const whole = text(file.getStream());
  await new Promise((resolve) => setImmediate(resolve));
  expect(read).toBe(1);
  for (const { resolve } of places) resolve(undefined);
  await Promise.all(busy);
  expect((await whole).trimEnd().split('\n')).toHaveLength(3);
});

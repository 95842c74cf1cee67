import { expect, it } from '@jest/globals';
import { Turns } from './turns.js';

/** Requests that end when the test says so; `begun` lists them in the order of their turns. */
function working(turns: Turns) {
  const begun: { name: string; end: () => void }[] = [];
  const ask = (tenant: string | null, name: string) =>
    turns.during(tenant, () => new Promise<string>((resolve) => begun.push({ name, end: () => { resolve(name); } })));
  const names = (): string[] => begun.map(({ name }) => name);
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return { begun, ask, names, settled };
}

it('gives a tenant with one request a slot at once, and lets two with many take turns', async () => {
  const { begun, ask, names, settled } = working(new Turns());
  for (let i = 0; i < 100; i++) void ask('acme', `acme ${i}`);
  await settled();
  expect(names()).toEqual([0, 1, 2, 3].map((i) => `acme ${i}`));
  for (let i = 0; i < 10; i++) void ask('globex', `globex ${i}`);
  await settled();
  expect(names().slice(4)).toEqual([0, 1, 2, 3].map((i) => `globex ${i}`));
  void ask('late', 'late 0');
  for (let i = 0; i < 3; i++) begun[i]?.end();
  await settled();
  expect(names().slice(8).sort()).toEqual(['acme 4', 'acme 5', 'late 0']);
  for (let i = 4; i < 7; i++) begun[i]?.end();
  await settled();
  expect(names().slice(11)).toContain('globex 4');
});

it('returns each result, passes failures on, and keeps no slot for them', async () => {
  const turns = new Turns();
  for (let i = 0; i < 30; i++) await expect(turns.during('acme', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(Promise.all(Array.from({ length: 50 }, (_, i) => turns.during(i % 2 ? 'acme' : null, () => Promise.resolve(i))))).resolves.toEqual(Array.from({ length: 50 }, (_, i) => i));
});

it('limits how many requests of a tenant may wait', async () => {
  const { ask, settled } = working(new Turns());
  for (let i = 0; i < 254; i++) void ask('acme', 'x');
  await expect(ask('acme', 'x')).rejects.toMatchObject({ code: 'too-many-requests' });
  void ask('globex', 'y');
  await settled();
});

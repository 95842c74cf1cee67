import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { type Path, type Place, samplesOf } from './testing/wire-samples.js';
import { topics } from './topics/index.js';
import { readWire } from './wire.js';
import { wires } from './wires.js';

const NEXT = 'of-the-next-release';

/** A copy with another value at one place. */
function changed(value: unknown, [first, ...rest]: Path, to: (before: unknown) => unknown): unknown {
  if (first === undefined) return to(value);
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<PropertyKey, unknown>;
  copy[first] = changed(copy[first], rest, to);
  return copy;
}
const valueAt = (value: unknown, path: Path): unknown => path.reduce((one, part) => (one as Record<PropertyKey, unknown>)[part], value);

describe.each(wires.map(({ name, schema }) => [name, schema] as const))('%s', (_name, schema) => {
  const samples = samplesOf(schema);
  const read = (value: unknown) => readWire(schema, JSON.stringify(value));
  const each = (kinds: readonly Place['is'][], look: (value: unknown, path: Path) => void): void => {
    for (const { value, places } of samples) for (const { path, is } of places) if (kinds.includes(is)) look(value, path);
  };

  it('is read as it was written', () => {
    expect(samples.length).toBeGreaterThan(0);
    for (const { value } of samples) expect(read(value)).toEqual({ is: 'known', value });
  });

  it('keeps an unknown field, wherever it is', () => {
    each(['object'], (value, path) => {
      const wider = changed(value, path, (before) => ({ ...(before as object), [NEXT]: { deep: [NEXT] } }));
      expect(read(wider)).toEqual({ is: 'known', value: wider });
    });
  });

  it('treats an unknown kind, and a field where no other is allowed, as those of a newer release', () => {
    each(['closed'], (value, path) => {
      expect([path, read(changed(value, path, () => NEXT))]).toMatchObject([path, { is: 'newer' }]);
    });
    each(['strict'], (value, path) => {
      expect([path, read(changed(value, path, () => ({ [NEXT]: 1 })))]).toMatchObject([path, { is: 'newer' }]);
    });
    each(['open'], (value, path) => {
      expect([path, read(changed(value, path, () => NEXT))]).toMatchObject([path, { is: 'known' }]);
    });
  });

  it('is unreadable if it is malformed', () => {
    for (const text of [undefined, null, '', '{', 'null', '3', '[]', `"${NEXT}"`]) expect([text, readWire(schema, text)]).toMatchObject([text, { is: 'unreadable' }]);
    each(['other', 'closed'], (value, path) => {
      if (path.length && valueAt(value, path) !== null) expect([path, read(changed(value, path, () => [[NEXT]]))]).toMatchObject([path, { is: 'unreadable' }]);
    });
  });
});

it('covers every JSON topic', () => {
  expect(topics.filter(({ value, name }) => value && !wires.some((wire) => wire.name === name))).toEqual([]);
});

it('is read from other services only by readWire', () => {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const names = ['AttemptFact', 'AggregateRecord', 'ConfigEvent', 'Errand', 'RecordFailure', 'Pulse', 'Reply', 'Sample', 'Signal', 'TokenEvent', 'TokenRequest', 'TokenEntry', 'TokenFailure', String.raw`[\w.]+\.value`];
  const direct = new RegExp(String.raw`\b(${names.join('|')})\.(safeParse|parse)\(JSON\.parse`);
  const files = ['apps', 'libs'].flatMap((dir) =>
    readdirSync(join(root, dir)).flatMap((project) =>
      readdirSync(join(root, dir, project, 'src'), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
        .map((file) => join(dir, project, 'src', file)),
    ),
  );
  expect(files.length).toBeGreaterThan(300);
  expect(files.filter((file) => direct.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
});

it('treats as a field of a newer release none that would change the meaning of its object', () => {
  const read = readWire(z.object({ a: z.string() }), '{"a":"b","__proto__":{"c":1}}');
  expect(read).toMatchObject({ is: 'known' });
  expect(Object.getPrototypeOf(read.is === 'known' ? read.value : null)).toBe(Object.prototype);
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { topics } from './topics/index.js';
import { readWire } from './wire.js';
import { wires } from './wires.js';

type Path = readonly PropertyKey[];
type Schema = z.core.$ZodType;
interface Place {
  readonly path: Path;
  readonly is: 'object' | 'strict' | 'closed' | 'open' | 'other';
}
/** A value of a schema, and what each place in it is. */
interface Sample {
  readonly value: unknown;
  readonly places: readonly Place[];
}

/** Values that together contain every alternative of every union. */
function samplesOf(schema: Schema, path: Path = [], isOpen = false): Sample[] {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  const at = (is: Place['is']): Place[] => [{ path, is }];
  switch (def.type) {
    case 'object':
      return inObject(def, path);
    case 'union':
      return def.options.flatMap((option) => samplesOf(option, path));
    case 'array':
      return samplesOf(def.element, [...path, 0]).map(({ value, places }) => ({ value: [value], places }));
    case 'record':
      return samplesOf(def.valueType, [...path, 'some']).map(({ value, places }) => ({ value: { some: value }, places }));
    case 'nullable':
    case 'optional':
    case 'default':
      return samplesOf(def.innerType, path);
    case 'catch':
      return samplesOf(def.innerType, path, true);
    case 'pipe':
      return samplesOf(def.out, path);
    case 'enum':
      return [{ value: Object.values(def.entries)[0], places: at(isOpen ? 'open' : 'closed') }];
    case 'literal':
      return [{ value: def.values[0], places: at(typeof def.values[0] === 'string' ? 'closed' : 'other') }];
    case 'string':
      return [{ value: TEXTS.find((text) => z.safeParse(schema, text).success), places: at('other') }];
    case 'number':
      return [{ value: NUMBERS.find((number) => z.safeParse(schema, number).success), places: at('other') }];
    case 'boolean':
      return [{ value: true, places: at('other') }];
    case 'null':
    case 'unknown':
      return [{ value: null, places: [] }];
    default:
      throw new Error(`this test has no value of ${def.type}: add one`);
  }
}

const TEXTS = ['a', 's1.a', '2xx', 'acme'];
const NUMBERS = [1, 200, 1_000];

/**
 * One value for each alternative of each field, with the first alternative of the others. A filter contains itself, so one
 * comparison is enough.
 */
function inObject(def: z.core.$ZodObjectDef, path: Path): Sample[] {
  const isStrict = def.catchall?._zod.def.type === 'never';
  const names = isStrict ? ['exact'] : Object.keys(def.shape);
  const fields = names.map((name) => [name, name === 'exact' ? COMPARISON : samplesOf(def.shape[name]!, [...path, name])] as const);
  const own: Place = { path, is: isStrict ? 'strict' : 'object' };
  const most = Math.max(1, ...fields.map(([, samples]) => samples.length));
  return Array.from({ length: most }, (_, n) => {
    const chosen = fields.map(([name, samples]) => [name, samples[Math.min(n, samples.length - 1)]!] as const);
    return { value: Object.fromEntries(chosen.map(([name, { value }]) => [name, value])), places: [own, ...chosen.flatMap(([, { places }]) => places)] };
  });
}
const COMPARISON: Sample[] = [{ value: { type: 'a' }, places: [] }];

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
  const names = ['AttemptFact', 'AggregateRecord', 'ConfigEvent', 'Errand', 'Grave', 'Pulse', 'Reply', 'Sample', 'Signal', 'TokenEvent', 'TokenRequest', 'TokenEntry', 'TokenFailure', String.raw`[\w.]+\.value`];
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

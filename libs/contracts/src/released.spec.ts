import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { misfits } from './testing/misfits.js';
import { type RecordedWire, recordedWires } from './testing/recorded-wires.js';
import { readWire } from './wire.js';
import { wires } from './wires.js';

/** By release: forms of a field that it cannot read, and that stand in a record only where somebody uses what is new: after the upgrade (docs/upgrading.md). */
const NEW_FORMS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  // Several resource indicators.
  '0.1.0': { 'config.state': ['.state.resource'] },
};

const folder = new URL('../released/', import.meta.url);
const [file = '', ...others] = readdirSync(folder);
const released = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Record<string, RecordedWire>;
const release = file.replace('.json', '');
const present = recordedWires();

it('has the wires of the last release, and of no other: services of two neighbouring releases run side by side', () => {
  expect(others).toEqual([]);
  expect(Object.keys(released).filter((name) => !(name in present))).toEqual([]);
});

describe.each(Object.entries(released).filter(([name]) => name in present))(`%s, beside services of ${release}`, (name, { schema, samples }) => {
  it('is read as the former release writes it, and nothing of it is lost', () => {
    expect(samples.length).toBeGreaterThan(0);
    for (const sample of samples) expect([sample, readNow(name, sample)]).toMatchObject([sample, { is: 'known', value: sample }]);
  });

  it('is written as the former release can read it, but for kinds that it leaves to this one', () => {
    const found = (present[name]?.samples ?? []).flatMap((sample) => misfits(schema, sample));
    expect([...new Set(found)].sort()).toEqual([...(NEW_FORMS[release]?.[name] ?? [])].sort());
    for (const sample of samples) expect(misfits(schema, sample)).toEqual([]);
  });
});

const readNow = (name: string, sample: unknown) => readWire(wires.find((wire) => wire.name === name)?.schema ?? z.never(), JSON.stringify(sample));

describe('the comparison', () => {
  const Former = z.object({ kind: z.enum(['a', 'b']), id: z.string(), since: z.number(), note: z.string().nullable(), of: z.discriminatedUnion('is', [z.object({ is: z.literal('x'), n: z.int() }), z.object({ is: z.literal('y') })]) });
  const recorded = (schema: z.ZodType): RecordedWire => recordedWires([{ name: 'wire', schema }]).wire ?? { schema: {}, samples: [] };
  const former = recorded(Former);
  const isReadBack = (changed: z.ZodType): boolean => former.samples.every((sample) => readWire(changed, JSON.stringify(sample)).is === 'known');
  const misfitsOf = (changed: z.ZodType): string[] => [...new Set(recorded(changed).samples.flatMap((sample) => misfits(former.schema, sample)))];

  it.each([
    ['a field is gone', Former.omit({ since: true }), true, ['.since']],
    ['a field is something else', Former.extend({ since: z.string() }), false, ['.since']],
    ['a field may be a list now', Former.extend({ note: z.union([z.string(), z.array(z.string())]) }), true, ['.note']],
    ['a new field is needed', Former.extend({ region: z.string() }), false, []],
    ['a kind is gone', Former.extend({ kind: z.enum(['b']) }), false, []],
    ['a kind lacks a field', Former.extend({ of: z.discriminatedUnion('is', [z.object({ is: z.literal('x') }), z.object({ is: z.literal('y') })]) }), true, ['.of.n']],
  ])('tells that %s', (_case, changed, readable, found) => {
    expect({ readable: isReadBack(changed), found: misfitsOf(changed) }).toEqual({ readable, found });
  });

  it('has nothing against a new field that may be absent, and a new kind with whatever is in it', () => {
    const wider = Former.extend({ kind: z.enum(['a', 'b', 'c']), region: z.string().optional(), of: z.discriminatedUnion('is', [...Former.shape.of.options, z.object({ is: z.literal('z'), n: z.string() })]) });
    expect({ readable: isReadBack(wider), found: misfitsOf(wider) }).toEqual({ readable: true, found: [] });
  });
});

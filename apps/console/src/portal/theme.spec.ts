import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { contrast, rgbOf, themeOf } from './theme.js';

const byte = fc.integer({ min: 0, max: 255 });
const hex = fc.tuple(byte, byte, byte).map((bytes) => `#${bytes.map((one) => one.toString(16).padStart(2, '0')).join('')}`);

it('makes every accent one that can be read, on the surface, on its wash, and under what stands on it', () => {
  fc.assert(
    fc.property(hex, (accent) => {
      const { properties } = themeOf({ accent });
      const pairOf = (name: string) => [...(properties[name] ?? '').matchAll(/#[0-9a-f]{6}/g)].map(([text]) => rgbOf(text) ?? [0, 0, 0] as const);
      const [accents, ons, washes] = [pairOf('--accent'), pairOf('--on-accent'), pairOf('--accent-wash')];
      for (const [i, surface] of ([[255, 255, 255], [24, 27, 33]] as const).entries())
        for (const ground of [surface, washes[i], ons[i]]) expect(contrast(accents[i] ?? [0, 0, 0], ground ?? [0, 0, 0])).toBeGreaterThanOrEqual(4.5);
    }),
  );
});

it('leaves a good accent as it is where it can be read', () => {
  expect(themeOf({ accent: '#2f50cc' }).properties['--accent']).toMatch(/^light-dark\(#2f50cc, #/);
});

it.each([null, 'dark', 7, {}, { accent: 'url(https://evil.example)' }, { accent: '#2f50cc; color: red' }, { radius: '4px' }, { radius: 400 }, { font: 'Inter; }' }, { font: 'url(x)' }, { scheme: 'pink' }, { '--accent': '#ff0000' }])('takes nothing from %j', (given) => {
  expect(themeOf(given)).toEqual({ properties: {}, scheme: null });
});

it('takes a radius, a font and a scheme', () => {
  expect(themeOf({ radius: 0, font: "Inter, 'Open Sans'", scheme: 'dark' })).toEqual({ properties: { '--radius': '0px', '--sans': "Inter, 'Open Sans', system-ui, sans-serif" }, scheme: 'dark' });
});

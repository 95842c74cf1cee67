import { describe, expect, it } from '@jest/globals';
import { parseKeyRing } from '@nuncio/sealing';
import { SESSION, startSession } from './session.js';

const ring = parseKeyRing(`k1:${Buffer.alloc(32, 1).toString('base64')}`);
const other = parseKeyRing(`k1:${Buffer.alloc(32, 2).toString('base64')}`);
const NOW = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;
const sent = (set: readonly string[]): string => set.map((cookie) => cookie.split(';', 1)[0]).join('; ');
const cookie = sent(startSession(ring, 'Bearer secret-key', NOW));
const authorizationIn = (header: string | undefined, now = NOW, keys = ring): string | undefined => SESSION.read(keys, header, now)?.authorization;

describe('the session of the console', () => {
  it('is a cookie that shows nothing to scripts or other sites', () => {
    const made = startSession(ring, 'Bearer secret-key', NOW);
    expect(made).toEqual([expect.stringMatching(/^__Host-nuncio=s1\.\S+; Max-Age=43200; Path=\/; Secure; HttpOnly; SameSite=Strict$/)]);
    expect(made.join()).not.toContain('secret-key');
  });

  it('is read from among other cookies', () => {
    expect(authorizationIn(`a=b; ${cookie}; c=d`, NOW + HOUR_MS)).toBe('Bearer secret-key');
  });

  it.each([
    ['nothing sent', undefined, NOW],
    ['run out', cookie, NOW + 12 * HOUR_MS],
    ['altered', `${cookie.slice(0, -3)}AAA`, NOW],
    ['no sealed text', '__Host-nuncio=hello', NOW],
    ['another name that ends like it', `x${cookie}`, NOW],
  ])('is not read if the cookie is %s', (_, header, now) => {
    expect(authorizationIn(header, now)).toBeUndefined();
  });

  it('cannot be opened with another key ring', () => {
    expect(authorizationIn(cookie, NOW, other)).toBeUndefined();
  });

  it('is split over as many cookies as a long token needs, each of a length that a browser keeps', () => {
    for (let length = 1_000; length < 8_000; length += 97) {
      const long = `Bearer ${'x'.repeat(length)}`;
      const made = startSession(ring, long, NOW);
      expect(Math.max(...made.map((one) => one.length))).toBeLessThan(4_096);
      expect(authorizationIn(sent(made.toReversed()))).toBe(long);
    }
  });

  it('does not read the leftovers of a longer session', () => {
    const [, ...rest] = sent(startSession(ring, `Bearer ${'x'.repeat(7_000)}`, NOW)).split('; ');
    expect(authorizationIn([cookie, ...rest].join('; '))).toBe('Bearer secret-key');
  });

  it('is refused if a browser would drop it', () => {
    expect(() => startSession(ring, `Bearer ${'x'.repeat(9_000)}`, NOW)).toThrow('too long for cookies');
  });
});

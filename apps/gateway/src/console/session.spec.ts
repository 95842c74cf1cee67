import { describe, expect, it } from '@jest/globals';
import { parseKeyRing } from '@nuncio/sealing';
import { authorizationOf, startSession } from './session.js';

const ring = parseKeyRing(`k1:${Buffer.alloc(32, 1).toString('base64')}`);
const other = parseKeyRing(`k1:${Buffer.alloc(32, 2).toString('base64')}`);
const NOW = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;
const cookie = (now = NOW): string => startSession(ring, 'Bearer secret-key', now).split(';', 1)[0] ?? '';

describe('the session of the console', () => {
  it('is a cookie that shows nothing, to scripts and other sites neither', () => {
    const made = startSession(ring, 'Bearer secret-key', NOW);
    expect(made).toMatch(/^__Host-nuncio=s1\.\S+; Max-Age=43200; Path=\/; Secure; HttpOnly; SameSite=Strict$/);
    expect(made).not.toContain('secret-key');
  });

  it('stands for what was sealed, among other cookies', () => {
    expect(authorizationOf(ring, `a=b; ${cookie()}; c=d`, NOW + HOUR_MS)).toBe('Bearer secret-key');
  });

  it.each([
    ['nothing sent', undefined, NOW],
    ['run out', cookie(), NOW + 12 * HOUR_MS],
    ['altered', `${cookie().slice(0, -3)}AAA`, NOW],
    ['no sealed text', '__Host-nuncio=hello', NOW],
    ['another name that ends like it', `x${cookie()}`, NOW],
  ])('stands for nothing where it is %s', (_, header, now) => {
    expect(authorizationOf(ring, header, now)).toBeNull();
  });

  it('is nothing to another ring', () => {
    expect(authorizationOf(other, cookie(), NOW)).toBeNull();
  });

  it('is refused where a browser would drop it', () => {
    expect(() => startSession(ring, `Bearer ${'x'.repeat(4_000)}`, NOW)).toThrow('too long for a cookie');
  });
});

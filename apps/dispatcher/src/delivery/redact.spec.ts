import { describe, expect, it } from '@jest/globals';
import type { Answer } from '@nuncio/egress';
import { shownHeaders, withoutEchoes } from './redact.js';

const TOKEN = 'tok-en_A1b2/C3+d4==';
const GATE = `gate "of" <acme> & co é`;

const answer = (body: string | Buffer, headers: Record<string, string | string[]> = {}, truncated = false): Answer => ({
  ok: true,
  status: 200,
  headers,
  body: Buffer.from(body),
  truncated,
  timings: { dns: 0, connect: 0, tls: 0, firstByte: 0, total: 0 },
});
const shown = (of: Answer, secrets = [TOKEN, GATE]): string => {
  const result = withoutEchoes(of, secrets);
  return result.ok ? `${result.body.toString()} ${JSON.stringify(result.headers)}` : '';
};

describe('withoutEchoes', () => {
  const spellings: Record<string, (secret: string) => string> = {
    'as it is': (s) => s,
    'in JSON': (s) => JSON.stringify({ got: s }),
    'in JSON of PHP': (s) => JSON.stringify({ got: s }).replaceAll('/', '\\/'),
    'in a query': (s) => `?got=${encodeURIComponent(s)}`,
    'in a form': (s) => new URLSearchParams({ got: s }).toString(),
    'in HTML': (s) => `<b>${s.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')}</b>`,
    'in base64': (s) => Buffer.from(s).toString('base64'),
    'in base64 after one byte': (s) => Buffer.from(`x${s} and more`).toString('base64'),
    'in base64 after two': (s) => Buffer.from(`xy${s}!`).toString('base64url'),
    'in hex': (s) => Buffer.from(`got ${s}`).toString('hex'),
  };

  it.each(Object.entries(spellings).filter(([name]) => name !== 'in a form'))('hides a secret that is echoed %s', (_, spell) => {
    for (const secret of [TOKEN, GATE]) {
      const body = shown(answer(`before ${spell(secret)} after`));
      expect(body).toContain('before ');
      expect(body).toContain(' after');
      expect(body).toContain('<redacted>');
      expect(body).not.toContain(spell(secret));
      expect(shown(answer('', { 'x-echo': spell(secret).replaceAll('\n', ''), 'x-more': ['a', spell(TOKEN)] }))).not.toContain(spell(TOKEN));
    }
  });

  it('hides the beginning of a secret that the end of a cut response has left', () => {
    for (let length = 8; length < TOKEN.length; length++) {
      expect(shown(answer(`body ${TOKEN.slice(0, length)}`, {}, true))).toBe('body <redacted> {}');
      expect(shown(answer(`body ${TOKEN.slice(0, length)}`, {}, false))).toContain(TOKEN.slice(0, length));
    }
    expect(shown(answer(`${TOKEN.slice(0, 10)} is not at the end`, {}, true))).toContain(TOKEN.slice(0, 10));
  });

  it('leaves everything else as it came, binary bodies included', () => {
    const binary = answer(Buffer.from([0, 255, 128, 10]), { a: 'b' });
    expect(withoutEchoes(binary, [TOKEN])).toBe(binary);
    const failed: Answer = { ok: false, error: { class: 'connect', detail: '' } } as Answer;
    expect(withoutEchoes(failed, [TOKEN])).toBe(failed);
    const mixed = withoutEchoes(answer(Buffer.concat([Buffer.from([255, 0]), Buffer.from(TOKEN), Buffer.from([254])])), [TOKEN]);
    expect(mixed.ok && mixed.body).toEqual(Buffer.concat([Buffer.from([255, 0]), Buffer.from('<redacted>'), Buffer.from([254])]));
  });

  it('does not take a short value for a secret', () => {
    expect(shown(answer('a yes is a yes'), ['yes'])).toContain('a yes is a yes');
  });
});

describe('shownHeaders', () => {
  it('shows names in lower case, and no secret value', () => {
    expect(shownHeaders({ Authorization: 'Bearer x', 'X-Gate': 'y', 'X-Team': 'z' }, new Set(['x-gate']))).toEqual({ authorization: '<redacted>', 'x-gate': '<redacted>', 'x-team': 'z' });
  });
});

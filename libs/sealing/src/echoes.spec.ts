import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { REDACTED, secretsIn, withoutEchoes, withoutSecrets } from './echoes.js';

const TOKEN = 'tok-en_A1b2/C3+d4==~%41x';
const GATE = `gate "of" <acme> & co é \\ 'x'`;

const latin1 = (text: string | Buffer): string => Buffer.from(text).toString('latin1');
const each = (escape: (code: number, char: string) => string) => (secret: string) => Array.from(secret, (char) => (/\w/.test(char) ? char : escape(char.codePointAt(0) ?? 0, char))).join('');
const hex4 = (code: number): string => code.toString(16).padStart(4, '0');
const inLines = (width: number, ending: string) => (secret: string) =>
  Buffer.from(`some words before, ${secret}, and many more words after it`)
    .toString('base64')
    .replace(new RegExp(`.{${width}}`, 'g'), `$&${ending}`);

/** The ways in which programs print what they got. */
const spellings: Record<string, (secret: string) => string> = {
  'as it is': String,
  'in JSON': JSON.stringify,
  'in JSON of PHP': (s) => JSON.stringify(s).replaceAll('/', '\\/'),
  'in JSON of Go': (s) => JSON.stringify(s).replace(/[<>&]/g, (char) => `\\u${hex4(char.charCodeAt(0))}`),
  'in JSON of ASCII': each((code) => `\\u${hex4(code)}`),
  'in JSON of ASCII in capitals': each((code) => `\\u${hex4(code).toUpperCase()}`),
  'in JSON in JSON': (s) => JSON.stringify(JSON.stringify({ got: s })),
  'in JavaScript': each((code) => (code > 255 ? `\\u{${code.toString(16)}}` : code > 127 ? `\\u${hex4(code)}` : `\\x${code.toString(16).padStart(2, '0')}`)),
  'in octal': each((code, char) => (code > 127 ? char : `\\${code.toString(8).padStart(3, '0')}`)),
  'in a query': encodeURIComponent,
  'in a query in small letters': (s) => encodeURIComponent(s).replace(/%../g, (escape) => escape.toLowerCase()),
  'in a query of a query': (s) => encodeURIComponent(encodeURIComponent(s)),
  'in a form': (s) => new URLSearchParams({ '': s }).toString().slice(1),
  'in HTML': (s) => s.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
  'in HTML by numbers': each((code) => `&#${code};`),
  'in HTML by hexadecimal numbers': each((code) => `&#x${code.toString(16).toUpperCase()};`),
  'in JSON in HTML': (s) => JSON.stringify(s).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;'),
  'in base64': (s) => Buffer.from(s).toString('base64'),
  'in base64 without padding': (s) => Buffer.from(s).toString('base64').replaceAll('=', ''),
  'in base64 for URLs': (s) => Buffer.from(s).toString('base64url'),
  'in base64 after one byte': (s) => Buffer.from(`x${s} and more`).toString('base64'),
  'in base64 after two': (s) => Buffer.from(`xy${s}!`).toString('base64url'),
  'in base64 behind a path': (s) => `/images/${Buffer.from(s).toString('base64')}`,
  'in base64 in lines of 76': inLines(76, '\r\n'),
  'in base64 in short lines': inLines(20, '\n'),
  'in base64 in lines in JSON': (s) => JSON.stringify(inLines(64, '\n')(s)),
  'in base64 in a query': (s) => encodeURIComponent(Buffer.from(s).toString('base64')),
  'in JSON in base64': (s) => Buffer.from(JSON.stringify({ authorization: `Bearer ${s}` })).toString('base64'),
  'in JSON of ASCII in base64': (s) => Buffer.from(`{"got":"${each((code) => `\\u${hex4(code)}`)(s)}"}`).toString('base64'),
  'in base64 in base64': (s) => Buffer.from(Buffer.from(s).toString('base64')).toString('base64'),
  'in hex': (s) => Buffer.from(`got ${s}`).toString('hex'),
  'in hex in capitals': (s) => Buffer.from(s).toString('hex').toUpperCase(),
  'in UTF-16': (s) => Buffer.from(s, 'utf16le').toString('latin1'),
};

const printable = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
/** Nobody has a secret made only of backslashes and plus signs. */
const isTold = (secret: string): boolean => secret.replace(/[+\\]/g, '').length >= 8;

describe('withoutEchoes', () => {
  it.each(Object.entries(spellings))('hides a secret that is echoed %s', (_, spell) => {
    for (const secret of [TOKEN, GATE]) {
      if (spell === spellings['in UTF-16'] && secret === GATE) continue;
      const spelled = latin1(spell(secret));
      const shown = withoutEchoes(`before ${spelled} after`, [TOKEN, GATE]);
      expect(shown).toMatch(/^before .*<redacted>.* after$/s);
      expect(shown).not.toContain(spelled);
      // The parts that are left do not show it.
      expect(withoutEchoes(shown, [secret.slice(0, 12), secret.slice(-12)])).toBe(shown);
    }
  });

  it('hides every secret of printable characters, in every encoding, wherever it occurs', () => {
    const secret = fc.string({ unit: printable, minLength: 16, maxLength: 80 }).filter(isTold);
    const surroundings = fc.string({ maxLength: 40 });
    fc.assert(
      fc.property(secret, surroundings, surroundings, fc.constantFrom(...Object.keys(spellings)), (hidden, before, after, name) => {
        const spelled = latin1(spellings[name]!(hidden));
        // The characters beside it may form another escape with its ends. A reader would not see the secret then
        // either.
        const shown = withoutEchoes(`${latin1(before)} | ${spelled} | ${latin1(after)}`, [hidden]);
        expect(shown).toContain(REDACTED);
        expect(shown).not.toContain(spelled);
      }),
      { numRuns: 2_000 },
    );
  });

  it('hides a secret full of backslashes and quotes, escaped several times in any way: some were shown that were escaped twice', () => {
    const secret = fc.string({ unit: fc.oneof(printable, fc.constantFrom('\\', '"', '/', 'u', '0', '%', '&', ';')), minLength: 10, maxLength: 30 }).filter(isTold);
    const ways = [
      (s: string) => JSON.stringify(s).slice(1, -1),
      (s: string) => s.replace(/[\\"'/]/g, '\\$&'),
      encodeURIComponent,
      spellings['in HTML']!,
      spellings['in JSON of ASCII']!,
      spellings['in JavaScript']!,
    ];
    fc.assert(
      fc.property(secret, fc.array(fc.constantFrom(...ways), { maxLength: 4 }), (hidden, escapes) => {
        const spelled = escapes.reduce((text, escape) => escape(text), hidden);
        expect(withoutEchoes(`{"got":"${spelled}"}`, [hidden])).toContain(REDACTED);
      }),
      { numRuns: 2_000 },
    );
  });

  it('leaves text without a secret unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (text) => {
        const bytes = latin1(text);
        expect(withoutEchoes(bytes, [TOKEN, GATE])).toBe(bytes);
      }),
    );
  });

  it.each(Object.entries(spellings).filter(([name]) => !/before|after|behind|base64 in base64|ASCII in base64|UTF-16|lines|in hex$|in JSON in|^in JSON( in HTML)?$|of PHP|of Go/.test(name)))('hides the beginning of a secret at the end of a cut text, %s', (_, spell) => {
    const spelled = latin1(spell(TOKEN));
    for (let length = 18; length < spelled.length; length++) {
      const cut = `body ${spelled.slice(0, length)}`;
      if (length > (spelled.length * 2) / 3) expect(withoutEchoes(cut, [TOKEN], true)).toMatch(/^body .*<redacted>$/);
    }
  });

  it('takes for hostile text only as long as for any text of that size', () => {
    for (const text of ['%25'.repeat(5_461), 'QUJDREVGR0hJSktM '.repeat(963), 'A'.repeat(16_384), '\\u005c'.repeat(2_730), 'abcdefabcdefabcdef\n'.repeat(862), `${Buffer.from(TOKEN).toString('base64')} `.repeat(480)]) {
      const shown = withoutEchoes(text, [TOKEN]);
      expect(shown === text || shown.includes(REDACTED)).toBe(true);
    }
  });
});

describe('withoutSecrets', () => {
  it('reads UTF-8, and says where a secret is too short to be told from words', () => {
    expect(withoutSecrets('grüße von client-secret-1!', ['client-secret-1'])).toBe('grüße von <redacted>!');
    expect(withoutSecrets('ab is not known', ['ab'])).toBeNull();
    expect(withoutSecrets('all is well', ['ab', ''])).toBe('all is well');
  });
});

describe('secretsIn', () => {
  it.each([
    ['ApiKey 0123456789', ['ApiKey 0123456789', '0123456789']],
    ['Basic YWNtZTpzM2NyZXQtcGFzcw==', ['Basic YWNtZTpzM2NyZXQtcGFzcw==', 'YWNtZTpzM2NyZXQtcGFzcw==', 'acme:s3cret-pass', 's3cret-pass']],
    ['Token token="abcdef123", email=a', ['Token token="abcdef123", email=a', 'token="abcdef123", email=a', 'abcdef123']],
    ['session=abcdef123; theme=x', ['session=abcdef123; theme=x', 'abcdef123']],
    ['0123456789', ['0123456789']],
    ['yes', []],
  ])('of %s are what a program would read out of it', (value, secrets) => {
    expect(secretsIn(value)).toEqual(expect.arrayContaining(secrets));
    for (const secret of secretsIn(value)) expect(value.includes(secret) || value.startsWith('Basic')).toBe(true);
  });
});

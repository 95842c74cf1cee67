import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const page = read('docs/reference.md');

/** The first cells of the table under a heading. */
const told = (heading: string): string[] => {
  const section = page.slice(page.indexOf(`\n## ${heading}\n`) + 1).split(/\n## /)[0] ?? '';
  return Array.from(section.matchAll(/^\| `([a-zA-Z_-]+)` \|/gm), ([, name = '']) => name).sort();
};

/** The words in a source file from one text to another. */
const listed = (file: string, from: string, to: string, word = /'([a-z_-]+)'/g): string[] => {
  const text = read(file);
  const begin = text.indexOf(from);
  if (begin < 0) throw new Error(`${file} has no "${from}" any more`);
  return Array.from(text.slice(begin + from.length, text.indexOf(to, begin + from.length)).matchAll(word), ([, name = '']) => name).sort();
};

describe('docs/api.md', () => {
  it('has every code of a fault in a field', () => {
    const table = read('docs/api.md').split('| `code` of an entry |')[1]?.split('\n\n')[0] ?? '';
    const rows = Array.from(table.matchAll(/^\| `([a-z-]+)` \| [^|]+ \| [^|]+ \|$/gm), ([, name = '']) => name);
    expect(rows.sort()).toEqual(listed('libs/contracts/src/field-code.ts', 'FieldCode =', ';'));
  });
});

describe('docs/reference.md', () => {
  it.each([
    ['Where a delivery stands', 'apps/attempt-log/src/delivery-status.ts', 'DeliveryStatus = z.enum([', '])'],
    ['What a held delivery waits for', 'libs/contracts/src/topics/attempts.ts', 'HeldFor = z.enum([', '])'],
    ['Why an event came to nobody', 'libs/contracts/src/topics/attempts.ts', 'UnmatchedReason = z.enum([', '])'],
    ['Why an attempt failed', 'libs/contracts/src/errors.ts', 'ErrorClass = z.enum([', '])'],
    ['States of a subscription', 'libs/contracts/src/aggregates/subscription.ts', 'SubscriptionState = z.enum([', '])'],
    ['States of an operation', 'apps/attempt-log/src/redelivery/operation.ts', 'OperationState = z.enum([', '])'],
    ['Refusals of the API', 'libs/contracts/src/fault.ts', 'FaultCode =', ';'],
  ])('%s: has exactly the words of the code', (heading, file, from, to) => {
    const words = listed(file, from, to);
    expect(words.length).toBeGreaterThan(3);
    expect(told(heading)).toEqual(words);
  });

  it('has every code of a sentence on a delivery, and of the reason in it', () => {
    const reasons = listed('libs/contracts/src/delivery-reason.ts', 'const SENTENCES = {', '} as const', /^ {2}'?([a-z-]+)'?:/gm);
    expect(told('Why a delivery waits or was not sent')).toEqual([...reasons, 'canceled-by-hand', 'other'].sort());
    expect(told('Codes of the sentence on a delivery')).toEqual(listed('apps/attempt-log/src/query/deliveries/explanation.ts', 'ExplanationCode = z.enum([', '])'));
  });

  it('has every fact, and every code of a token endpoint that Nuncio gives advice on', () => {
    const facts = Array.from(read('libs/contracts/src/topics/attempts.ts').matchAll(/fact: z\.literal\('([a-z]+)'\)/g), ([, name = '']) => name).sort();
    expect(told('Facts of a delivery')).toEqual(facts);
    expect(told('Why there was no token')).toEqual(listed('libs/auth/src/advice.ts', 'const BY_CODE = {', '} as const', /^ {2}([a-z_]+):/gm));
  });

  it('says for each what to do', () => {
    const rows = page.split('\n').filter((line) => line.startsWith('| `'));
    expect(rows.length).toBeGreaterThan(70);
    expect(rows.filter((row) => row.split(' | ').length !== 3 || row.split(' | ').some((cell) => !cell.replaceAll('|', '').trim()))).toEqual([]);
  });
});

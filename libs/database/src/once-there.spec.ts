import { Fault } from '@nuncio/contracts';
import { expect, it } from '@jest/globals';
import { onceThere } from './once-there.js';

it('begins work again while PostgreSQL is away, and only then', async () => {
  const refusals: Error[] = [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), new Fault('unavailable', 'The database does not answer.')];
  const work = (): Promise<string> => {
    const refusal = refusals.shift();
    return refusal ? Promise.reject(refusal) : Promise.resolve('done');
  };
  await expect(onceThere(work)).resolves.toBe('done');
  const wrong = Object.assign(new Error('syntax error'), { code: '42601' });
  await expect(onceThere(() => Promise.reject(wrong))).rejects.toBe(wrong);
});

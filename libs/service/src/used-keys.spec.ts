import { expect, it } from '@jest/globals';
import { MOST_TOLD, UsedKeys } from './used-keys.js';

it('reports each key once, however often it was used, and the surplus the next time', () => {
  const used = new UsedKeys();
  for (let n = 0; n <= MOST_TOLD; n++) used.add(`key_${n}`, 'key_0');
  expect(used.take()).toHaveLength(MOST_TOLD);
  expect(used.take()).toEqual([`key_${MOST_TOLD}`]);
  expect(used.take()).toEqual([]);
  used.add('key_0');
  expect(used.take()).toEqual(['key_0']);
});

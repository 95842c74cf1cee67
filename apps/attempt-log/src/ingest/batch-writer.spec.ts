import { expect, it } from '@jest/globals';
import { BatchWriter } from './batch-writer.js';

const limits = { maxItems: 3, maxBytes: 1_000, lingerMs: 1, lanes: 2, sizeOf: (item: number) => item };

it('writes the rows of different partitions together, in order', async () => {
  const batches: number[][] = [];
  const writer = new BatchWriter<number>({ ...limits, maxItems: 10, write: async (items) => void batches.push(items) });
  await Promise.all([writer.add([1, 2]), writer.add([3])]);
  expect(batches).toEqual([[1, 2, 3]]);
});

it('does not lose what arrives while a batch is being written', async () => {
  const batches: number[][] = [];
  const entered = Promise.withResolvers<undefined>();
  const go = Promise.withResolvers<undefined>();
  const writer = new BatchWriter<number>({
    ...limits,
    write: async (items) => {
      batches.push(items);
      entered.resolve(undefined);
      await go.promise;
    },
  });
  const first = writer.add([1]);
  await entered.promise;
  const second = writer.add([2]);
  // Longer than the linger time, so that the second batch becomes due meanwhile.
  await new Promise((resolve) => setTimeout(resolve, 5));
  go.resolve(undefined);
  await Promise.all([first, second]);
  expect(batches).toEqual([[1], [2]]);
});

it('writes a full batch at the same time as another one, but no third', async () => {
  const batches: number[][] = [];
  const go = Promise.withResolvers<undefined>();
  const writer = new BatchWriter<number>({
    ...limits,
    write: async (items) => {
      batches.push(items);
      await go.promise;
    },
  });
  const added = writer.add([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(batches).toEqual([[1, 2, 3], [4, 5, 6]]);
  go.resolve(undefined);
  await added;
  expect(batches).toEqual([[1, 2, 3], [4, 5, 6], [7, 8, 9], [10]]);
});

it('keeps its limits of rows and bytes', async () => {
  const batches: number[][] = [];
  const writer = new BatchWriter<number>({ ...limits, maxBytes: 100, write: async (items) => void batches.push(items) });
  await writer.add([1, 2, 3, 4, 60, 60, 60]);
  expect(batches).toEqual([[1, 2, 3], [4, 60, 60], [60]]);
});

it('tells everybody with a row in a failed batch, and goes on', async () => {
  let away = true;
  const writer = new BatchWriter<number>({
    ...limits,
    write: async () => {
      if (away) throw new Error('away');
    },
  });
  const results = await Promise.allSettled([writer.add([1]), writer.add([2])]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  away = false;
  await expect(writer.add([1, 2])).resolves.toBeUndefined();
});

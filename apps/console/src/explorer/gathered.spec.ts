import { describe, expect, it } from '@jest/globals';
import { Gathered, newestFirst, type Row } from './gathered.js';

const rows = (...ids: string[]) => ids.map((id) => ({ id, at: 'now' }));

describe('what came', () => {
  it('is shown last first, and what was written again once, as it is now', () => {
    expect(newestFirst(rows('b', 'a').map((row) => ({ ...row, at: 'before' })), rows('c', 'a'))).toEqual([{ id: 'a', at: 'now' }, { id: 'c', at: 'now' }, { id: 'b', at: 'before' }]);
  });

  it('is kept up to a number, without the oldest', () => {
    const many = Array.from({ length: 2_100 }, (_, i) => ({ id: String(i) }));
    const kept = newestFirst([{ id: 'old' }], many);
    expect([kept.length, kept[0]?.id, kept.some(({ id }) => id === 'old')]).toEqual([2_000, '2099', false]);
  });

  it('is counted and not shown while it is held, and shown in its order afterwards', () => {
    let [shown, waiting]: [readonly Row[], number] = [[], 0];
    const gathered = new Gathered<Row>((all) => { shown = all; }, (count) => { waiting = count; });
    gathered.take({ id: 'a' });
    gathered.hold(true);
    expect([shown, waiting]).toEqual([[], 1]);
    for (const id of ['b', 'c', 'b']) gathered.take({ id });
    gathered.flush();
    expect([shown, waiting]).toEqual([[], 3]);
    gathered.hold(false);
    expect([shown.map(({ id }) => id), waiting]).toEqual([['b', 'c', 'a'], 0]);
  });
});

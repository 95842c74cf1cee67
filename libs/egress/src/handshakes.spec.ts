import { describe, expect, it } from '@jest/globals';
import { Handshakes, type Turn } from './handshakes.js';

/** Which of these turns have been granted, once all pending callbacks have run. */
async function granted(turns: Record<string, Turn>): Promise<string[]> {
  const names: string[] = [];
  for (const [name, turn] of Object.entries(turns)) void turn.granted.then(() => names.push(name));
  await new Promise(setImmediate);
  return names;
}

describe('places for handshakes', () => {
  it('are given at once while there are any, and again when they are freed', async () => {
    const handshakes = new Handshakes(2);
    const turns = { a: handshakes.enter('a'), b: handshakes.enter('b'), c: handshakes.enter('c') };
    expect(await granted(turns)).toEqual(['a', 'b']);
    turns.a.leave();
    turns.a.leave();
    expect(await granted(turns)).toEqual(['a', 'b', 'c']);
    expect(handshakes.waiting).toBe(0);
  });

  it('are never all given to one tenant', async () => {
    const handshakes = new Handshakes(4);
    const turns = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`a${i}`, handshakes.enter('a')]));
    expect(await granted(turns)).toEqual(['a0', 'a1']);
    expect(await granted({ b: handshakes.enter('b') })).toEqual(['b']);
  });

  it('are given to tenants in turns, however many requests of one wait', async () => {
    const handshakes = new Handshakes(1);
    const first = handshakes.enter('z');
    const turns: Record<string, Turn> = {};
    for (let i = 0; i < 4; i++) turns[`a${i}`] = handshakes.enter('a');
    for (let i = 0; i < 2; i++) turns[`b${i}`] = handshakes.enter('b');
    turns.c0 = handshakes.enter('c');
    const order: string[] = [];
    for (const [name, turn] of Object.entries(turns))
      void turn.granted.then(() => {
        order.push(name);
        turn.leave();
      });
    first.leave();
    await new Promise(setImmediate);
    expect(order).toEqual(['a0', 'b0', 'c0', 'a1', 'b1', 'a2', 'a3']);
  });

  it('skip a request that no longer wants one', async () => {
    const handshakes = new Handshakes(1);
    const turns = { a: handshakes.enter('a'), b: handshakes.enter('b'), c: handshakes.enter('c') };
    turns.b.leave();
    turns.a.leave();
    expect(await granted(turns)).toEqual(['a', 'c']);
    expect(handshakes.waiting).toBe(0);
  });
});

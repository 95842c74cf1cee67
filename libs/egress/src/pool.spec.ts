import { describe, expect, it } from '@jest/globals';
import { Pool, type Pooled } from './pool.js';

class Wire implements Pooled {
  usable = true;
  shared = false;
  room = 1;
  entered = 0;
  readonly #listeners: (() => void)[] = [];

  constructor(readonly origin: string) {}

  onClosed(listener: () => void): void {
    this.#listeners.push(listener);
  }

  enter(): void {
    this.entered++;
  }

  retire(): void {
    this.destroy();
  }

  destroy(): void {
    this.usable = false;
    for (const listener of this.#listeners.splice(0)) listener();
  }
}

describe('Pool', () => {
  it('returns the connection of an origin that was released last, and never one of another origin', () => {
    const pool = new Pool<Wire>();
    const [a, b] = [pool.add(new Wire('https://a')), pool.add(new Wire('https://a'))];
    expect(pool.take('https://a')).toBeNull();
    pool.release(a);
    pool.release(b);
    expect(pool.take('https://b')).toBeNull();
    expect([pool.take('https://a'), pool.take('https://a'), pool.take('https://a')]).toEqual([b, a, null]);
  });

  it('skips connections that were closed or grew old while idle', () => {
    const pool = new Pool<Wire>();
    const [closed, old, good] = ['closed', 'old', 'good'].map(() => pool.add(new Wire('https://a')));
    for (const wire of [good!, old!, closed!]) pool.release(wire);
    closed!.destroy();
    old!.usable = false;
    expect(pool.take('https://a')).toBe(good);
    expect(pool.take('https://a')).toBeNull();
  });

  it('gives a shared connection to many until it has no room, and again when it has', () => {
    const pool = new Pool<Wire>();
    const wire = new Wire('https://a');
    wire.shared = true;
    wire.room = 2;
    pool.add(wire);
    expect(pool.take('https://a')).toBe(wire);
    wire.room = 1;
    expect(pool.take('https://a')).toBe(wire);
    wire.room = 0;
    expect(pool.take('https://a')).toBeNull();
    wire.room = 1;
    pool.release(wire, false);
    pool.release(wire, false);
    expect([pool.take('https://a'), pool.take('https://a')]).toEqual([wire, null]);
  });

  it('gives a connection that somebody needs alone to nobody else before it is released', () => {
    const pool = new Pool<Wire>();
    const wire = new Wire('https://a');
    wire.shared = true;
    wire.room = 9;
    pool.add(wire, true);
    expect(pool.take('https://a')).toBeNull();
    pool.release(wire);
    expect(pool.take('https://a')).toBe(wire);
    expect(wire.entered).toBe(2);
  });

  it('never closes a shared connection in use for its age', () => {
    const pool = new Pool<Wire>(0);
    const wire = new Wire('https://a');
    wire.shared = true;
    pool.add(wire);
    pool.release(wire, false);
    expect(wire.usable).toBe(true);
    pool.release(wire);
    expect(wire.usable).toBe(false);
  });

  it('does not keep a connection that is released after its life', () => {
    const pool = new Pool<Wire>();
    const wire = pool.add(new Wire('https://a'));
    wire.usable = false;
    pool.release(wire);
    expect([pool.take('https://a'), pool.size]).toEqual([null, 0]);
  });

  it('forgets an origin with its last connection', () => {
    const pool = new Pool<Wire>();
    const wires = [pool.add(new Wire('https://a')), pool.add(new Wire('https://a')), pool.add(new Wire('https://b'))];
    expect(pool.size).toBe(2);
    for (const wire of wires) wire.destroy();
    expect(pool.size).toBe(0);
  });

  it('closes the connections that have been idle longest when there are too many', () => {
    const pool = new Pool<Wire>(2);
    const wires = ['https://a', 'https://b', 'https://c'].map((origin) => pool.add(new Wire(origin)));
    for (const wire of wires) pool.release(wire);
    expect(wires.map((wire) => wire.usable)).toEqual([false, true, true]);
  });

  it('closes idle connections at once, and the others when they are released', async () => {
    const pool = new Pool<Wire>();
    const [idle, busy] = [pool.add(new Wire('https://a')), pool.add(new Wire('https://a'))];
    pool.release(idle);
    const closed = pool.close();
    expect([idle.usable, busy.usable]).toEqual([false, true]);
    pool.release(busy);
    await closed;
    expect([busy.usable, pool.size]).toEqual([false, 0]);
  });
});

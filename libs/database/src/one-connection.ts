import { AsyncLocalStorage } from 'node:async_hooks';

const lines = new AsyncLocalStorage<Line>();

/**
 * Whatever `work` asks of a database side by side, it has one connection of the pool at a time, so that whoever shares the pool waits for one statement of it and not for all.
 * What it asks within a transaction of its own does not wait for that.
 */
export const oneConnection = <T>(work: () => Promise<T>): Promise<T> => lines.run(new Line(), work);

/** In its line, where it has one. */
export function inLine<T>(transaction: (freed: <R>(work: () => R) => R) => Promise<T>): Promise<T> {
  const line = lines.getStore();
  const run = (): Promise<T> => transaction((work) => lines.exit(work));
  return line ? line.after(run) : run();
}

class Line {
  #last: Promise<unknown> = Promise.resolve();

  after<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}

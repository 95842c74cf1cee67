import { AsyncLocalStorage } from 'node:async_hooks';

const lines = new AsyncLocalStorage<Line>();

/**
 * Gives `work` one connection of the pool at a time, even if it queries concurrently. Others who share the pool then wait for one of its statements, not
 * for all. Queries inside a transaction of `work` use the transaction's connection and do not wait.
 */
export const oneConnection = <T>(work: () => Promise<T>): Promise<T> => lines.run(new Line(), work);

/** Runs a transaction, after the others of the same `oneConnection` if there is one. */
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

/** The most ids that the API takes in one request. */
const MOST = 100;
/** Rows that are shown at once ask within this time. */
const GATHERED_MS = 10;

/** Looks things up by id, many in one request: what is asked for within a few milliseconds is asked of the API together. The result is null if `ask` did not find the id. */
export function together<T>(ask: (ids: string[]) => Promise<ReadonlyMap<string, T>>): (id: string) => Promise<T | null> {
  let wanted = new Set<string>();
  let answer: Promise<ReadonlyMap<string, T>> | null = null;
  const go = async (): Promise<ReadonlyMap<string, T>> => {
    await new Promise((resolve) => { setTimeout(resolve, GATHERED_MS); });
    const ids = [...wanted];
    wanted = new Set();
    answer = null;
    const found = await Promise.all(Array.from({ length: Math.ceil(ids.length / MOST) }, (_, n) => ask(ids.slice(n * MOST, (n + 1) * MOST))));
    return new Map(found.flatMap((some) => [...some]));
  };
  return async (id) => {
    wanted.add(id);
    answer ??= go();
    return (await answer).get(id) ?? null;
  };
}

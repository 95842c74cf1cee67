/** So many deliveries are started in one turn: about ten milliseconds. */
export const DELIVERIES_A_TURN = 64;

/** These take turns: errands of several subscriptions, and everything else that comes back. New events do not wait for them. */
export type Starter = 'fan-out' | 'errands';

/** The starters that wait; the first kind in this map has the next turn. */
const waiting = new Map<Starter, (() => void)[]>([
  ['fan-out', []],
  ['errands', []],
]);
let isTaken = false;

/**
 * The event loop is one for the whole process. Deliveries are started in portions, and each portion awaits its turn: one a round of the loop, so that sockets and
 * timers are looked at in between, and that nobody's ten thousand stand before somebody else's one.
 */
export function turn(starter: Starter): Promise<void> | undefined {
  if (isTaken) return new Promise((resolve) => waiting.get(starter)?.push(resolve));
  isTaken = true;
  setImmediate(next);
  return undefined;
}

function next(): void {
  isTaken = false;
  for (const [starter, queue] of waiting) {
    const go = queue.shift();
    if (!go) continue;
    isTaken = true;
    setImmediate(next);
    waiting.delete(starter);
    waiting.set(starter, queue);
    go();
    return;
  }
}

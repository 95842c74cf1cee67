import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** How many of these are still in memory, once `isDone` and garbage is collected. */
export async function remaining(known: readonly WeakRef<object>[], isDone: () => boolean): Promise<number> {
  // What a reference was made to stays in memory until the turn of the event loop ends.
  do await new Promise(setImmediate);
  while (!isDone());
  collectGarbage();
  return known.filter((one) => one.deref() !== undefined).length;
}

import { setTimeout as pause } from 'node:timers/promises';

/** Waits until it is true, at most 150 s. The error says what was not in time. */
export async function eventually(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 150_000;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`not in time: ${what}`);
    await pause(50);
  }
}

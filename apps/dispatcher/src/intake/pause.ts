/** What ends the pauses of a signal, one listener for all of them: an AbortSignal goes through all its listeners for each that is added or removed. */
const pauses = new WeakMap<AbortSignal, Set<() => void>>();

/** Resolves after so many milliseconds, or when the signal is aborted. Thousands of records of a partition may wait at a time. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  const ofSignal = pauses.get(signal) ?? listenTo(signal);
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      ofSignal.delete(end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    ofSignal.add(end);
  });
}

function listenTo(signal: AbortSignal): Set<() => void> {
  const ends = new Set<() => void>();
  pauses.set(signal, ends);
  signal.addEventListener('abort', () => { for (const end of ends) end(); }, { once: true });
  return ends;
}

/** Takes one line of progress at a time, without its newline. */
export type Log = (line: string) => void;

export const silent: Log = () => undefined;

/** Does a step and logs how long it took: `PostgreSQL 0.9 s`. Logs nothing if it fails, since the error is reported. */
export async function timed<T>(log: Log, step: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  log(`${step.padEnd(28)}${seconds(performance.now() - began)}`);
  return result;
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`.padStart(7);

import { QueryFailedError } from 'typeorm';

/**
 * Writes a batch; where PostgreSQL refuses a value in it, halves it until the culprits stand alone and are handed to `reject`. So one bad row costs a few
 * statements, never its batch. Whatever else fails (the server is away) is thrown.
 */
export async function isolate<T>(items: T[], write: (items: T[]) => Promise<void>, reject: (item: T, detail: string) => Promise<void>): Promise<void> {
  try {
    await write(items);
  } catch (error) {
    if (!isDataError(error)) throw error;
    const [only] = items;
    if (items.length === 1 && only !== undefined) return reject(only, error.message);
    const middle = items.length >> 1;
    await isolate(items.slice(0, middle), write, reject);
    await isolate(items.slice(middle), write, reject);
  }
}

/**
 * SQLSTATE class 22 (data exception) and 54000 (program limit exceeded: an index row of a key that is too long), and a number that its column's type does not have:
 * the same again would fail again.
 */
const isDataError = (error: unknown): error is Error => {
  if ((error as Error).name === 'RangeError') return true;
  if (!(error instanceof QueryFailedError)) return false;
  const { code } = error.driverError as { code?: string };
  return code !== undefined && (code.startsWith('22') || code === '54000');
};

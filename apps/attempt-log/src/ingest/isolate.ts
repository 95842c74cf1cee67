import { QueryFailedError } from 'typeorm';

/**
 * Writes a batch. If PostgreSQL refuses a value in it, halves it until each bad item is alone, and gives that to `reject`. One bad row costs a few
 * statements, never its batch. Any other failure (the server is away) is thrown.
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

/** SQLSTATE class 22 (data exception), 54000 (an index row is too long), or a number out of its type's range: the same write would fail again. */
const isDataError = (error: unknown): error is Error => {
  if ((error as Error).name === 'RangeError') return true;
  if (!(error instanceof QueryFailedError)) return false;
  const { code } = error.driverError as { code?: string };
  return code !== undefined && (code.startsWith('22') || code === '54000');
};

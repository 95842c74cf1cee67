/** Whether the connection of a request was closed before its answer had come. */
export const isClosed = (error: unknown): error is Error => error instanceof Error && error.name === 'KafkaJSConnectionClosedError';

/** Whether there was no connection to the broker, or it was lost before the answer had come. */
export const isDisconnected = (error: unknown): error is Error => isClosed(error) || (error instanceof Error && error.name === 'KafkaJSConnectionError');

/** The broker's name of an error (`MESSAGE_TOO_LARGE`), wherever kafkajs has put it in the chain of causes; null = there is none. */
export function brokerError(error: unknown): string | null {
  for (let e = error; e instanceof Error; e = e.cause) {
    const { type } = e as { type?: unknown };
    if (typeof type === 'string') return type;
  }
  return null;
}

/** The broker's own name for what it refused (`MESSAGE_TOO_LARGE`), wherever in the chain of causes kafkajs has put it; null = the broker said nothing. */
export function brokerError(error: unknown): string | null {
  for (let e = error; e instanceof Error; e = e.cause) {
    const { type } = e as { type?: unknown };
    if (typeof type === 'string') return type;
  }
  return null;
}

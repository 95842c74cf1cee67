/** For a command that has servers of its own: a signal alone would end it without a word, and leave them running. What ends with us ends on `exit`. */
export function exitOnSignal(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
}

/** For a command with servers of its own. A signal would otherwise end it silently and leave the servers running; they are ended on `exit`. */
export function exitOnSignal(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
}

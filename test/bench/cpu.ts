import pidusage from 'pidusage';

type Processes = Readonly<Record<string, { readonly pid: number }>>;

/** CPU seconds, user and system, that each process has used so far. */
export async function cpuSeconds(processes: Processes): Promise<Record<string, number>> {
  const names = Object.keys(processes);
  const usage = await Promise.all(names.map((name) => pidusage(processes[name]?.pid ?? 0)));
  pidusage.clear();
  return Object.fromEntries(names.map((name, i) => [name, (usage[i]?.ctime ?? 0) / 1_000]));
}

/** CPU microseconds of each process between two readings, for each of `count`. */
export const cpuMicrosEach = (before: Record<string, number>, after: Record<string, number>, count: number): Record<string, number> =>
  Object.fromEntries(Object.entries(after).map(([name, seconds]) => [name, round(((seconds - (before[name] ?? 0)) * 1e6) / count)]));

export const round = (value: number): number => Math.round(value * 10) / 10;

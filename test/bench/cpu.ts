import { readdir, readFile } from 'node:fs/promises';

type Processes = Readonly<Record<string, { readonly pid: number }>>;

/** Linux reports CPU time in hundredths of a second on every platform since 2.6. */
const TICKS_PER_SECOND = 100;

/** CPU seconds, user and system, of each process with its children (PostgreSQL has many). Linux: read from /proc. */
export async function cpuSeconds(processes: Processes): Promise<Record<string, number>> {
  const all = (await Promise.all((await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(readStat))).filter((stat) => stat !== null);
  const ticks = (pid: number): number => all.filter((stat) => stat.parent === pid).reduce((sum, child) => sum + ticks(child.pid), all.find((stat) => stat.pid === pid)?.ticks ?? 0);
  return Object.fromEntries(Object.entries(processes).map(([name, { pid }]) => [name, ticks(pid) / TICKS_PER_SECOND]));
}

/** CPU microseconds of each process between two readings, divided by `count`. */
export const cpuMicrosEach = (before: Record<string, number>, after: Record<string, number>, count: number): Record<string, number> =>
  Object.fromEntries(Object.entries(after).map(([name, seconds]) => [name, round(((seconds - (before[name] ?? 0)) * 1e6) / count)]));

export const round = (value: number): number => Math.round(value * 10) / 10;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  /** CPU ticks of the process and of its children that have ended. */
  readonly ticks: number;
}

/** The fields after the process's name, which may contain anything (proc_pid_stat(5)). null = the process has ended meanwhile. */
async function readStat(pid: string): Promise<Stat | null> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  if (!line) return null;
  const [, parent, , , , , , , , , , user, system, usersChildren, systemsChildren] = line.slice(line.lastIndexOf(')') + 2).split(' ').map(Number);
  return { pid: Number(pid), parent: parent ?? 0, ticks: (user ?? 0) + (system ?? 0) + (usersChildren ?? 0) + (systemsChildren ?? 0) };
}

import { readFile, writeFile } from 'node:fs/promises';

/** Resident memory of a process in megabytes: now, and the peak since `forgetPeak`. Linux: proc_pid_status(5). */
export async function megabytesOf(pid: number): Promise<{ readonly now: number; readonly peak: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const megabytes = (field: string): number => Math.round((Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1_024) / 1e6);
  return { now: megabytes('VmRSS'), peak: megabytes('VmHWM') };
}

/** Starts a new peak. */
export const forgetPeak = (pid: number): Promise<void> => writeFile(`/proc/${pid}/clear_refs`, '5');

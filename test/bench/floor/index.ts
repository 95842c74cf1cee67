import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const MAIN = fileURLToPath(new URL('main.js', import.meta.url));

/** The speed of the bare loop on this machine at this time. */
export interface Floor {
  readonly events: number;
  readonly perSecond: number;
  /** CPU microseconds for each event. */
  readonly cpuMicros: number;
}

/** Runs the bare loop in a process of its own, with the brokers and the endpoint that the services are measured with. */
export async function measureFloor(brokers: string, target: string, events: number): Promise<Floor> {
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN], { env: { ...process.env, KAFKA_BROKERS: brokers, TARGET: target, EVENTS: String(events) } });
  return JSON.parse(stdout) as Floor;
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Stack } from '@nuncio/embedded';
import type { Brokers } from './brokers.js';
import type { Server } from './schedule.js';

const PATIENCE_MS = 60_000;

/** Breaks the servers of a stack that run as processes of this machine (Linux), by SIGKILL and SIGSTOP. */
export class Servers {
  readonly #restarted: ChildProcess[] = [];
  readonly #pids: Map<string, number>;
  readonly #ports: Record<Exclude<Server, 'Kafka'>, number>;

  /** `dir`: the stack's directory. */
  constructor(
    private readonly dir: string,
    { servers, databaseUrl, redisUrl }: Stack,
    readonly brokers: Brokers,
  ) {
    this.#pids = new Map(Object.entries(servers).map(([name, { pid }]) => [name, pid]));
    this.#ports = { PostgreSQL: Number(new URL(databaseUrl).port), Redis: Number(new URL(redisUrl).port) };
  }

  /** SIGSTOP, and SIGCONT after this time. */
  async freeze(server: Server, forMs: number): Promise<void> {
    if (server === 'Kafka') return this.brokers.freeze(forMs);
    this.#signal(server, 'SIGSTOP');
    await delay(forMs);
    this.#signal(server, 'SIGCONT');
  }

  #signal(server: Server, signal: NodeJS.Signals): void {
    const pid = this.#pid(server);
    // For PostgreSQL also the processes that serve connections: stopping only the one that accepts them is not noticed.
    const served = server === 'PostgreSQL' ? childrenOf(pid) : [];
    for (const one of [pid, ...served]) process.kill(one, signal);
  }

  /** Takes the server away for this time. It comes back with its data. */
  away(server: Server, forMs: number): Promise<void> {
    return server === 'PostgreSQL' ? this.freeze(server, forMs) : this.kill(server, forMs);
  }

  /** Kills it, and starts it again after this time, with the same port and data. */
  async kill(server: Server, forMs: number): Promise<void> {
    if (server === 'Kafka') return this.brokers.kill(forMs);
    const pid = this.#pid(server);
    if (server === 'PostgreSQL') {
      // PostgreSQL restarts itself with crash recovery when one of its processes is killed.
      const [child] = childrenOf(pid);
      if (child !== undefined) process.kill(child, 'SIGKILL');
    } else {
      // Debian has one program for redis-server and redis-check-rdb; its name decides.
      const command = readlinkSync(`/proc/${pid}/exe`);
      process.kill(pid, 'SIGKILL');
      await delay(forMs);
      const log = openSync(join(this.dir, 'logs', 'redis-again.log'), 'a');
      const child = spawn(command, [join(this.dir, 'redis', 'redis.conf')], { argv0: 'redis-server', stdio: ['ignore', log, log] });
      this.#restarted.push(child);
      if (child.pid === undefined) throw new Error(`${server} cannot be started again: ${command}`);
      process.once('exit', () => {
        child.kill('SIGKILL');
      });
      this.#pids.set(server, child.pid);
    }
    await this.#open(this.#ports[server]);
  }

  /** Ends the servers that were started again here. The stack stops the others. */
  stop(): void {
    for (const child of this.#restarted) child.kill('SIGKILL');
  }

  #pid(server: Server): number {
    const pid = this.#pids.get(server);
    if (pid === undefined) throw new Error(`there is no ${server} among the processes of ${this.dir}`);
    return pid;
  }

  async #open(port: number): Promise<void> {
    for (const deadline = Date.now() + PATIENCE_MS; ;) {
      const socket = connect(port, '127.0.0.1');
      try {
        await once(socket, 'connect');
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await delay(50);
      } finally {
        socket.destroy();
      }
    }
  }
}

const childrenOf = (pid: number): number[] => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);

import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { freePort } from '@nuncio/embedded';
import { eventually } from '../fleet/eventually.js';
import { certificate } from '../fleet/certificate.js';
import type { Programs } from './programs.js';

const UP_WITHIN_MS = 120_000;

export interface Access {
  readonly url: string;
  readonly token: string;
  /** The file with the certificate of the API server. */
  readonly authority: string;
}

export interface Result {
  readonly ok: boolean;
  readonly out: string;
  /** Errors and warnings. */
  readonly told: string;
}

/** etcd and the API server of Kubernetes on loopback, without controllers and nodes. */
export class Cluster {
  readonly #processes: ChildProcess[] = [];

  private constructor(
    private readonly dir: string,
    readonly programs: Programs,
    /** The environment for kubectl and Helm. */
    readonly env: NodeJS.ProcessEnv,
    readonly access: Access,
  ) {}

  static async start(dir: string, programs: Programs): Promise<Cluster> {
    const [etcdPort, peerPort, port] = (await Promise.all([freePort(), freePort(), freePort()])).map(String) as [string, string, string];
    const file = (name: string): string => join(dir, name);
    const { key, cert } = certificate();
    const token = randomBytes(24).toString('hex');
    const access = { url: `https://127.0.0.1:${port}`, token, authority: file('cert.pem') };
    const config = { apiVersion: 'v1', kind: 'Config', clusters: [{ name: 'own', cluster: { server: access.url, 'certificate-authority': access.authority } }], users: [{ name: 'own', user: { token } }], contexts: [{ name: 'own', context: { cluster: 'own', user: 'own' } }], 'current-context': 'own' };
    await mkdir(dir, { recursive: true });
    await Promise.all([writeFile(file('key.pem'), key), writeFile(file('cert.pem'), cert), writeFile(file('tokens.csv'), `${token},administrator,1,system:masters\n`), writeFile(file('config'), JSON.stringify(config))]);
    const env = { ...process.env, KUBECONFIG: file('config'), HELM_CACHE_HOME: file('helm'), HELM_CONFIG_HOME: file('helm'), HELM_DATA_HOME: file('helm'), KUBECACHEDIR: file('kubectl') };
    const cluster = new Cluster(dir, programs, env, access);
    const [etcd, peer] = [`http://127.0.0.1:${etcdPort}`, `http://127.0.0.1:${peerPort}`];
    cluster.#run(programs.etcd, { 'data-dir': file('etcd'), 'listen-client-urls': etcd, 'advertise-client-urls': etcd, 'listen-peer-urls': peer, 'initial-advertise-peer-urls': peer, 'initial-cluster': `default=${peer}`, 'unsafe-no-fsync': 'true', 'log-level': 'warn' });
    cluster.#run(programs.apiServer, {
      'etcd-servers': etcd, 'bind-address': '127.0.0.1', 'endpoint-reconciler-type': 'none', 'secure-port': port, 'tls-cert-file': file('cert.pem'), 'tls-private-key-file': file('key.pem'), 'cert-dir': dir,
      'token-auth-file': file('tokens.csv'), 'authorization-mode': 'RBAC', 'service-cluster-ip-range': '10.0.0.0/24', 'service-account-issuer': 'https://nuncio.invalid', 'service-account-key-file': file('cert.pem'), 'service-account-signing-key-file': file('key.pem'),
    });
    await cluster.#until(['get', '--raw', '/readyz']);
    return cluster;
  }

  kubectl(args: readonly string[], input?: string): Promise<Result> {
    return this.run(this.programs.kubectl, args, input);
  }

  /** Its output. Throws with what it says if it fails. */
  async must(args: readonly string[], input?: string): Promise<string> {
    const { ok, out, told } = await this.kubectl(args, input);
    if (!ok) throw new Error(`kubectl ${args.join(' ')}: ${told}`);
    return out;
  }

  /** Runs a program as the administrator. Its standard input is empty, or `input`. */
  async run(command: string, args: readonly string[], input = ''): Promise<Result> {
    const child = spawn(command, args, { env: this.env, stdio: 'pipe' });
    child.stdin.end(input);
    const [out, told, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number | null]>]);
    return { ok: status === 0, out, told: told.trim() };
  }

  async stop(): Promise<void> {
    for (const one of this.#processes.reverse()) {
      if (one.exitCode !== null || one.signalCode !== null) continue;
      const ended = once(one, 'exit');
      one.kill('SIGKILL');
      await ended;
    }
  }

  #run(command: string, flags: Readonly<Record<string, string>>): void {
    const log = openSync(join(this.dir, `${basename(command)}.log`), 'a');
    const child = spawn(command, Object.entries(flags).map(([name, value]) => `--${name}=${value}`), { stdio: ['ignore', log, log] });
    process.on('exit', () => child.kill('SIGKILL'));
    this.#processes.push(child);
  }

  /** Waits until kubectl succeeds. Throws with the end of the log if a process has ended. */
  async #until(args: readonly string[]): Promise<void> {
    const ended = Promise.race(this.#processes.map(async (one) => once(one, 'exit').then(() => one)));
    const up = eventually(() => this.must(args), UP_WITHIN_MS);
    up.catch(() => undefined);
    const dead = await Promise.race([ended, up.then(() => null)]);
    if (!dead) return;
    const name = basename(dead.spawnfile);
    throw new Error(`${name} ended while it was starting:\n${readFileSync(join(this.dir, `${name}.log`), 'utf8').slice(-3_000)}`);
  }
}

const EXPECTED = [
  // Helm follows the chart's links to the alerts and the board.
  /walk\.go:\d+: found symbolic link in path/,
  // GKE's controller knows only the annotation, and ci/confluent.yaml is an installation on GKE.
  /annotation \\?"kubernetes\.io\/ingress\.class\\?" is deprecated/,
];

/** What a program says on its standard error, without what is expected. */
export const linesOf = (told: string): string[] => told.split('\n').filter((line) => line && !EXPECTED.some((expected) => expected.test(line)));

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@nuncio/embedded';

interface Job {
  readonly name: string;
  /** Addresses (`host:port`) that answer /metrics. */
  readonly targets: readonly string[];
}

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [at: number, value: string];
}

/** Whether `prometheus` (a Debian package) is installed. */
export const hasPrometheus = spawnSync('prometheus', ['--version']).status === 0;

/** A real Prometheus, which scrapes, and evaluates a file of rules, every second. */
export class Prometheus {
  private constructor(
    private readonly child: ChildProcess,
    private readonly dir: string,
    private readonly url: string,
  ) {}

  static async start(jobs: readonly Job[], rules: string): Promise<Prometheus> {
    const dir = await mkdtemp(join(tmpdir(), 'nuncio-prometheus-'));
    const settings = {
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: [rules],
      scrape_configs: jobs.map(({ name, targets }) => ({ job_name: name, static_configs: [{ targets }] })),
    };
    // JSON is YAML.
    await writeFile(join(dir, 'prometheus.yml'), JSON.stringify(settings));
    const port = await freePort();
    const child = spawn('prometheus', [`--config.file=${join(dir, 'prometheus.yml')}`, `--storage.tsdb.path=${join(dir, 'data')}`, `--web.listen-address=127.0.0.1:${port}`], { stdio: 'ignore' });
    return new Prometheus(child, dir, `http://127.0.0.1:${port}`);
  }

  async query(expr: string): Promise<readonly Series[]> {
    const { result } = await this.#get<{ result: readonly Series[] }>(`query?query=${encodeURIComponent(expr)}`);
    return result;
  }

  /** Names of alerts that fire or are pending. */
  async alerts(): Promise<readonly string[]> {
    const { alerts } = await this.#get<{ alerts: readonly { readonly labels: { readonly alertname: string } }[] }>('alerts');
    return alerts.map(({ labels }) => labels.alertname);
  }

  /** Every rule with the error of its last evaluation. */
  async rules(): Promise<readonly { readonly name: string; readonly health: string; readonly lastError?: string }[]> {
    const { groups } = await this.#get<{ groups: readonly { readonly rules: readonly { name: string; health: string; lastError?: string }[] }[] }>('rules');
    return groups.flatMap(({ rules }) => rules);
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
    await rm(this.dir, { recursive: true, force: true });
  }

  async #get<T>(path: string): Promise<T> {
    const response = await fetch(`${this.url}/api/v1/${path}`);
    const { status, data, error } = (await response.json()) as { status: string; data: T; error?: string };
    if (status !== 'success') throw new Error(`${decodeURIComponent(path)}: ${error ?? response.status}`);
    return data;
  }
}

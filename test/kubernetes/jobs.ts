import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Access } from './cluster.js';

const LOOK_MS = 250;

interface Job {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly status: { readonly startTime?: string };
}

/** Acts as the controller of Jobs, in a cluster that has no nodes: each Job ends as soon as it is made. */
export class Jobs {
  succeed = true;
  readonly #agent: Agent;
  readonly #ending = new AbortController();
  readonly #running: Promise<void>;

  constructor(private readonly access: Access) {
    this.#agent = new Agent({ connect: { ca: readFileSync(access.authority) } });
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#running;
    await this.#agent.close();
  }

  async #run(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      const { items } = (await this.#call('GET', '/apis/batch/v1/jobs')) as { items: readonly Job[] };
      for (const job of items) if (!job.status.startTime) await this.#end(job);
      await delay(LOOK_MS);
    }
  }

  async #end({ metadata }: Job): Promise<void> {
    const now = new Date().toISOString();
    const conditions = (this.succeed ? ['SuccessCriteriaMet', 'Complete'] : ['FailureTarget', 'Failed']).map((type) => ({ type, status: 'True', lastTransitionTime: now }));
    const status = { startTime: now, conditions, ...(this.succeed ? { succeeded: 1, completionTime: now } : { failed: 1 }) };
    await this.#call('PATCH', `/apis/batch/v1/namespaces/${metadata.namespace}/jobs/${metadata.name}/status`, { status });
  }

  /** Throws unless it succeeds, or the Job has gone meanwhile. */
  async #call(method: 'GET' | 'PATCH', path: string, body?: object): Promise<unknown> {
    const headers = { authorization: `Bearer ${this.access.token}`, ...(body && { 'content-type': 'application/merge-patch+json' }) };
    const answer = await request(`${this.access.url}${path}`, { method, headers, body: body && JSON.stringify(body), dispatcher: this.#agent });
    const text = await answer.body.text();
    if (answer.statusCode >= 400 && answer.statusCode !== 404) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
    return JSON.parse(text);
  }
}

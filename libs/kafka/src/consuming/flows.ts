import type { KafkaMessage } from 'kafkajs';
import type { Flow } from './backlog.js';
import { FetchedRecord } from './fetched-record.js';
import type { TrackedRecord } from './tracked-record.js';

/** The records of a partition that wait for its handler: those of a flow in the order in which they were read. Flows take turns, so that a long one delays no other. */
export class Flows {
  /** In the order of their turns. */
  readonly #waiting = new Map<Flow, TrackedRecord[]>();

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  push(record: TrackedRecord): void {
    const queue = this.#waiting.get(record.flow);
    if (queue) queue.push(record);
    else this.#waiting.set(record.flow, [record]);
  }

  /** Takes at most `most` records, in equal shares of the flows that may have some. Those that have one more than others come behind them at the next turn. */
  take(most: number, mayHave: (flow: Flow) => boolean): TrackedRecord[] {
    const flows = [...this.#waiting].filter(([flow]) => mayHave(flow));
    const count = Math.max(1, flows.length);
    const [each, more] = [Math.floor(most / count), most % count];
    const taken: TrackedRecord[] = [];
    const behind: typeof flows = [];
    for (const [at, [flow, queue]] of flows.entries()) {
      const share = at < more ? each + 1 : each;
      if (share === 0) break;
      taken.push(...queue.splice(0, share));
      this.#waiting.delete(flow);
      if (queue.length && share > each) behind.push([flow, queue]);
      else if (queue.length) this.#waiting.set(flow, queue);
    }
    for (const [flow, queue] of behind) this.#waiting.set(flow, queue);
    return taken;
  }

  takeAll(): TrackedRecord[] {
    const all = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    return all;
  }
}

/** Returns a function that gives the value of the first of these headers that a record has; '' = it has none of them. */
export function flowByHeader(names: readonly string[]): (message: KafkaMessage) => string {
  const wanted = names.map((name) => Buffer.from(name));
  return (message) => {
    const fetched: unknown = message;
    if (!(fetched instanceof FetchedRecord)) return '';
    for (const name of wanted) {
      const value = fetched.header(name);
      if (value) return value.toString('latin1');
    }
    return '';
  };
}

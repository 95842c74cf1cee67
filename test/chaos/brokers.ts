import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaNode, Stack } from '@nuncio/embedded';
import { Cable } from '../fleet/cable.js';

/** The nodes of a Kafka cluster, and where there are several, a cable from the dispatchers to each. Nodes are counted from 1. */
export class Brokers {
  private constructor(
    private readonly nodes: readonly KafkaNode[],
    private readonly cables: readonly Cable[],
  ) {}

  static async of({ kafka }: Stack): Promise<Brokers> {
    const relayed = kafka.flatMap((node) => node.relayed ?? []);
    return new Brokers(kafka, await Promise.all(relayed.map(({ from, to }) => Cable.to(`kafka://127.0.0.1:${to}`, from))));
  }

  /** Their numbers; of one, none. */
  get several(): number[] {
    return this.nodes.length > 1 ? this.#all : [];
  }

  /** Settings of who comes by the cables. */
  get byCable(): Record<string, string> {
    return this.cables.length === 0 ? {} : { KAFKA_BROKERS: this.cables.map(({ url }) => url.host).join(',') };
  }

  /** kill -9 of these, or of all, and up again after so long. */
  async kill(forMs: number, numbers: readonly number[] = this.#all): Promise<void> {
    const nodes = this.#named(numbers);
    await Promise.all(nodes.map((node) => node.kill()));
    await delay(forMs);
    await Promise.all(nodes.map((node) => node.start()));
  }

  /** SIGSTOP of these, or of all, and SIGCONT after so long. */
  async freeze(forMs: number, numbers: readonly number[] = this.#all): Promise<void> {
    const nodes = this.#named(numbers);
    for (const node of nodes) node.freeze();
    await delay(forMs);
    for (const node of nodes) node.thaw();
  }

  /** Each in order: SIGTERM, and up again. */
  async restart(): Promise<void> {
    for (const node of this.nodes) {
      await node.stop();
      await node.start();
    }
  }

  /** No way between the dispatchers and these; everybody else reaches them. */
  async cut(forMs: number, numbers: readonly number[]): Promise<void> {
    const cables = numbers.map((number) => this.#cable(number));
    await Promise.all(cables.map((cable) => cable.cut()));
    await delay(forMs);
    await Promise.all(cables.map((cable) => cable.mend()));
  }

  /** As where the network swallows what dispatchers and these say to each other. */
  async silence(forMs: number, numbers: readonly number[]): Promise<void> {
    const cables = numbers.map((number) => this.#cable(number));
    for (const cable of cables) cable.silence();
    await delay(forMs);
    await Promise.all(cables.map((cable) => cable.mend()));
  }

  async close(): Promise<void> {
    await Promise.all(this.cables.map((cable) => cable.cut()));
  }

  get #all(): number[] {
    return this.nodes.map((_, i) => i + 1);
  }

  #named(numbers: readonly number[]): KafkaNode[] {
    return numbers.map((number) => {
      const node = this.nodes[number - 1];
      if (!node) throw new Error(`there is no broker ${number} of ours`);
      return node;
    });
  }

  #cable(number: number): Cable {
    const cable = this.cables[number - 1];
    if (!cable) throw new Error(`there is no cable to broker ${number}`);
    return cable;
  }
}

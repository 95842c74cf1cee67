import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaNode, Stack } from '@nuncio/embedded';
import { Cable } from '@nuncio/fixtures';

/** The nodes of a Kafka cluster, counted from 1. If there are several, the dispatchers reach each through a cable. */
export class Brokers {
  private constructor(
    private readonly nodes: readonly KafkaNode[],
    private readonly cables: readonly Cable[],
  ) {}

  static async of({ kafka }: Stack): Promise<Brokers> {
    const relayed = kafka.flatMap((node) => node.relayed ?? []);
    return new Brokers(kafka, await Promise.all(relayed.map(({ from, to }) => Cable.to(`kafka://127.0.0.1:${to}`, from))));
  }

  /** The numbers of the nodes; empty with a single node. */
  get several(): number[] {
    return this.nodes.length > 1 ? this.#all : [];
  }

  /** Settings for services that connect through the cables. */
  get byCable(): Record<string, string> {
    return this.cables.length === 0 ? {} : { KAFKA_BROKERS: this.cables.map(({ url }) => url.host).join(',') };
  }

  /** Kills these nodes, or all, with SIGKILL, and starts them again after this time. */
  async kill(forMs: number, numbers: readonly number[] = this.#all): Promise<void> {
    const nodes = this.#named(numbers);
    await Promise.all(nodes.map((node) => node.kill()));
    await delay(forMs);
    await Promise.all(nodes.map((node) => node.start()));
  }

  /** Stops these nodes, or all, with SIGSTOP, and continues them with SIGCONT after this time. */
  async freeze(forMs: number, numbers: readonly number[] = this.#all): Promise<void> {
    const nodes = this.#named(numbers);
    for (const node of nodes) node.freeze();
    await delay(forMs);
    for (const node of nodes) node.thaw();
  }

  /** Restarts the nodes one after another with SIGTERM. */
  async restart(): Promise<void> {
    for (const node of this.nodes) {
      await node.stop();
      await node.start();
    }
  }

  /** Cuts the connections between the dispatchers and these nodes. Others still reach them. */
  async cut(forMs: number, numbers: readonly number[]): Promise<void> {
    const cables = numbers.map((number) => this.#cable(number));
    await Promise.all(cables.map((cable) => cable.cut()));
    await delay(forMs);
    await Promise.all(cables.map((cable) => cable.mend()));
  }

  /** Drops all data between the dispatchers and these nodes, like a network that swallows packets. */
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

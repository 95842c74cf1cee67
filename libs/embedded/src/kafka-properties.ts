import type { RelayedListener } from './kafka-node.js';

/** The settings of one node. */
interface NodeSettings {
  /** From 1. */
  readonly id: number;
  readonly data: string;
  readonly port: number;
  /** The ports of all nodes' controllers, in order. */
  readonly controllerPorts: readonly number[];
  readonly relayed?: RelayedListener;
}

const local = (port: number | undefined): string => `127.0.0.1:${port}`;

/**
 * Ports are new with every start, so the quorum's voters are static settings: with `--standalone` the controller's address would be stored in the
 * data. Internal topics have few partitions, which load faster. With three nodes each has a copy, and a node that was away soon leads again.
 */
export function properties({ id, data, port, controllerPorts, relayed }: NodeSettings): string {
  const copies = Math.min(3, controllerPorts.length);
  const inSync = Math.max(1, copies - 1);
  return `process.roles=broker,controller
node.id=${id}
controller.quorum.voters=${controllerPorts.map((each, i) => `${i + 1}@${local(each)}`).join(',')}
listeners=CLIENT://${local(port)},CONTROLLER://${local(controllerPorts[id - 1])}${relayed ? `,RELAYED://${local(relayed.to)}` : ''}
advertised.listeners=CLIENT://${local(port)}${relayed ? `,RELAYED://${local(relayed.from)}` : ''}
listener.security.protocol.map=CLIENT:PLAINTEXT,RELAYED:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=CLIENT
controller.listener.names=CONTROLLER
log.dirs=${data}
default.replication.factor=${copies}
offsets.topic.replication.factor=${copies}
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=${copies}
transaction.state.log.min.isr=${inSync}
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=${copies}
share.coordinator.state.topic.min.isr=${inSync}
group.initial.rebalance.delay.ms=0
leader.imbalance.check.interval.seconds=10
log.cleaner.dedupe.buffer.size=16777216
`;
}

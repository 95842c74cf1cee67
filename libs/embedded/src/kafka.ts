import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { dependenciesOf } from './maven.js';
import { kafkaUsers, secured } from './kafka-secured.js';
import { passwordIn } from './password.js';
import type { ServerContext } from './server-context.js';

const NEEDS_JAVA = 17;
const OTHERWISE = 'install Java 17 and Maven, or point KAFKA_BROKERS at a cluster';
const POM = new URL('../resources/kafka/pom.xml', import.meta.url);
const LOG_SETTINGS = new URL('../resources/kafka/log4j2.properties', import.meta.url);
// A start that is short counts for more than peak throughput: no second compiler, no collector threads.
const JVM = ['-Xms64m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', `-Dlog4j2.configurationFile=${LOG_SETTINGS.href}`];
const UP = 'Kafka Server started';

/** The password of `KAFKA_ADMIN`, where the broker asks for one. */
export const kafkaPassword = (dir: string): Promise<string> => passwordIn(join(dir, 'kafka', 'password'));

/** One node of Apache Kafka, broker and controller in one process, without ZooKeeper (KRaft). Returns its `host:port`. Data stays in `<dir>/kafka/data`. */
export async function startKafka(context: ServerContext): Promise<string> {
  const { dir, logs, group, env, tls, identities } = context;
  const java = javaCommand(env);
  const jars = await dependenciesOf({ pom: POM, goal: 'copy-dependencies', otherwise: OTHERWISE }, context);
  const home = join(dir, 'kafka');
  const data = join(home, 'data');
  const settings = join(home, 'server.properties');
  const port = await freePort();
  const command = (main: string, ...args: string[]): { command: string; args: string[]; env: NodeJS.ProcessEnv } => ({
    command: java,
    env,
    args: [...JVM, '-cp', join(jars, '*'), main, ...args],
  });

  await mkdir(home, { recursive: true });
  if (!existsSync(data)) {
    // Formatted aside and moved when complete, so that a start that was cut short leaves nothing half done.
    await rm(`${data}.new`, { recursive: true, force: true });
    await writeFile(settings, properties(`${data}.new`, port, await freePort()));
    const users = tls ? kafkaUsers(identities) : [];
    const format = command('kafka.tools.StorageTool', 'format', '--cluster-id', randomBytes(16).toString('hex').slice(0, 22), '--config', settings, ...users);
    await group.run({ name: 'Formatting Kafka', ...format, logFile: join(logs, 'kafka-format.log') });
    await rename(`${data}.new`, data);
  }
  const controllerPort = await freePort();
  const fenced = tls ? secured(tls, port, await freePort(), controllerPort, await kafkaPassword(dir)) : '';
  await writeFile(settings, properties(data, port, controllerPort) + fenced, { mode: 0o600 });
  const kafka = group.start({ name: 'Kafka', ...command('kafka.Kafka', settings), logFile: join(logs, 'kafka.log') });
  await kafka.says(UP, 60_000);
  return `127.0.0.1:${port}`;
}

/**
 * Ports are new with every start. That is why the quorum's voters are static, in these settings: formatted with `--standalone` the controller's address would be in the data.
 * Topics of its own are small: one node keeps one copy, and few partitions are loaded sooner.
 */
const properties = (data: string, port: number, controllerPort: number): string => `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controllerPort}
listeners=CLIENT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=CLIENT://127.0.0.1:${port}
listener.security.protocol.map=CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=CLIENT
controller.listener.names=CONTROLLER
log.dirs=${data}
auto.create.topics.enable=false
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
log.cleaner.dedupe.buffer.size=16777216
`;

function javaCommand(env: NodeJS.ProcessEnv): string {
  const java = env.JAVA_HOME ? join(env.JAVA_HOME, 'bin', 'java') : 'java';
  const { error, stderr } = spawnSync(java, ['-version'], { encoding: 'utf8', env });
  if (error) throw new Error(`Kafka needs Java and "${java}" cannot be run: ${OTHERWISE}`);
  const [, version = '0'] = /version "(\d+)/.exec(stderr) ?? [];
  if (Number(version) < NEEDS_JAVA) throw new Error(`Kafka needs Java ${NEEDS_JAVA} or later and "${java}" is version ${version}: ${OTHERWISE}`);
  return java;
}

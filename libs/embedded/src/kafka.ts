import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { dependenciesOf } from './maven.js';
import { KafkaNode } from './kafka-node.js';
import { properties } from './kafka-properties.js';
import { oauthBearer, oauthFlags } from './kafka-oauth.js';
import { kafkaUsers, secured } from './kafka-secured.js';
import { passwordIn } from './password.js';
import type { ServerContext } from './server-context.js';

const NEEDS_JAVA = 17;
const OTHERWISE = 'install Java 17 and Maven, or point KAFKA_BROKERS at a cluster';
const POM = new URL('../resources/kafka/pom.xml', import.meta.url);
const LOG_SETTINGS = new URL('../resources/kafka/log4j2.properties', import.meta.url);
// A short start matters more than peak throughput: no second compiler, no collector threads.
const JVM = ['-Xms64m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', `-Dlog4j2.configurationFile=${LOG_SETTINGS.href}`];

/** The password of `KAFKA_ADMIN`, if the broker requires one. */
export const kafkaPassword = (dir: string): Promise<string> => passwordIn(join(dir, 'kafka', 'password'));

/**
 * Apache Kafka without ZooKeeper (KRaft): one node, or several that form a cluster. Resolves when all of them are up. Data stays in `<dir>/kafka`, in
 * `data` or `data-<node>`.
 */
export async function startKafka(context: ServerContext, count = 1): Promise<readonly KafkaNode[]> {
  const { dir, logs, group, env, tls, identities } = context;
  const java = javaCommand(env);
  const jars = await dependenciesOf({ pom: POM, goal: 'copy-dependencies', otherwise: OTHERWISE }, context);
  const home = join(dir, 'kafka');
  const command = (main: string, ...args: string[]): { command: string; args: string[]; env: NodeJS.ProcessEnv } => ({
    command: java,
    env,
    args: [...JVM, ...oauthFlags(context.oauth), '-cp', join(jars, '*'), main, ...args],
  });
  const ids = Array.from({ length: count }, (_, i) => i + 1);
  const controllerPorts = await Promise.all(ids.map(() => freePort()));
  const clusterId = randomBytes(16).toString('hex').slice(0, 22);
  await mkdir(home, { recursive: true });
  const nodes = await Promise.all(ids.map(prepared));
  await Promise.all(nodes.map((node) => node.start()));
  return nodes;

  async function prepared(id: number): Promise<KafkaNode> {
    const suffix = count === 1 ? '' : `-${id}`;
    const data = join(home, `data${suffix}`);
    const settings = join(home, `server${suffix}.properties`);
    const relayed = count === 1 ? undefined : { from: await freePort(), to: await freePort() };
    const node = { id, data, controllerPorts, relayed, port: await freePort() };
    const fenced = tls ? secured(tls, node.port, await freePort(), controllerPorts[id - 1] ?? 0, await kafkaPassword(dir)) : '';
    const byToken = context.oauth ? oauthBearer(context.oauth, node.port, await freePort(), controllerPorts[id - 1] ?? 0) : '';
    if (!existsSync(data)) {
      // Formatted in another folder and moved when complete, so that an interrupted start leaves nothing half done.
      await rm(`${data}.new`, { recursive: true, force: true });
      await writeFile(settings, properties({ ...node, data: `${data}.new` }));
      const users = tls ? kafkaUsers(identities) : [];
      const format = command('kafka.tools.StorageTool', 'format', '--cluster-id', clusterId, '--config', settings, ...users);
      await group.run({ name: `Formatting Kafka${suffix}`, ...format, logFile: join(logs, `kafka-format${suffix}.log`) });
      await rename(`${data}.new`, data);
    }
    await writeFile(settings, properties(node) + fenced + byToken + (context.kafkaProperties ?? ''), { mode: 0o600 });
    const logFileOf = (start: number): string => join(logs, `kafka${suffix}${start === 1 ? '' : `.${start}`}.log`);
    const name = count === 1 ? 'Kafka' : `Kafka ${id}`;
    return new KafkaNode({ name, ...command('kafka.Kafka', settings), logFileOf, address: `127.0.0.1:${node.port}`, relayed }, group);
  }
}

function javaCommand(env: NodeJS.ProcessEnv): string {
  const java = env.JAVA_HOME ? join(env.JAVA_HOME, 'bin', 'java') : 'java';
  const { error, stderr } = spawnSync(java, ['-version'], { encoding: 'utf8', env });
  if (error) throw new Error(`Kafka needs Java and "${java}" cannot be run: ${OTHERWISE}`);
  const [, version = '0'] = /version "(\d+)/.exec(stderr) ?? [];
  if (Number(version) < NEEDS_JAVA) throw new Error(`Kafka needs Java ${NEEDS_JAVA} or later and "${java}" is version ${version}: ${OTHERWISE}`);
  return java;
}

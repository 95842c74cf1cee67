import { execFile, spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cacheDirectory } from '@nuncio/embedded';
import { makeTopics } from '@nuncio/fixtures';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { sharedStack } from '../fleet/fleet.js';

const execute = promisify(execFile);
const WORKSPACE = fileURLToPath(new URL('../..', import.meta.url));

/** The classes behind Kafka's commands. */
const CLASSES: Readonly<Record<string, string>> = {
  'kafka-configs': 'kafka.admin.ConfigCommand',
  'kafka-console-consumer': 'org.apache.kafka.tools.consumer.ConsoleConsumer',
  'kafka-consumer-groups': 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
};

const commands = globSync(['docs/*.md', 'docs/runbooks/*.md'], { cwd: WORKSPACE }).flatMap((page) =>
  Array.from(readFileSync(join(WORKSPACE, page), 'utf8').matchAll(/`(kafka-[a-z-]+ -[^`]+)`/g), ([, command = '']) => ({ page, command })),
);
/** The broker that Maven has fetched for the tests. */
const [broker = ''] = globSync(join(cacheDirectory(), 'kafka-*/kafka_2.13-*.jar'));
const isPossible = broker !== '' && !spawnSync('java', ['-version']).error && !spawnSync('mvn', ['-version']).error;

(isPossible || process.env.CI ? describe : describe.skip)("Kafka's own commands in the docs", () => {
  const prefix = `commands-${process.pid}-${Date.now().toString(36)}`;
  const brokers = sharedStack().brokers;
  const kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  const dir = mkdtempSync(join(tmpdir(), 'nuncio-kafka-commands-'));

  /** Topics and groups of the names in the docs, which nobody reads. Each topic has a record. */
  beforeAll(async () => {
    const version = /kafka_2\.13-(.*)\.jar$/.exec(basename(broker))?.[1] ?? '';
    await execute('mvn', ['-B', '-q', 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy', `-Dartifact=org.apache.kafka:kafka-tools:${version}`, `-DoutputDirectory=${join(dir, 'jars')}`]);
    mkdirSync(join(dir, 'bin'));
    for (const [name, main] of Object.entries(CLASSES)) {
      writeFileSync(join(dir, 'bin', name), `#!/bin/sh\nexec java -XX:TieredStopAtLevel=1 -cp '${join(broker, '..', '*')}:${join(dir, 'jars/*')}' ${main} "$@"\n`, { mode: 0o755 });
    }
    await admin.connect();
    const topics = [...new Set(commands.flatMap(({ command }) => Array.from(command.matchAll(/--topic nuncio\.([\w.-]+)/g), ([, topic = '']) => `${prefix}.${topic}`)))];
    await makeTopics(admin, topics.map((topic) => ({ topic, numPartitions: 1, replicationFactor: 1 })));
    const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    await producer.sendBatch({ topicMessages: topics.map((topic) => ({ topic, messages: [{ key: 'acme', value: 'a payload', headers: { ce_type: 'invoice.paid' } }] })) });
    await producer.disconnect();
    for (const group of ['dispatcher', 'delay']) await admin.setOffsets({ groupId: `${prefix}.${group}`, topic: topics[0] ?? '', partitions: [{ partition: 0, offset: '0' }] });
  });
  afterAll(async () => {
    await admin.disconnect();
    rmSync(dir, { recursive: true });
  });

  it('are found', () => {
    expect(commands.length).toBeGreaterThan(6);
    expect(commands.filter(({ command }) => !CLASSES[command.split(' ')[0] ?? ''])).toEqual([]);
  });

  it.each(commands)('are accepted by it as they stand: $page: $command', async ({ command }) => {
    // `P` and `N` stand for a partition and an offset.
    const now = command.replaceAll('nuncio.', `${prefix}.`).replace(/([: ])P\b/, '$10').replace(/ N\b/, ' 0');
    const { stdout, stderr } = await execute('sh', ['-c', now], { env: { ...process.env, PATH: `${join(dir, 'bin')}:${process.env.PATH ?? ''}`, KAFKA_BROKERS: brokers } });
    // These commands end with status 0 also when the cluster refuses.
    expect(`${stdout}${stderr}`).not.toMatch(/\b(?:Error|Warn|Exception): /);
    if (command.startsWith('kafka-console-consumer')) expect(stdout).toContain('ce_type:invoice.paid');
  });
});

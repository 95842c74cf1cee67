import { execFile, spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cacheDirectory } from '@nuncio/embedded';
import { Receiver } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet, sharedStack } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

const page = readFileSync(new URL('../../docs/producing.md', import.meta.url), 'utf8');
const caches = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));
mkdirSync(caches, { recursive: true });
// Within the workspace, so that Node.js finds kafkajs.
const dir = mkdtempSync(join(caches, 'producing-'));
afterAll(() => {
  rmSync(dir, { recursive: true });
});

const execute = promisify(execFile);
/** `npm run check:snippets` also runs Go, which takes long to fetch and compile. */
const EVERY_ONE = Boolean(process.env.EVERY_SNIPPET);
const isInstalled = (command: string, flag = '--version'): boolean => !spawnSync(command, [flag]).error;

/** The jars that Maven has fetched for the Kafka of the tests. */
const jars = (): string[] => globSync(join(cacheDirectory(), 'kafka-*/*.jar'));

interface Language {
  readonly name: string;
  readonly fence: string;
  readonly file: string;
  readonly isThere: boolean;
  /** Run only by `npm run check:snippets`. */
  readonly isLong?: true;
  /** Puts the snippet's packages into its working directory. */
  readonly prepare?: (folder: string) => Promise<unknown>;
  readonly run: (folder: string) => readonly [command: string, ...args: string[]];
}

const python = (name: string, cloudevents: string): Language => ({
  name,
  fence: 'python',
  file: 'publish.py',
  isThere: isInstalled('python3') && isInstalled('pip3'),
  prepare: (folder) => execute('pip3', ['install', '--quiet', '--disable-pip-version-check', '--target', folder, 'kafka-python==3.0.12', `cloudevents==${cloudevents}`]),
  run: () => ['python3', 'publish.py'],
});

const shell = (name: string, command: string, flag: string): Language => ({ name, fence: 'sh', file: 'publish.sh', isThere: isInstalled(command, flag), run: () => ['sh', '-e', 'publish.sh'] });

const LANGUAGES: readonly Language[] = [
  shell('curl, over HTTP', 'curl', '--version'),
  shell('kcat', 'kcat', '-V'),
  { name: 'Node', fence: 'js', file: 'publish.mjs', isThere: true, run: () => [process.execPath, 'publish.mjs'] },
  python('Python, SDK 2', '2.2.0'),
  python('Python, SDK 1', '1.12.0'),
  { name: 'Java', fence: 'java', file: 'Publish.java', isThere: isInstalled('java') && jars().length > 0, run: () => ['java', '-XX:TieredStopAtLevel=1', '-cp', jars().join(delimiter), 'Publish.java'] },
  {
    name: 'Go',
    fence: 'go',
    file: 'publish.go',
    isThere: isInstalled('go', 'version'),
    isLong: true,
    prepare: async (folder) => {
      await execute('go', ['mod', 'init', 'publish'], { cwd: folder });
      await execute('go', ['get', 'github.com/segmentio/kafka-go@v0.4.50'], { cwd: folder });
    },
    run: () => ['go', 'run', 'publish.go'],
  },
];

describe('what docs/producing.md has producers publish with', () => {
  const fleet = sharedFleet();
  let receiver: Receiver;
  let tenant: Tenant;

  beforeAll(async () => {
    receiver = await Receiver.start();
    tenant = await Tenant.create(fleet);
    await tenant.subscribe(receiver, {});
  });
  afterAll(async () => {
    await Promise.all([receiver.close(), fleet.cluster.close()]);
  });

  it('runs in every language that it is written in', () => {
    expect(Array.from(page.matchAll(/^### (.+)$/gm), ([, name]) => name)).toEqual(LANGUAGES.map(({ name }) => name));
  });

  for (const { name, fence, file, isThere, isLong, prepare, run } of LANGUAGES) {
    const isTried = EVERY_ONE || (!isLong && (isThere || Boolean(process.env.CI)));
    if (!isTried) process.stderr.write(`docs/producing.md: the snippet in ${name} is NOT tried\n`);
    (isTried ? it : it.skip)(`publishes in ${name}, and the payload is delivered as it was given`, async () => {
      const snippet = new RegExp(`### ${name}\\n.*?\`\`\`${fence}\\n(.*?)\`\`\``, 's').exec(page)?.[1] ?? '';
      const folder = join(dir, fence + name.slice(-1));
      mkdirSync(folder);
      const id = name.replaceAll(/\W/g, '');
      const own = { 'nuncio.events': `${fleet.cluster.topicPrefix}.events`, 'invoice.paid': tenant.eventType, acme: tenant.id, '42': id };
      writeFileSync(join(folder, file), Object.entries(own).reduce((text, [theirs, ours]) => text.replaceAll(theirs, ours), snippet));
      await prepare?.(folder);
      const [command, ...args] = run(folder);
      await execute(command, args, { cwd: folder, env: { ...process.env, NODE_OPTIONS: '', KAFKA_BROKERS: sharedStack().brokers, NUNCIO_URL: fleet.api.url, NUNCIO_API_KEY: fleet.api.key } });
      await eventually(async () => {
        expect(await fleet.api.all('/v1/events', { tenant: tenant.id, ceId: id })).toMatchObject([{ ceSource: '/shop', eventType: tenant.eventType, contentType: 'application/json' }]);
        expect(receiver.requests.map(({ body }) => body.toString())).toContain('{ "total": 1.0 }');
      });
      receiver.requests.length = 0;
    });
  }
});

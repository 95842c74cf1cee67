import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Identities } from './identities.js';
import { birthOf } from './process-birth.js';
import type { Services, ServicesOptions } from './running-services.js';
import { startServices } from './services.js';

/** A service that reports ready, writes its settings into a file, and leaves a note when it drains. */
const SERVICE = `
const fs = require('node:fs');
const own = { ...process.env };
fs.appendFileSync(process.env.JOURNAL + '.' + process.argv[1].split('/').at(-3), JSON.stringify(own) + '\\n');
console.log('listening on ' + process.env.PORT);
const stay = setInterval(() => {}, 1000);
const drain = () => { console.log('drained'); clearInterval(stay); process.disconnect?.(); };
process.on('SIGTERM', drain);
process.on('disconnect', () => clearInterval(stay));
process.send({ ready: true, port: Number(process.env.PORT) });
`;
const CRASHES = `console.error('PORT must be a fish'); process.exit(7);`;
const ALL = [
  'apps/config-service/dist/main.js',
  'apps/token-service/dist/main.js',
  'apps/dispatcher/dist/main.js',
  'apps/attempt-log/dist/main.js',
  'apps/gateway/dist/main.js',
];
const COMMANDS = ['apps/config-service/dist/migrate.js', 'apps/attempt-log/dist/migrate.js', 'libs/kafka/dist/apply-topics.js', 'libs/kafka/dist/apply-access.js'];

describe('startServices', () => {
  let root: string;
  let lines: string[];
  let started: Services | undefined;

  const program = (file: string, source: string): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), source);
  };
  const start = async (options: Partial<ServicesOptions> = {}): Promise<Services> => {
    const stack = { brokers: '127.0.0.1:1', databaseUrl: 'postgres://127.0.0.1:2/x', redisUrl: 'redis://127.0.0.1:3' };
    started = await startServices({
      dir: join(root, 'state'),
      workspace: root,
      stack,
      env: { JOURNAL: join(root, 'journal') },
      log: (line) => lines.push(line),
      ...options,
    });
    return started;
  };
  const settings = (app: string): Record<string, string> =>
    JSON.parse(
      readFileSync(join(root, `journal.${app}`), 'utf8')
        .trim()
        .split('\n')
        .at(-1)!,
    ) as Record<string, string>;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'nuncio-services-'));
    lines = [];
    for (const file of ALL) program(file, SERVICE);
    for (const file of COMMANDS) program(file, `console.log('done')`);
  });

  afterEach(async () => {
    await started?.stop();
    started = undefined;
    rmSync(root, { recursive: true, force: true });
  });

  it('starts all five as separate processes, and gives each only the settings that it needs', async () => {
    const { services, url, adminKey } = await start({ topicPrefix: 'other' });
    expect(Object.keys(services)).toEqual(['config-service', 'token-service', 'dispatcher', 'attempt-log', 'gateway']);
    expect(new Set(Object.values(services).map(({ pid }) => pid)).size).toBe(5);
    expect(url).toBe(`http://127.0.0.1:${services.gateway!.port}`);
    expect(settings('dispatcher')).toMatchObject({
      TOPIC_PREFIX: 'other',
      KAFKA_BROKERS: '127.0.0.1:1',
      HOST: '127.0.0.1',
      EGRESS_ALLOW: '127.0.0.0/8,::1,localhost',
    });
    expect(settings('gateway').CONFIG_SERVICE_URL).toBe(`http://127.0.0.1:${services['config-service']!.port}`);
    expect(settings('config-service').ADMIN_API_KEY).toBe(adminKey);
    for (const secret of ['SIGNING_KEYS', 'CLIENT_KEYS', 'TOKEN_KEYS', 'ADMIN_API_KEY', 'DATABASE_URL']) expect(settings('gateway')).not.toHaveProperty(secret);
  });

  it('gives each service its own user name and password for servers that support it', async () => {
    const passwords = Object.fromEntries(['config-service', 'token-service', 'dispatcher', 'attempt-log', 'gateway'].map((service) => [service, `password-of-${service}`])) as unknown as Identities;
    const stack = { brokers: '127.0.0.1:1', databaseUrl: 'postgres://owner:x@127.0.0.1:2/db?sslmode=verify-full', redisUrl: 'redis://:x@127.0.0.1:3' };
    await start({ stack: { ...stack, identities: { database: passwords, redis: passwords, kafka: passwords }, settings: { KAFKA_SSL_CA_FILE: '/ca', KAFKA_SASL_USERNAME: 'admin' } } });
    expect(settings('attempt-log')).toMatchObject({ DATABASE_URL: 'postgres://nuncio_attempt_log:password-of-attempt-log@127.0.0.1:2/db?sslmode=verify-full' });
    expect(settings('dispatcher')).toMatchObject({ REDIS_URL: 'redis://nuncio_dispatcher:password-of-dispatcher@127.0.0.1:3', KAFKA_SSL_CA_FILE: '/ca', KAFKA_SASL_USERNAME: 'nuncio_dispatcher', KAFKA_SASL_PASSWORD: 'password-of-dispatcher' });
    for (const service of ['config-service', 'token-service', 'dispatcher', 'attempt-log', 'gateway']) {
      const others = Object.values(passwords).filter((password) => password !== `password-of-${service}`);
      for (const password of others) expect(JSON.stringify(settings(service))).not.toContain(password);
    }
  });

  it('makes keys once, readable only by their owner', async () => {
    const { adminKey, stop } = await start().then((services) => ({ adminKey: services.adminKey, stop: () => services.stop() }));
    expect(statSync(join(root, 'state/keys')).mode & 0o777).toBe(0o600);
    expect(settings('token-service').TOKEN_KEYS).toMatch(/^k1:[A-Za-z0-9+/]{43}=$/);
    await stop();
    expect((await start()).adminKey).toBe(adminKey);
  });

  it('starts a killed service again on its port and shows its last lines', async () => {
    const fleet = await start();
    const before = fleet.services.dispatcher!;
    await fleet.kill('dispatcher');
    await fleet.ready('dispatcher');
    expect(fleet.services.dispatcher).toEqual({ port: before.port, pid: expect.any(Number) as unknown });
    expect(fleet.services.dispatcher!.pid).not.toBe(before.pid);
    expect(lines.find((line) => line.startsWith('dispatcher died'))).toBe(
      `dispatcher died (SIGKILL) and is started again; its last lines:\n    listening on ${before.port}`,
    );
  });

  it('gives up at the third death within a minute', async () => {
    let reason: Error | undefined;
    const fleet = await start({ onGivenUp: (error) => (reason = error) });
    await fleet.kill('gateway');
    await fleet.ready('gateway');
    await fleet.kill('gateway', 'SIGABRT');
    await fleet.ready('gateway');
    expect(reason).toBeUndefined();
    await fleet.kill('gateway');
    await expect(fleet.ready('gateway')).rejects.toThrow('gateway died (SIGKILL) for the third time within a minute');
    expect(reason?.message).toContain('listening on');
  });

  it('fails, with its last lines and nothing left running, when a service does not come up', async () => {
    program('apps/gateway/dist/main.js', CRASHES);
    await expect(start()).rejects.toThrow(/gateway died \(exit status 7\) for the third time(.|\n)*PORT must be a fish/);
    expect(() => readFileSync(join(root, 'state/services.json'))).toThrow('ENOENT');
  });

  it('starts no service where a migration fails', async () => {
    program('apps/attempt-log/dist/migrate.js', CRASHES);
    await expect(start()).rejects.toThrow(/attempt-log migrations failed: exit status 7\n {4}PORT must be a fish/);
    expect(() => settings('gateway')).toThrow('ENOENT');
  });

  it('does not restart a dead service if restarts are off, until it is asked to', async () => {
    const fleet = await start({ restart: false, names: ['dispatcher'] });
    await fleet.kill('dispatcher');
    await expect(fleet.ready('dispatcher')).rejects.toThrow('dispatcher died (SIGKILL)');
    await fleet.start('dispatcher');
    await fleet.ready('dispatcher');
    expect(Object.keys(fleet.services)).toEqual(['dispatcher']);
  });

  it('reports a service that dies by itself while restarts are off, with its last lines, and none that was killed or replaced', async () => {
    const deaths: string[] = [];
    const died = Promise.withResolvers<undefined>();
    const onGivenUp = ({ message }: Error): void => {
      deaths.push(message);
      died.resolve(undefined);
    };
    const fleet = await start({ restart: false, names: ['dispatcher'], onGivenUp });
    await fleet.kill('dispatcher');
    await fleet.start('dispatcher');
    await fleet.replace('dispatcher', root);
    expect(deaths).toEqual([]);
    process.kill(fleet.services.dispatcher!.pid, 'SIGKILL');
    await died.promise;
    expect(deaths).toEqual([expect.stringMatching(/^dispatcher died \(SIGKILL\); its last lines:\n {4}[^]*listening on \d+$/)]);
  });

  it('adds dispatchers, each on its own port', async () => {
    const fleet = await start({ names: ['dispatcher'] });
    const added = await Promise.all([fleet.add('dispatcher'), fleet.add('dispatcher', { LOG_LEVEL: 'debug' })]);
    expect([...added].sort()).toEqual(['dispatcher-2', 'dispatcher-3']);
    expect(new Set(Object.values(fleet.services).map(({ port }) => port)).size).toBe(3);
  });

  it('lets every service drain when it stops, and leaves none running', async () => {
    const fleet = await start();
    const pids = Object.values(fleet.services).map(({ pid }) => pid);
    await fleet.stop();
    expect(pids.map(birthOf)).toEqual(pids.map(() => null));
    for (const name of Object.keys(fleet.services)) expect(readFileSync(fleet.logFile(name), 'utf8')).toContain('drained');
  });

  it('refuses a directory that is in use', async () => {
    await start();
    await expect(startServices({ dir: join(root, 'state'), workspace: root, stack: { brokers: '', databaseUrl: '', redisUrl: '' } })).rejects.toThrow(
      `state is in use by process ${process.pid}: stop that one first`,
    );
  });

  it('stops what it has begun to start when it is told to stop', async () => {
    program('apps/gateway/dist/main.js', 'setInterval(() => {}, 1000)');
    const stop = new AbortController();
    const starting = start({
      signal: stop.signal,
      log: (line) => {
        if (line.startsWith('dispatcher')) stop.abort();
      },
    });
    await expect(starting).rejects.toThrow('was stopped');
    expect(readFileSync(join(root, 'state/logs/dispatcher.log'), 'utf8')).toContain('drained');
  });

  it.each([true, false])('runs a service of another workspace instead of its own, on the same port and with the same settings (restarts: %s)', async (restart) => {
    const { services, replace, prepare } = bound(await start({ restart }));
    const before = services().dispatcher!;
    const other = join(root, 'other');
    for (const file of COMMANDS) program(join('other', file), `console.log('done')`);
    program(join('other', 'apps/dispatcher/dist/main.js'), SERVICE.replace("'listening on '", "'another release listens on '"));
    await prepare(other);
    await replace('dispatcher', other);
    const after = services().dispatcher!;
    expect(after.port).toBe(before.port);
    expect(after.pid).not.toBe(before.pid);
    expect(settings('dispatcher')).toMatchObject({ PORT: String(before.port), TOPIC_PREFIX: 'nuncio' });
    const log = readFileSync(join(root, 'state', 'logs', 'dispatcher.log'), 'utf8');
    expect(log).toMatch(/listening on \d+\ndrained\nanother release listens on \d+\n$/);
  });
});

const bound = (started: Services) => ({ services: () => started.services, replace: started.replace.bind(started), prepare: started.prepare.bind(started) });

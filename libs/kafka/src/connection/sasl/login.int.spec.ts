import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type OwnServers, ownServers, startKafka } from '@nuncio/embedded';
import { AuthorizationServer, makeTopics } from '@nuncio/fixtures';
import { createConsumer, createKafka } from '../kafka.js';
import { KafkaEnv, kafkaFor } from '../kafka-env.js';
import { mskIam } from './msk-iam.js';

const client = { clientId: 'nuncio_dispatcher', clientSecret: 'a secret of Kafka', authMethod: 'client_secret_basic' } as const;
/** Shorter than the 10 s before the end of a session at which kafkajs authenticates again: here it does every 6 s. */
const TOKEN_LIFE_SECONDS = 8;
const AUDIENCE = 'https://kafka.example.com';
const UNTIL_MS = 20_000;

describe('OAUTHBEARER', () => {
  let issuer: AuthorizationServer;
  let servers: OwnServers;
  let brokers: string;
  const settings = (over: Record<string, string> = {}) =>
    kafkaFor(KafkaEnv.parse({ KAFKA_BROKERS: brokers, KAFKA_SASL_MECHANISM: 'oauthbearer', KAFKA_OAUTH_TOKEN_URL: issuer.tokenUrl, KAFKA_OAUTH_CLIENT_ID: client.clientId, KAFKA_OAUTH_CLIENT_SECRET: client.clientSecret, ...over }), 'dispatcher');

  beforeAll(async () => {
    issuer = await AuthorizationServer.start({ clients: [client], tokenLifeSeconds: TOKEN_LIFE_SECONDS, jwt: { audience: AUDIENCE, claims: {} } });
    servers = await ownServers('oauthbearer');
    const [node] = await startKafka({ ...servers, oauth: { issuer: issuer.issuer, audience: AUDIENCE, jwksUrl: issuer.jwksUrl } });
    brokers = node!.address;
  });
  afterAll(async () => {
    await servers.stop();
    await issuer.down();
  });

  it('carries records past the ends of several tokens, which all connections of the process share: each request authenticated again, and was refused, where sessions were shorter than 10 s', async () => {
    const own = settings();
    const kafka = createKafka(own);
    const [admin, producer, consumer] = [kafka.admin(), kafka.producer(), createConsumer(own, { groupId: 'readers' })];
    await admin.connect();
    await makeTopics(admin, [{ topic: 't' }]);
    await Promise.all([producer.connect(), consumer.connect()]);
    await consumer.subscribe({ topic: 't', fromBeginning: true });
    const read: string[] = [];
    let sent = 0;
    await consumer.run({ eachMessage: async ({ message }) => void read.push(String(message.value)) });
    for (const startedAt = Date.now(); Date.now() - startedAt < UNTIL_MS; sent++) {
      await producer.send({ topic: 't', messages: [{ value: String(sent) }] });
      await pause(100);
    }
    while (read.length < sent) await pause(50);
    expect(read).toEqual(Array.from({ length: sent }, (_, n) => String(n)));
    await Promise.all([admin.disconnect(), producer.disconnect(), consumer.disconnect()]);
    const fetched = issuer.requestsOf(client.clientId).length;
    expect(fetched).toBeGreaterThan(2);
    expect(fetched).toBeLessThan(20);
  });

  it('sits out an authorization server that is away, as a broker that is', async () => {
    await issuer.down();
    const admin = createKafka(settings(), { initialRetryTime: 100, maxRetryTime: 300, retries: 100 }).admin();
    const connecting = admin.connect();
    await pause(1_000);
    await issuer.up();
    await connecting;
    await admin.disconnect();
  });

  it('tells what the token endpoint said of a wrong secret, and not the secret', async () => {
    const admin = createKafka(settings({ KAFKA_OAUTH_CLIENT_SECRET: 'guessed' }), { retries: 0 }).admin();
    await expect(admin.connect()).rejects.toThrow(/gives none: http 401 invalid_client/);
    await admin.disconnect();
  });
});

it('signs a token for Amazon MSK with credentials of the environment, without a network', async () => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI' });
  try {
    const { value, receivedAt, usableUntil } = await mskIam('eu-central-1')();
    const url = new URL(Buffer.from(value.reveal(), 'base64url').toString());
    expect(url.hostname).toBe('kafka.eu-central-1.amazonaws.com');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({ Action: 'kafka-cluster:Connect', 'X-Amz-Credential': expect.stringMatching(/^AKIDEXAMPLE\/\d{8}\/eu-central-1\/kafka-cluster\/aws4_request$/) });
    expect(usableUntil - receivedAt).toBeGreaterThan(600_000);
    expect(usableUntil - receivedAt).toBeLessThan(900_000);
  } finally {
    for (const [name, value] of Object.entries({ AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY })) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  }
});

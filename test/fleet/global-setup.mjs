import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServices } from '@nuncio/embedded';
import startServers from '@nuncio/embedded/jest';

/** Starts the fleet that most black-box tests share, and writes its address to `NUNCIO_FLEET`; see `sharedFleet`. */
export default async function start(...run) {
  await startServers(...run);
  const stack = { brokers: process.env.KAFKA_BROKERS, databaseUrl: process.env.DATABASE_URL, redisUrl: process.env.REDIS_URL, identities: JSON.parse(process.env.NUNCIO_IDENTITIES ?? '{}') };
  const dir = await mkdtemp(join(tmpdir(), 'nuncio-fleet-'));
  const services = await startServices({ dir, stack, topicPrefix: `fleet-${process.pid}`, envOf: { 'attempt-log': { NOTICES_TO: 'all-notices' } } });
  const { url, adminKey, topicPrefix } = services;
  process.env.NUNCIO_FLEET = JSON.stringify({ url, adminKey, topicPrefix, stack });
  globalThis.stopFleet = async () => {
    await services.stop();
    await rm(dir, { recursive: true });
  };
}

import { setTimeout as pause } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';
import { brokerError } from './broker-error.js';

const AGAIN_AFTER_MS = 200;
const KNOWN_WITHIN_MS = 60_000;

/** What a broker says of a consumer group whose coordinator has just started, or has just changed. kafkajs does not ask again. */
const SOON = new Set(['GROUP_LOAD_IN_PROGRESS', 'GROUP_COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR_FOR_GROUP']);

/** Connects as an administrator for this work. The work begins again while no broker knows a consumer group that it asks for, for a minute at most. */
export async function withAdmin<T>(kafka: Pick<Kafka, 'admin'>, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    for (const deadline = Date.now() + KNOWN_WITHIN_MS; ; ) {
      try {
        return await work(admin);
      } catch (error) {
        if (!SOON.has(brokerError(error) ?? '') || Date.now() > deadline) throw error;
        await pause(AGAIN_AFTER_MS);
      }
    }
  } finally {
    await admin.disconnect();
  }
}

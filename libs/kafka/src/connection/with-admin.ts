import { setTimeout as pause } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';
import { brokerError } from './broker-error.js';
import { ELSEWHERE } from '../kafkajs/kafkajs-coordinator.js';

const AGAIN_AFTER_MS = 200;
const KNOWN_WITHIN_MS = 60_000;

/** Connects as an administrator for this work. The work begins again while no broker knows a consumer group that it asks for, for a minute at most: kafkajs does not ask again. */
export async function withAdmin<T>(kafka: Pick<Kafka, 'admin'>, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    for (const deadline = Date.now() + KNOWN_WITHIN_MS; ; ) {
      try {
        return await work(admin);
      } catch (error) {
        if (!ELSEWHERE.has(brokerError(error) ?? '') || Date.now() > deadline) throw error;
        await pause(AGAIN_AFTER_MS);
      }
    }
  } finally {
    await admin.disconnect();
  }
}

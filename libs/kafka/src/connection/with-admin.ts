import { setTimeout as pause } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';
import { hasMoved } from '../kafkajs/kafkajs-coordinator.js';

const AGAIN_AFTER_MS = 200;
const KNOWN_WITHIN_MS = 60_000;

/**
 * Connects as an administrator for this work. The work begins again, for a minute at most, when a broker goes away, or while none knows a consumer group that it asks for:
 * kafkajs does not ask again. So whatever the work has changed by then, it must be able to do again.
 */
export async function withAdmin<T>(kafka: Pick<Kafka, 'admin'>, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    for (const deadline = Date.now() + KNOWN_WITHIN_MS; ; ) {
      try {
        return await work(admin);
      } catch (error) {
        if (!hasMoved(error) || Date.now() > deadline) throw error;
        await pause(AGAIN_AFTER_MS);
      }
    }
  } finally {
    await admin.disconnect();
  }
}

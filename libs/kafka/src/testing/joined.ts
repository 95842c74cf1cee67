import type { KafkaServer } from '../consuming/kafka-server.js';

/** Starts a server. Resolves once it has joined its group. */
export const joined = (server: KafkaServer): Promise<void> =>
  new Promise((resolve, reject) => {
    server.listen((error) => {
      if (error) reject(new Error('the group cannot be joined', { cause: error }));
      else resolve();
    });
  });

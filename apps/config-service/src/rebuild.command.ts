import { DatabaseUrl, openDatabase } from '@nuncio/database';
import { BatchProducer, KafkaEnv, kafkaFor } from '@nuncio/kafka';
import { loadConfig } from '@nuncio/service';
import { aggregates } from './aggregates.js';
import { configDatabase } from './database.js';
import { EventStore, rebuildStates } from './event-store/index.js';
import { republish } from './outbox/republish.js';
import { requireNothingLater, rewind } from './outbox/rewind.js';

/** The command: makes every read model, and the topic `config.state`, anew out of the event store. The services may go on meanwhile; changes wait for its end. */
const settings = await loadConfig(KafkaEnv.extend({ DATABASE_URL: DatabaseUrl }));
const database = await openDatabase(configDatabase(settings.DATABASE_URL));
const kafka = kafkaFor(settings, 'rebuild');
const producer = await BatchProducer.connected(kafka);
try {
  const { rebuilt, published, wentBack } = await new EventStore(database).standstill(async (manager, head) => {
    await requireNothingLater(kafka, head);
    return { rebuilt: await rebuildStates(manager, aggregates), published: await republish(manager, producer), wentBack: await rewind(kafka, head) };
  });
  console.log(`config: ${rebuilt.aggregates} aggregates made anew, ${rebuilt.different} of which were not what their events say; ${published} states published`);
  if (wentBack !== null) console.log(`config: the database was restored to before position ${wentBack}; the relay goes on from where the database is`);
} catch (error) {
  console.error(`config: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  await producer.disconnect();
  await database.destroy();
}

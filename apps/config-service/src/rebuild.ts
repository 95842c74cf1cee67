import { DatabaseUrl, openDatabase } from '@nuncio/database';
import { BatchProducer, KafkaEnv, kafkaFor } from '@nuncio/kafka';
import { loadConfig } from '@nuncio/service';
import { aggregates } from './aggregates.js';
import { configDatabase } from './database.js';
import { EventStore, rebuildStates } from './event-store/index.js';
import { republish } from './outbox/republish.js';

/** The command: makes every read model, and the topic `config.state`, anew out of the event store. The services may go on meanwhile; changes wait for its end. */
const settings = await loadConfig(KafkaEnv.extend({ DATABASE_URL: DatabaseUrl }));
const database = await openDatabase(configDatabase(settings.DATABASE_URL));
const producer = await BatchProducer.connected(kafkaFor(settings, 'rebuild'));
const { rebuilt, published } = await new EventStore(database).standstill(async (manager) => ({
  rebuilt: await rebuildStates(manager, aggregates),
  published: await republish(manager, producer),
}));
console.log(`config: ${rebuilt.aggregates} aggregates made anew, ${rebuilt.different} of which were not what their events say; ${published} states published`);
await producer.disconnect();
await database.destroy();

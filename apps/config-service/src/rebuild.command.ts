import { parseArgs } from 'node:util';
import { AggregateKind } from '@nuncio/contracts';
import { DatabaseUrl, openDatabase } from '@nuncio/database';
import { ConfigView, KafkaEnv, kafkaFor } from '@nuncio/kafka';
import { loadConfig } from '@nuncio/service';
import { aggregates } from './aggregates.js';
import { configDatabase } from './database.js';
import { EventStore, rebuildStates } from './event-store/index.js';
import { outrank, type Outranked } from './outbox/outrank.js';
import { hasStates, publishedPosition, restoredTo } from './outbox/published.js';
import { republish } from './outbox/republish.js';

/**
 * The command that makes every read model, and the topic `config.state`, anew from the event store. Services may keep running; changes wait until it
 * ends. `--restored`: the database was restored to an earlier moment, and its content shall count.
 */
const { values: flags } = parseArgs({ options: { restored: { type: 'boolean', default: false } } });
const settings = await loadConfig(KafkaEnv.extend({ DATABASE_URL: DatabaseUrl }));
const database = await openDatabase(configDatabase(settings.DATABASE_URL));
const kafka = kafkaFor(settings, 'rebuild');
let view: ConfigView | null = null;
try {
  if (flags.restored && (await hasStates(kafka))) view = await ConfigView.started(kafka, AggregateKind.options);
  const said = await new EventStore(database).standstill(async (manager, head) => {
    const published = await publishedPosition(kafka);
    if (published > head && !flags.restored) throw new Error(restoredTo(head, published));
    const rebuilt = await rebuildStates(manager, aggregates);
    const outranked: Outranked = published > head ? await outrank(manager, view, published) : { head, restored: 0, withdrawn: [] };
    const states = await republish(manager, kafka, outranked.head, outranked.withdrawn);
    return [
      `${rebuilt.aggregates} aggregates made anew, ${rebuilt.different} of which were not what their events say; ${states} states published`,
      ...(published > head ? [`the database was restored to position ${head} of ${published}: ${outranked.restored} aggregates are as they were then, and ${outranked.withdrawn.length} are gone`] : []),
      ...outranked.withdrawn.map(({ kind, id }) => `gone: ${kind} ${id}`),
    ];
  });
  for (const line of said) console.log(`config: ${line}`);
} catch (error) {
  console.error(`config: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  await view?.stop();
  await database.destroy();
}

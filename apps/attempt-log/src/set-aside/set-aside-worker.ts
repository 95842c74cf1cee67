import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { attempts, tokenEvents } from '@nuncio/contracts';
import { readJson, topicName, type KafkaSettings } from '@nuncio/kafka';
import { FactsIngest } from '../ingest/facts-ingest.js';
import { isolate } from '../ingest/isolate.js';
import { readAttemptFact } from '../ingest/attempt-fact.js';
import { KAFKA_SETTINGS } from '../lag/kafka-watch.js';
import { Recurring } from '../recurring.js';
import { TokenEventsIngest } from '../token-requests/token-events-ingest.js';
import { SetAside, type SetAsideRecord } from './set-aside.js';

const EVERY_MS = 60_000;

/** How records of a topic that were set aside are written later. `write` returns those that this release can read. */
interface Way {
  readonly topic: string;
  readonly write: (records: readonly SetAsideRecord[]) => Promise<SetAsideRecord[]>;
}

/**
 * Writes records that were set aside into the log, as soon as this release can read them: at start, and every minute, since replicas of a former
 * release may still set some aside.
 */
@Injectable()
export class SetAsideWorker implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger('SetAside');
  #next = 0;
  readonly #looks = new Recurring({
    work: () => this.look(),
    nextInMs: () => this.#next,
    onFailure: (error) => {
      this.#logger.warn(`cannot read records that were set aside at the moment: ${String(error)}`);
    },
  });
  readonly #ways: readonly Way[];

  constructor(
    @Inject(SetAside) private readonly setAside: SetAside,
    @Inject(FactsIngest) facts: Pick<FactsIngest, 'write'>,
    @Inject(TokenEventsIngest) events: Pick<TokenEventsIngest, 'write'>,
    @Inject(KAFKA_SETTINGS) { topicPrefix }: Pick<KafkaSettings, 'topicPrefix'>,
  ) {
    this.#ways = [
      { topic: topicName(topicPrefix, attempts), write: (records) => written(records, factOf, (some) => facts.write(some)) },
      { topic: topicName(topicPrefix, tokenEvents), write: (records) => written(records, tokenEventOf, (some) => events.write(some)) },
    ];
  }

  onApplicationBootstrap(): void {
    this.#looks.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.#looks.stop();
  }

  async look(): Promise<void> {
    this.#next = EVERY_MS;
    for await (const page of this.setAside.all())
      for (const { topic, write } of this.#ways) {
        const records = await write(page.filter((record) => record.topic === topic));
        if (!records.length) continue;
        await this.setAside.remove(records);
        this.#logger.log(`${records.length} records of ${topic} that a former release had set aside are now in the log`);
      }
  }
}

function tokenEventOf(record: SetAsideRecord) {
  const read = readJson(tokenEvents, record);
  return read.is === 'known' ? { event: read.value, record } : null;
}

function factOf(record: SetAsideRecord) {
  const read = readAttemptFact(record, Date.now());
  return 'fact' in read ? read : null;
}

/** A record that PostgreSQL refuses stays set aside. */
async function written<T extends { readonly record: SetAsideRecord }>(
  records: readonly SetAsideRecord[],
  read: (record: SetAsideRecord) => T | null,
  write: (some: T[]) => Promise<void>,
): Promise<SetAsideRecord[]> {
  const readable = records.flatMap((record) => {
    const one = read(record);
    return one === null ? [] : [one];
  });
  const refused = new Set<T>();
  await isolate(readable, write, (one) => Promise.resolve(void refused.add(one)));
  return readable.filter((one) => !refused.has(one)).map(({ record }) => record);
}

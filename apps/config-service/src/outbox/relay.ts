import { setTimeout } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { describeFault, type KafkaSettings } from '@nuncio/kafka';
import type { DataSource } from 'typeorm';
import { relayFailing } from '../metrics.js';
import { Lease } from './lease.js';
import { restoredTo } from './published.js';
import { Publisher } from './publisher.js';
import { deletedLongAgo, markRewrapped, markTombstoned, nextRewrapped, nextUnpublished, somePublished } from './unpublished.js';

/** Commits of other replicas are noticed by polling, those of this process at once. */
const POLL_MS = 250;
const AFTER_FAILURE_MS = 1_000;
/** Between two transactions: the broker needs a moment to end the last one, and more commits come together. */
const BETWEEN_MS = 20;
/** Rewrapped secrets may wait a little. */
const REPUBLISH_EVERY_MS = 1_000;
const TOMBSTONES_EVERY_MS = 3_600_000;
/**
 * Kafka forgets the offset of a group without members, and a transactional id, that nobody has used for a while (`offsets.retention.minutes`, `transactional.id.expiration.ms`: a
 * week by default).
 */
const REMIND_EVERY_MS = 3_600_000;
/** How soon a topic that was lost is noticed while nothing is published. */
const STATES_EVERY_MS = 5_000;

/** Publishes committed changes in commit order. One replica at a time does. */
export class Relay {
  readonly #lease: Lease;
  readonly #logger = new Logger('Relay');
  #publisher: Publisher | null = null;
  #position = 0;
  /** After another release: the position up to which states are published by this release's schema. */
  #caughtUpTo = 0;
  #republishedAt = 0;
  #tombstonesAt = 0;
  #statesAt = 0;
  #remindedAt = 0;
  #stopping = false;
  #woken = Promise.withResolvers<undefined>();
  /** Why nothing is being published; null = all is well. */
  trouble: string | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: DataSource,
    private readonly kafka: KafkaSettings,
    private readonly remindEveryMs = REMIND_EVERY_MS,
  ) {
    this.#lease = new Lease(database);
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Called when something was committed. */
  wake(): void {
    this.#woken.resolve(undefined);
  }

  /** Publishes what there is, then lets another replica take over at once. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.wake();
    await this.#running;
    await this.#publisher?.close();
    await this.#lease.release().catch(() => undefined);
  }

  async #run(): Promise<void> {
    for (;;) {
      const last = this.#stopping;
      this.#woken = Promise.withResolvers();
      try {
        await this.#relay();
        this.trouble = null;
        relayFailing.set(0);
        if (!last) await Promise.race([this.#woken.promise, setTimeout(POLL_MS)]);
      } catch (error) {
        // Whether a failed transaction was committed is known only after the next fence.
        const trouble = describeFault(error);
        relayFailing.set(1);
        if (trouble !== this.trouble) this.#logger.warn(`cannot publish changes at the moment, trying again: ${trouble}`);
        this.trouble = trouble;
        await this.#drop();
        if (!last) await setTimeout(AFTER_FAILURE_MS);
      }
      if (last) return;
    }
  }

  async #relay(): Promise<void> {
    if (!(await this.#lease.isHeld())) return this.#drop();
    if (!this.#publisher && !this.#stopping) await this.#takeOver();
    while (this.#publisher) {
      const next = await nextUnpublished(this.database, this.#position);
      if (!next) break;
      await this.#publisher.requireStates(this.#position);
      await this.#publisher.publish(next);
      this.#position = next.position;
      await this.#lease.advance(next.position);
      await setTimeout(BETWEEN_MS);
      if (!(await this.#lease.isHeld())) return this.#drop();
    }
    await this.#lookForStates();
    await this.#catchUp();
    await this.#remind();
    await this.#republish();
    await this.#publishTombstones();
  }

  /** A topic that was deleted and made anew is empty. Running services go on with what they know, so nobody else would notice before one is started. */
  async #lookForStates(): Promise<void> {
    if (!this.#publisher || Date.now() - this.#statesAt < STATES_EVERY_MS) return;
    this.#statesAt = Date.now();
    await this.#publisher.requireStates(this.#position);
  }

  /**
   * After another release had published, publishes all states again, some in each round: while two releases run, one publishes states without fields
   * that only the other knows.
   */
  async #catchUp(): Promise<void> {
    if (this.#stopping || !this.#publisher?.isBehind) return;
    await this.#publisher.requireStates(this.#position);
    const states = await somePublished(this.database, this.#caughtUpTo, this.#position);
    const last = states.at(-1);
    if (last) {
      await this.#publisher.publishStates(states);
      this.#caughtUpTo = last.position;
    } else {
      await this.#publisher.caughtUp(this.#position);
      this.#logger.log('all states are published again by this release');
    }
  }

  /** Without it, after a quiet week nobody would notice a database that was restored to an earlier moment, nor that another release published last. */
  async #remind(): Promise<void> {
    if (!this.#publisher || this.#position === 0 || Date.now() - this.#remindedAt < this.remindEveryMs) return;
    this.#remindedAt = Date.now();
    await setTimeout(BETWEEN_MS);
    await this.#publisher.remind(this.#position);
    await setTimeout(BETWEEN_MS);
  }

  /** Fences the former publisher, then asks how far it came. A replica that takes the lease meanwhile fences this one. */
  async #takeOver(): Promise<void> {
    const publisher = (this.#publisher = await Publisher.connect(this.kafka));
    const held = await this.#lease.hold();
    if (held === null) return this.#drop();
    this.#position = Math.max(held, await publisher.position());
    await this.#requireAll(this.#position);
    await publisher.requireStates(this.#position);
    if (this.#position === 0) await publisher.begin();
    this.#caughtUpTo = 0;
    this.#logger.log(`relaying from position ${this.#position}`);
  }

  /** Refuses to start if the database is behind the published position: new events at those positions would never be published. */
  async #requireAll(published: number): Promise<void> {
    const [head] = await this.database.query<{ position: string }[]>('select position from config.head');
    if (published > Number(head?.position)) throw new Error(restoredTo(Number(head?.position), published));
  }

  /** Publishes states whose secrets keys/rotate.ts has wrapped anew. */
  async #republish(): Promise<void> {
    if (!this.#stopping && Date.now() - this.#republishedAt < REPUBLISH_EVERY_MS) return;
    this.#republishedAt = Date.now();
    while (this.#publisher) {
      const records = await nextRewrapped(this.database, this.#position);
      if (!records.length) return;
      await this.#publisher.requireStates(this.#position);
      await this.#publisher.publishStates(records.map(({ wrapping: _, ...record }) => record));
      await markRewrapped(this.database, records);
      await setTimeout(BETWEEN_MS);
      if (!(await this.#lease.isHeld())) return this.#drop();
    }
  }

  async #publishTombstones(): Promise<void> {
    if (!this.#publisher || Date.now() - this.#tombstonesAt < TOMBSTONES_EVERY_MS) return;
    this.#tombstonesAt = Date.now();
    const deleted = await deletedLongAgo(this.database);
    if (!deleted.length) return;
    await this.#publisher.requireStates(this.#position);
    await this.#publisher.publishTombstones(deleted);
    await markTombstoned(this.database, deleted);
  }

  async #drop(): Promise<void> {
    await this.#publisher?.close();
    this.#publisher = null;
  }
}

import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { pulse } from '@nuncio/contracts';
import { readJson, TopicTail, type KafkaSettings, type TailRecord } from '@nuncio/kafka';
import { KAFKA_SETTINGS } from '../lag/kafka-watch.js';
import { Fleet, FORGOTTEN_AFTER_MS } from './fleet.js';

/** Reads the pulses of all processes. Every attempt-log reads all of them, so that each replica can answer. */
@Injectable()
export class FleetTail implements OnModuleInit, OnApplicationShutdown {
  readonly #tail: TopicTail;

  constructor(
    @Inject(KAFKA_SETTINGS) kafka: KafkaSettings,
    private readonly fleet: Fleet,
  ) {
    this.#tail = new TopicTail(kafka, pulse, {
      sinceMs: FORGOTTEN_AFTER_MS,
      onRecord: (record) => {
        this.#take(record);
      },
    });
  }

  onModuleInit(): void {
    this.#tail.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#tail.stop();
  }

  /** An unreadable pulse is passed over; the next one comes in ten seconds. */
  #take({ value, at }: TailRecord): void {
    const read = readJson(pulse, { value });
    if (read.is === 'known') this.fleet.take(read.value, at);
  }
}

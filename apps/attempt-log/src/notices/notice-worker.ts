import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { events, type Labels } from '@nuncio/contracts';
import { BatchProducer, ConfigView } from '@nuncio/kafka';
import { noticesTold } from '../metrics.js';
import { Recurring } from '../recurring.js';
import { expiringCredential, expiringCredentials } from './expiring.js';
import { noticeEvent } from './notice-event.js';
import { AT_ONCE, Notices, type StoredNotice } from './notices.js';
import { receiversOf, wantedBy, type Wanted } from './receivers.js';

/** Between two looks, after a notice was stored here. */
const EVERY_MS = 500;
/** Within this time the transaction that stored a notice has committed. */
const EXPECTED_MS = 5_000;
/** The longest time between two looks. Finds notices whose replica has stopped. */
const IDLE_MS = 15_000;
const SWEEP_EVERY_MS = 3_600_000;

/** Injection token of the tenant that gets the notices of all tenants; undefined = none does. */
export const NOTICES_TENANT = Symbol('NoticesTenant');

/** Publishes notices that are due; any replica may. Every hour it looks for credentials that end soon. */
@Injectable()
export class NoticeWorker implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger('Notices');
  readonly #looks = new Recurring({
    work: () => this.#look(),
    nextInMs: () => (this.#isBehind ? 0 : this.#nextInMs(Date.now())),
    onFailure: (error) => {
      this.#logger.warn(`cannot publish notices at the moment: ${String(error)}`);
    },
  });
  #sweptAt = 0;
  #toldAt = 0;
  #dueAt = 0;
  /** Whether the last look found a full batch. */
  #isBehind = false;

  constructor(
    @Inject(Notices) private readonly notices: Notices,
    @Inject(BatchProducer) private readonly producer: Pick<BatchProducer, 'send'>,
    @Inject(ConfigView) private readonly view: ConfigView,
    @Inject(NOTICES_TENANT) private readonly noticesTenant: string | undefined,
  ) {}

  onApplicationBootstrap(): void {
    this.notices.onTold(() => {
      this.#toldAt = Date.now();
      this.#looks.hurry();
    });
    this.view.onChange(({ kind, id, state }) => {
      if (kind === 'credential' && state) this.#lookAt({ id, state });
    });
    this.#looks.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.#looks.stop();
  }

  async #look(): Promise<void> {
    if (Date.now() - this.#sweptAt >= SWEEP_EVERY_MS) await this.#sweep();
    this.#isBehind = false;
    this.#dueAt = await this.notices.nextDueAt();
    if (this.#dueAt > Date.now()) return;
    await this.tellDue();
  }

  /** After claiming a batch, the next notice may be due at once. */
  #nextInMs(now: number): number {
    const dueInMs = now - this.#toldAt < EXPECTED_MS ? EVERY_MS : this.#dueAt - now;
    return Math.min(Math.max(dueInMs, EVERY_MS), IDLE_MS);
  }

  /** An edited credential is looked at now. If the database is away, the next sweep does it. */
  #lookAt(credential: Parameters<typeof expiringCredential>[0]): void {
    this.notices.tell(expiringCredential(credential, Date.now())).catch((error: unknown) => {
      this.#logger.warn(`cannot store a notice of an expiry, next try within an hour: ${String(error)}`);
    });
  }

  async #sweep(): Promise<void> {
    await this.notices.tell(expiringCredentials(this.view, Date.now()));
    await this.notices.forgetOld();
    this.#sweptAt = Date.now();
  }

  async tellDue(now = Date.now()): Promise<void> {
    const due = await this.notices.claim(now);
    this.#isBehind = due.length >= AT_ONCE;
    if (!due.length) return;
    const wanted = wantedBy(this.view);
    await Promise.all(due.map((notice) => this.#tell(notice, wanted, now)));
  }

  async #tell(notice: StoredNotice, wanted: Wanted, now: number): Promise<void> {
    const labels = labelsOf(notice, this.view);
    const receivers = receiversOf(notice, wanted, this.view, this.noticesTenant);
    await Promise.all(receivers.map((to) => this.producer.send(events, noticeEvent(notice, labels, to))));
    noticesTold.inc({ type: notice.type }, receivers.length);
    await this.notices.settle(notice, receivers.length > 0, now);
  }
}

/**
 * The present labels of the callback that the notice names, or else of the credential, so that notices can be filtered
 * by them.
 */
function labelsOf({ data: { callback, credential } }: StoredNotice, view: Pick<ConfigView, 'get'>): Labels {
  const about = typeof callback === 'string' ? view.get('callback', callback) : typeof credential === 'string' ? view.get('credential', credential) : undefined;
  return about?.state.labels ?? {};
}

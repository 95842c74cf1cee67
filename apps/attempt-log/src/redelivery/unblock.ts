import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { isSuspended } from '@nuncio/contracts';
import { BatchProducer, ConfigView } from '@nuncio/kafka';
import { DataSource } from 'typeorm';
import { LogWriter } from '../ingest/log-writer.js';
import { CaughtUp } from '../lag/caught-up.js';
import { unblocked } from '../metrics.js';
import { cancelParked } from './cancel-parked.js';
import { releaseParked, subscriptionsWithParked } from './release-parked.js';

const SWEEP_EVERY_MS = 60_000;

/** What to do with the parked deliveries of a subscription: send (`open`) or cancel (`deleted`) them. */
type Fate = 'open' | 'deleted';

/**
 * Sends parked deliveries when their subscription is activated, or their callback enabled, at a later position. Cancels them when their subscription
 * is deleted. Three things trigger this: the change in configuration, a parked fact that is older than the present configuration, and a sweep every
 * minute, which finds what a crash or an outage left. Does nothing until the log has caught up, since what it shows as parked may have been sent
 * since.
 */
@Injectable()
export class Unblock implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger('Unblock');
  readonly #due = new Map<string, Fate>();
  /** Ids of disabled callbacks and suspended tenants. */
  readonly #closed = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | null = null;
  #stopping = false;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(BatchProducer) readonly producer: BatchProducer,
    @Inject(ConfigView) private readonly view: ConfigView,
    @Inject(LogWriter) readonly writer: LogWriter,
    @Inject(CaughtUp) private readonly caughtUp: Pick<CaughtUp, 'isSo' | 'whenSo'>,
  ) {
    for (const { id, state } of view.all('callback')) if (!state.enabled) this.#closed.add(id);
    for (const { id, state } of view.all('tenant')) if (isSuspended(state)) this.#closed.add(id);
    view.onChange((record) => {
      if (record.kind === 'callback') this.#openOrNot(record.id, record.state?.enabled ?? true);
      if (record.kind === 'tenant') this.#openOrNot(record.id, !isSuspended(record.state ?? undefined));
      if (record.kind !== 'subscription') return;
      if (record.state) this.check(record.id);
      else this.#settle(record.id, 'deleted');
    });
  }

  onApplicationBootstrap(): void {
    this.caughtUp.whenSo(() => void this.#sweep());
    this.#timer = setInterval(() => void this.#sweep(), SWEEP_EVERY_MS);
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  /** Called when deliveries of this subscription may be due. Cheap if nothing may be sent. */
  check(subscription: string): void {
    if (this.#openSince(subscription) !== null) this.#settle(subscription, 'open');
  }

  #openOrNot(id: string, isOpen: boolean): void {
    if (!isOpen) this.#closed.add(id);
    else if (this.#closed.delete(id)) for (const { id: subscription, state } of this.view.all('subscription')) if (state.callback === id || state.tenant === id) this.check(subscription);
  }

  /**
   * The position since which deliveries of the subscription may be sent; null = they may not. The positions of its callback and tenant count too,
   * since their change may be what allows it.
   */
  #openSince(subscription: string): number | null {
    const viewed = this.view.get('subscription', subscription);
    const callback = viewed && this.view.get('callback', viewed.state.callback);
    const tenant = viewed && this.view.get('tenant', viewed.state.tenant);
    if (viewed?.state.state !== 'activated' || !callback?.state.enabled || isSuspended(tenant?.state)) return null;
    return Math.max(viewed.state.activatedAt ?? 0, callback.position, tenant?.position ?? 0);
  }

  /** A subscription that this view does not know is deleted, unless it was parked at a later position than this view has. */
  async #sweep(): Promise<void> {
    try {
      for (const { subscription, position } of await subscriptionsWithParked(this.dataSource)) {
        if (this.view.get('subscription', subscription)) this.check(subscription);
        else if (position !== null && position <= this.view.position) this.#settle(subscription, 'deleted');
      }
    } catch (error) {
      this.#logger.warn(`cannot look for parked deliveries, next try in a minute: ${String(error)}`);
    }
  }

  #settle(subscription: string, fate: Fate): void {
    if (this.#stopping) return;
    this.#due.set(subscription, fate);
    this.#run();
  }

  /** Runs again at the end, for what came in meanwhile. */
  #run(): void {
    if (this.#running || this.#stopping || !this.#due.size || !this.caughtUp.isSo) return;
    this.#running = this.#settleAll().finally(() => {
      this.#running = null;
      this.#run();
    });
  }

  async #settleAll(): Promise<void> {
    for (const [subscription, fate] of this.#due) {
      this.#due.delete(subscription);
      if (this.#stopping) return;
      try {
        await (fate === 'deleted' ? this.#cancel(subscription) : this.#release(subscription));
      } catch (error) {
        this.#logger.warn(`${subscription}: cannot send its parked deliveries, next try within a minute: ${String(error)}`);
      }
    }
  }

  async #release(subscription: string): Promise<void> {
    const position = this.#openSince(subscription);
    if (position === null) return;
    const count = await releaseParked(this.dataSource, this, subscription, position);
    unblocked.inc(count);
    if (count) this.#logger.log(`${subscription}: ${count} parked deliveries sent`);
  }

  async #cancel(subscription: string): Promise<void> {
    const count = await cancelParked(this.dataSource, this.producer, subscription, Date.now());
    if (count) this.#logger.log(`${subscription} is deleted: ${count} parked deliveries canceled`);
  }
}

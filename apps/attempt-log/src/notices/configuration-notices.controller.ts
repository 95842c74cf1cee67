import { Controller, Inject, Logger } from '@nestjs/common';
import { configLog, type ConfigEvent } from '@nuncio/contracts';
import { ConfigView, OnBatch, readJson, type RecordBatch } from '@nuncio/kafka';
import { isNews, type NoticeFact } from './notice-fact.js';
import { Notices } from './notices.js';

/** A consumer group of its own, so that the log does not wait for configuration. */
export const NOTICES = Symbol('notices');
export const NOTICES_GROUP = 'notices';

const WAIT_MS = 1_000;

/** Moves of subscriptions that have a notice. */
const TOLD_MOVES = {
  submit: 'nuncio.subscription.submitted',
  approve: 'nuncio.subscription.approved',
  reject: 'nuncio.subscription.rejected',
  suspend: 'nuncio.subscription.suspended',
  block: 'nuncio.subscription.blocked',
} as const;
const isTold = (move: unknown): move is keyof typeof TOLD_MOVES => typeof move === 'string' && Object.hasOwn(TOLD_MOVES, move);

/** Makes notices of configuration events. */
@Controller()
export class ConfigurationNoticesController {
  readonly #logger = new Logger('Notices');

  constructor(
    @Inject(Notices) private readonly notices: Notices,
    @Inject(ConfigView) private readonly view: Pick<ConfigView, 'get' | 'waitFor'>,
  ) {}

  @OnBatch(configLog.name, NOTICES)
  async onConfigEvents({ records, signal }: RecordBatch): Promise<void> {
    const facts: NoticeFact[] = [];
    for (const record of records) {
      const read = readJson(configLog, record);
      if (read.is === 'unreadable') this.#logger.error(`config.log ${record.offset} cannot be read, nothing is told of it: ${read.detail}`);
      else if (read.is === 'known' && isNews(read.value.at, Date.now())) facts.push(...(await this.#factsOf(read.value, signal)));
    }
    if (signal.aborted) return;
    await this.notices.tell(facts);
    for (const record of records) record.done();
  }

  async #factsOf(event: ConfigEvent, signal: AbortSignal): Promise<NoticeFact[]> {
    const { type, data, stream, position } = event;
    const id = stream.slice(stream.indexOf('-') + 1);
    const isDisabled = stream.startsWith('callback-') && type === 'changed' && data.enabled === false;
    const move = stream.startsWith('subscription-') && type === 'moved' && isTold(data.move) ? TOLD_MOVES[data.move] : null;
    if (!isDisabled && move === null) return [];
    while (!signal.aborted && !(await this.view.waitFor(position, WAIT_MS)));
    return move === null ? this.#disabled(id, event) : this.#moved(id, move, event);
  }

  /** No notice if the callback was deleted meanwhile. */
  #disabled(id: string, { at, actor, position, data: { disabledReason } }: ConfigEvent): NoticeFact[] {
    const callback = this.view.get('callback', id)?.state;
    if (!callback) return [];
    const { tenant, groups, name, application } = callback;
    const data = { callback: id, name, application, reason: typeof disabledReason === 'string' ? disabledReason : null, by: actor };
    return [{ type: 'nuncio.callback.disabled', subject: id, tenant, groups, at, mark: position, data }];
  }

  #moved(id: string, type: (typeof TOLD_MOVES)[keyof typeof TOLD_MOVES], { at, actor, position, data: { reason } }: ConfigEvent): NoticeFact[] {
    const subscription = this.view.get('subscription', id)?.state;
    const callback = subscription && this.view.get('callback', subscription.callback)?.state;
    if (!callback) return [];
    const data = { subscription: id, callback: callback.id, application: callback.application, eventTypes: subscription.eventTypes, by: actor, reason: typeof reason === 'string' ? reason : null };
    return [{ type, subject: id, tenant: subscription.tenant, groups: callback.groups, at, mark: position, data }];
  }
}

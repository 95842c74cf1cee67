import { Inject, Injectable } from '@nestjs/common';
import { isDeliveryFact, isReserved, signals, type Attempted, type AttemptFact, type DeliveryFact } from '@nuncio/contracts';
import { BatchProducer, ConfigView, type Viewed } from '@nuncio/kafka';
import { DataSource } from 'typeorm';
import { lastOfEach, readSigns, type Read, type Sign } from './conditions.js';
import { isNews, type NoticeFact } from './notice-fact.js';
import { Notices } from './notices.js';

const DAY_MS = 86_400_000;

interface AttemptSign extends Sign {
  readonly fact: Attempted;
  readonly callback: Viewed<'callback'>;
}

/** Makes notices of facts about deliveries. Deliveries of notices make none, since each failure would lead to another. */
@Injectable()
export class DeliveryNotices {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(Notices) private readonly notices: Notices,
    @Inject(ConfigView) private readonly view: Pick<ConfigView, 'get'>,
    @Inject(BatchProducer) private readonly producer: Pick<BatchProducer, 'sendJson'>,
  ) {}

  /** Resolves once the notices are stored. */
  async read(facts: readonly AttemptFact[], now = Date.now()): Promise<void> {
    const news = facts.filter((fact): fact is DeliveryFact => isDeliveryFact(fact) && !isReserved(fact.eventType) && isNews(fact.at, now));
    const signs = news.flatMap((fact): AttemptSign[] => {
      if (fact.fact !== 'attempted') return [];
      const callback = this.view.get('callback', fact.callback);
      return callback ? [{ about: 'callback', id: fact.callback, failing: fact.outcome === 'failed', at: fact.at, fact, callback }] : [];
    });
    const read = await readSigns(this.dataSource, lastOfEach(signs), (changed, tx) => this.notices.tell(changed.map(turned), tx, now));
    await Promise.all(read.filter(failsTooLong).map(({ sign }) => this.#signal(sign)));
    await this.notices.tell(news.flatMap((fact) => this.#exhausted(fact)), undefined, now);
  }

  /** Only a signal: config-service decides, since the callback may have been edited meanwhile. */
  #signal({ fact, callback }: AttemptSign): Promise<void> {
    return this.producer.sendJson(signals, fact.subscription, {
      signal: 'failing',
      subscription: fact.subscription,
      callback: callback.id,
      tenant: fact.tenant,
      // Only the callback's position counts.
      position: callback.position,
      callbackPosition: callback.position,
      at: fact.at,
      errorClass: fact.error?.class ?? 'internal',
      status: fact.response?.status ?? null,
    });
  }

  #exhausted(fact: DeliveryFact): NoticeFact[] {
    const end = endOf(fact);
    const callback = this.view.get('callback', fact.callback);
    if (!end || !callback) return [];
    const { subscription, delivery, event, eventType } = fact;
    const data = { ...named(callback), subscription, delivery, event, eventType, ...end };
    return [{ type: 'nuncio.delivery.exhausted', ...of(callback), at: fact.at, mark: null, data }];
  }
}

/** Whether a callback has only failed since its last edit, for as long as `disableAfterDays` allows. */
function failsTooLong({ sign: { failing, at, callback }, failingSince }: Read<AttemptSign>): boolean {
  const { enabled, retry } = callback.state;
  return failing && enabled && retry.disableAfterDays > 0 && at - Math.max(failingSince, callback.at) >= retry.disableAfterDays * DAY_MS;
}

type End = Pick<Extract<NoticeFact, { type: 'nuncio.delivery.exhausted' }>['data'], 'attempts' | 'status' | 'errorClass' | 'while'>;

/** null = the delivery goes on. */
function endOf(fact: DeliveryFact): End | null {
  if (fact.fact === 'attempted') return fact.next.step === 'dead' ? { attempts: fact.number, while: 'failed', ...failureOf(fact) } : null;
  if (fact.fact !== 'exhausted' && fact.fact !== 'expired') return null;
  return { attempts: fact.number - 1, while: fact.fact === 'exhausted' ? 'held' : 'parked', status: null, errorClass: null };
}

function turned({ sign: { failing, at, fact, callback }, failingSince }: Read<AttemptSign>): NoticeFact {
  const told = { ...of(callback), at, mark: at };
  return failing
    ? { type: 'nuncio.callback.failing', ...told, data: { ...named(callback), ...failureOf(fact), delivery: fact.delivery, attempt: fact.id } }
    : { type: 'nuncio.callback.recovered', ...told, data: { ...named(callback), failingSince: new Date(failingSince).toISOString() } };
}

const failureOf = ({ response, error }: Attempted) => ({ status: response?.status ?? null, errorClass: error?.class ?? null });
const of = ({ id, state: { tenant, groups } }: Viewed<'callback'>) => ({ subject: id, tenant, groups });
const named = ({ id, state: { name, application } }: Viewed<'callback'>) => ({ callback: id, name, application });

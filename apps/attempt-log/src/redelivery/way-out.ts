import type { BatchProducer, ConfigView } from '@nuncio/kafka';
import type { TimelineFact } from '../ingest/insert-facts.js';
import type { LogWriter } from '../ingest/log-writer.js';
import { sendErrand, type Asked, type StoredErrand } from './errand-record.js';

interface WayOutPorts {
  readonly producer: Pick<BatchProducer, 'send'>;
  readonly writer: Pick<LogWriter, 'writeTimeline'>;
  readonly view: Pick<ConfigView, 'get'>;
}

/** A request for some deliveries. */
export interface Wish {
  readonly asked: Exclude<Asked, 'unblock'>;
  readonly requestedBy: string;
  /** null = a single request, no bulk operation. */
  readonly operation: string | null;
}

/**
 * Sends errands to dispatchers, keyed by subscription so that their order holds, then writes a line into each delivery's timeline.
 * Everything that a person asks for goes through here.
 */
export async function sendAll(going: readonly StoredErrand[], { asked, requestedBy, operation }: Wish, { producer, writer, view }: WayOutPorts): Promise<void> {
  const now = Date.now();
  await Promise.all(
    going.map((stored) => {
      const position = view.get('subscription', stored.subscription)?.position ?? null;
      return sendErrand(producer, stored, { asked, key: stored.subscription, position, requestedBy, operation }, now);
    }),
  );
  await writer.writeTimeline(going.map((stored) => askedFact(stored, { asked, requestedBy, operation }, now)));
}

const askedFact = (stored: StoredErrand, { asked, requestedBy, operation }: Wish, at: number): TimelineFact => ({
  delivery: stored.id,
  eventAt: stored.event_at.getTime(),
  at,
  number: stored.attempts + 1,
  fact: 'asked',
  reason: asked,
  requestedBy,
  operation,
  hold: null,
});

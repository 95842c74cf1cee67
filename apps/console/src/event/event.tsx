import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useMemo, type ReactElement } from 'react';
import { answer, api, text } from '../api/client.js';
import { deliveryColumns } from '../explorer/delivery-columns.js';
import { NOBODY, ofNoTenant } from '../explorer/unmatched.js';
import { Bytes } from '../parts/bytes.js';
import { Id } from '../parts/copy.js';
import { Fact } from '../parts/fact.js';
import { List } from '../parts/list.js';
import { usePages } from '../parts/pages.js';
import { ProblemBox } from '../parts/problem-box.js';
import { Time } from '../parts/time.js';
import { useMe } from '../shell/me.js';
import { WhoWould } from './who-would.js';

export function EventPage(): ReactElement {
  const { id } = useParams({ from: '/shell/events/$id' });
  const isBound = useMe().data?.tenant != null;
  const event = useQuery({ queryKey: ['event', id], queryFn: () => answer(api.GET('/v1/events/{id}', { params: { path: { id } } })) });
  const payload = useQuery({ queryKey: ['event', id, 'payload'], queryFn: () => text(`/v1/events/${id}/payload`) });
  const deliveries = usePages(['deliveries', { event: [id] }], (cursor) => answer(api.GET('/v1/deliveries', { params: { query: { event: [id], ...(cursor !== undefined && { cursor }) } } })));
  const columns = useMemo(() => deliveryColumns({ event: [id] }).filter(({ name }) => name !== 'Event type').map((column) => (column.name === 'Callback' ? { ...column, minor: false } : column)), [id]);
  if (event.error && !event.data) return <ProblemBox error={event.error} retry={() => void event.refetch()} isPage />;
  if (!event.data) return <div className="skeleton" />;
  const { ceId, ceSource, eventType, tenants, contentType, payloadBytes, createdAt, unmatched, lineage, attributes } = event.data;
  return (
    <>
      <div className="head">
        <div>
          <p className="crumb">Event <Id of={id} /></p>
          <title>{`${eventType} · Nuncio`}</title>
          <h1>{eventType} <span className="soft">from {ceSource}</span></h1>
        </div>
      </div>
      <section className="panel">
        <dl className="facts inside">
          <Fact name="CloudEvents id"><Id of={ceId} /></Fact>
          <Fact name="Received"><Time at={createdAt} /></Fact>
          <Fact name="Content">{contentType ?? 'of no type'}, {payloadBytes} bytes</Fact>
          <Fact name="Record"><code>{lineage.topic}/{lineage.partition}@{lineage.offset}</code></Fact>
          {!isBound && <Fact name="Tenants">{tenants.length ? tenants.join(', ') : ofNoTenant(unmatched)}</Fact>}
          {Object.entries(attributes).filter(([name]) => !['specversion', 'id', 'source', 'type'].includes(name)).map(([name, value]) => <Fact key={name} name={name}>{value}</Fact>)}
        </dl>
      </section>
      <section className="panel">
        <header><h2>Who got it</h2></header>
        <List caption="Deliveries of this event" pages={deliveries} columns={columns} keyOf={(delivery) => delivery.id} empty={<><strong>Nobody got it.</strong><span>{reasonOf(unmatched)}</span></>} />
      </section>
      {payload.data !== undefined && <WhoWould event={event.data} payload={payload.data} />}
      <section className="panel">
        <header><h2>Payload</h2></header>
        <div className="inside">{payload.error ? <ProblemBox error={payload.error} /> : <Bytes text={payload.data ?? ''} name="Payload" />}</div>
      </section>
    </>
  );
}

/** A sentence. `unmatched` null = there is a subscription, and it did not want the event. */
function reasonOf(unmatched: string | null): string {
  const words = NOBODY[unmatched ?? ''] ?? 'no subscription wanted it';
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

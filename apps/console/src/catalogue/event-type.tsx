import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api } from '../api/client.js';
import { History } from '../callbacks/tabs.js';
import { Fact } from '../parts/fact.js';
import { Labels } from '../parts/labels.js';
import { List } from '../parts/list.js';
import { usePages } from '../parts/pages.js';
import { ProblemBox } from '../parts/problem-box.js';
import { Sentence } from '../parts/sentence.js';
import { Time } from '../parts/time.js';
import { useMe } from '../shell/me.js';
import { curates, manages } from '../shell/roles.js';
import { subscriptionColumns } from '../subscriptions/subscription-columns.js';
import { DeleteEventType } from './delete-event-type.js';
import { EventTypeForm } from './event-type-form.js';
import { EventTypeSchema } from './event-type-schema.js';
import { Simulate } from './simulate.js';
import { Volume } from './volume.js';

/** Nuncio’s own types cannot be edited. */
const isNotice = (name: string): boolean => name.startsWith('nuncio.');

/** What an event of this type carries, who gets it, and who would get a given one. */
export function EventTypePage(): ReactElement {
  const { name } = useParams({ from: '/shell/event-types/$name' });
  const { data, error, refetch } = useQuery({ queryKey: ['event-type', name], queryFn: () => answer(api.GET('/v1/event-types/{name}', { params: { path: { name } } })) });
  const role = useMe().data?.role;
  const navigate = useNavigate();
  if (error && !data) return <ProblemBox error={error} retry={() => void refetch()} isPage />;
  if (!data) return <div className="skeleton" />;
  const { description, audience, approval, labels, createdAt, updatedAt } = data;
  return (
    <>
      <div className="head">
        <title>{`${name} · Nuncio`}</title>
        <div>
          <p className="crumb">Event type</p>
          <h1><code>{name}</code></h1>
          {description !== null && <p><Sentence of={description} /></p>}
        </div>
        <div className="actions">
          {manages(role) && <Link className="button primary" to="/subscriptions/new" search={{ eventTypes: [name] }}>Subscribe</Link>}
          {curates(role) && !isNotice(name) && (
            <>
              <EventTypeForm eventType={data} onSaved={() => undefined} />
              <DeleteEventType eventType={data} onDeleted={() => void navigate({ to: '/event-types' })} />
            </>
          )}
        </div>
      </div>
      <section className="panel">
        <dl className="facts inside">
          <Fact name="Who it is for">{audience === 'addressed' ? 'the tenants that each event names' : 'every tenant'}</Fact>
          <Fact name="Approval">{approval === 'required' ? 'a provider approves each subscription' : 'none needed'}</Fact>
          <Fact name="Events"><Link to="/events" search={{ eventType: [name] }}>of this type</Link></Fact>
          <Fact name="Deliveries"><Link to="/deliveries" search={{ eventType: [name] }}>of this type</Link></Fact>
          <Fact name="Deliveries, 24 h"><Volume of={name} /></Fact>
          {Object.keys(labels).length > 0 && <Fact name="Labels"><Labels of={labels} /></Fact>}
          <Fact name="Made"><Time at={createdAt} /></Fact>
          <Fact name="Changed"><Time at={updatedAt} /></Fact>
        </dl>
      </section>
      <section className="panel">
        <header><h2>What it carries</h2></header>
        <div className="inside stack"><EventTypeSchema eventType={data} isNamed={false} /></div>
      </section>
      <section className="panel">
        <header><h2>Who subscribes</h2><Link className="at-end" to="/subscriptions" search={{ eventType: [name] }}>with filters</Link></header>
        <Subscribers name={name} />
      </section>
      <Simulate eventType={data} />
      <section className="panel">
        <header><h2>History</h2></header>
        <History id={name} />
      </section>
    </>
  );
}

function Subscribers({ name }: { name: string }): ReactElement {
  const pages = usePages(['subscriptions', { eventType: name }], (cursor) => answer(api.GET('/v1/subscriptions', { params: { query: { eventType: [name], limit: 20, ...(cursor !== undefined && { cursor }) } } })));
  return <List caption="Subscriptions to this type" pages={pages} columns={subscriptionColumns} keyOf={({ id }) => id} empty={<strong>Nobody subscribes to it, as far as you may see.</strong>} />;
}

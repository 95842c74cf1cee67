import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { deliveryColumns } from '../explorer/delivery-columns.js';
import { Id } from '../parts/copy.js';
import { Fact } from '../parts/fact.js';
import { List } from '../parts/list.js';
import { usePages } from '../parts/pages.js';
import { ProblemBox } from '../parts/problem-box.js';
import { State } from '../parts/state.js';
import { useMe } from '../shell/me.js';
import { Enabling } from './enabling.js';
import { Recover } from './recover.js';
import { RotateSecret } from './rotate-secret.js';
import { Test } from './test.js';

/** How an endpoint is, and what can be done for it. */
export function CallbackPage(): ReactElement {
  const { id } = useParams({ from: '/shell/callbacks/$id' });
  const { data, error, refetch } = useQuery({ queryKey: ['callback', id], queryFn: () => answer(api.GET('/v1/callbacks/{id}', { params: { path: { id } } })) });
  const deliveries = usePages(['deliveries', { callback: [id] }], (cursor) => answer(api.GET('/v1/deliveries', { params: { query: { callback: [id], limit: 20, ...(cursor !== undefined && { cursor }) } } })));
  const role = useMe().data?.role;
  if (error && !data) return <ProblemBox error={error} retry={() => void refetch()} />;
  if (!data) return <div className="skeleton" />;
  return (
    <>
      <div className="head">
        <div>
          <p className="crumb"><State of={data.enabled ? 'enabled' : 'disabled'} /> Callback <Id of={id} /></p>
          <h1>{data.name} <span className="soft">of {data.tenant}</span></h1>
          <p className="mono">{data.method} {data.url}</p>
          {data.disabledReason !== null && <p className="bad">{data.disabledReason}</p>}
        </div>
        {(role === 'admin' || role === 'consumer') && (
          <div className="actions">
            <Test id={id} />
            <RotateSecret callback={data} />
            <Recover id={id} />
            <Enabling callback={data} />
          </div>
        )}
      </div>
      <Settings callback={data} />
      <section className="panel">
        <header><h2>Deliveries</h2><Link to="/deliveries" search={{ callback: [id] }}>with filters</Link></header>
        <List caption="Deliveries of this callback" pages={deliveries} columns={deliveryColumns} keyOf={(delivery) => delivery.id} empty={<><strong>Nothing was delivered here yet.</strong><span>Test it first.</span></>} />
      </section>
    </>
  );
}

const Settings = ({ callback: { profile, signing, authentication, envelope, timeoutMs, retry, onTokenFailure, limits, groups } }: { callback: Schemas['Callback'] }): ReactElement => (
  <section className="panel">
    <header><h2>Settings in force</h2><span className="soft">profile {profile}</span></header>
    <dl className="facts inside">
      <Fact name="Signature">{signing.scheme}{signing.oldExpiresAt !== undefined && <>, the old secret until {signing.oldExpiresAt}</>}</Fact>
      <Fact name="Authentication">{authentication.type === 'oauth2' ? <>OAuth 2.0 with <code>{authentication.credential}</code></> : 'none'}</Fact>
      <Fact name="Envelope">{envelope}</Fact>
      <Fact name="Timeout">{timeoutMs / 1_000} s</Fact>
      <Fact name="Retries after">{retry.delaysSeconds.length ? `${retry.delaysSeconds.join(', ')} s` : 'none'}</Fact>
      <Fact name="Success is">{retry.successStatuses.join(', ')}</Fact>
      <Fact name="When exhausted">{retry.onExhausted === 'block' ? 'the subscription is blocked' : 'dead letter'}</Fact>
      <Fact name="Without a token">{onTokenFailure}</Fact>
      <Fact name="Limits">{limits.concurrency} in flight, {limits.perSecond ?? 'any number'} a second</Fact>
      <Fact name="Groups">{groups.join(', ') || 'everybody of the tenant'}</Fact>
    </dl>
  </section>
);

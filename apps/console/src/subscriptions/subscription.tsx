import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { answer, api, Refused, type Schemas } from '../api/client.js';
import { History } from '../callbacks/tabs.js';
import { Id } from '../parts/copy.js';
import { Delete } from '../parts/delete.js';
import { Fact } from '../parts/fact.js';
import { Labels } from '../parts/labels.js';
import { CallbackLink } from '../parts/object-links.js';
import { ProblemBox } from '../parts/problem-box.js';
import { State } from '../parts/state.js';
import { Time } from '../parts/time.js';
import { saysWhichEvents, type Draft } from './draft.js';
import { DraftForm } from './draft-form.js';
import { inWords, toTree } from './filter-tree.js';
import { Moves } from './moves.js';
import { TryFilter } from './try-filter.js';

type Subscription = Schemas['Subscription'];

/** Which events go to a callback, where that stands, and what can be done about it. */
export function SubscriptionPage(): ReactElement {
  const { id } = useParams({ from: '/shell/subscriptions/$id' });
  const { edit } = useSearch({ from: '/shell/subscriptions/$id' });
  const { data, error, refetch } = useQuery({ queryKey: ['subscriptions', 'one', id], queryFn: () => answer(api.GET('/v1/subscriptions/{id}', { params: { path: { id } } })) });
  const navigate = useNavigate();
  if (error && !data) return <ProblemBox error={error} retry={() => void refetch()} isPage />;
  if (!data) return <div className="skeleton" />;
  const { state, eventTypes, callback, tenant, moves } = data;
  return (
    <>
      <div className="head">
        <title>{`${eventTypes.join(', ')} · Nuncio`}</title>
        <div>
          <p className="crumb"><State of={state} /> Subscription <Id of={id} /></p>
          <h1>{eventTypes.includes('*') ? 'All event types' : eventTypes.join(', ')}</h1>
          <p className="soft">to <CallbackLink id={callback} tenant={tenant} /></p>
        </div>
        {!edit && (
          <div className="actions">
            {moves.includes('edit') && <Link className="button small" to="/subscriptions/$id" params={{ id }} search={{ edit: true }}>Edit</Link>}
            <Moves subscription={data} />
            {moves.includes('delete') && <Delete path="/v1/subscriptions/{id}" of={data} className="small" question="Delete this subscription?" onDone={() => void navigate({ to: '/subscriptions' })}><p>It gets nothing any more, and its parked deliveries are canceled. What was delivered stays in the log.</p></Delete>}
          </div>
        )}
      </div>
      {edit ? <Edit subscription={data} /> : <Shown subscription={data} />}
    </>
  );
}

function Shown({ subscription: { id, state, reason, filter, tenant, eventTypes, approved, awaitsApproval, labels, createdAt, updatedAt } }: { subscription: Subscription }): ReactElement {
  return (
    <>
      <section className="panel">
        <header><h2>What it wants</h2></header>
        {reason !== null && <p className="inside"><strong>{reason}</strong></p>}
        {awaitsApproval && <p className="inside"><strong>What comes is parked until it is approved again.</strong></p>}
        <dl className="facts inside">
          <Fact name="State"><State of={state} /></Fact>
          {approved && <Fact name="Approval">given</Fact>}
          <Fact name="Deliveries"><Link to="/deliveries" search={{ subscription: [id] }}>of this subscription</Link></Fact>
          {Object.keys(labels).length > 0 && <Fact name="Labels"><Labels of={labels} /></Fact>}
          <Fact name="Made"><Time at={createdAt} /></Fact>
          <Fact name="Changed"><Time at={updatedAt} /></Fact>
        </dl>
        <div className="inside stack">
          <h3>Filter</h3>
          {filter ? <p className="mono">{inWords(toTree(filter))}</p> : <p>Every event of its types.</p>}
          {filter && <TryFilter eventTypes={eventTypes} filter={filter} tenant={tenant} />}
        </div>
      </section>
      <section className="panel">
        <header><h2>History</h2></header>
        <History id={id} />
      </section>
    </>
  );
}

/** Edits a subscription. It says so if somebody else was faster. */
function Edit({ subscription: { id, version, callback, eventTypes, filter, state } }: { subscription: Subscription }): ReactElement {
  const navigate = useNavigate({ from: '/subscriptions/$id' });
  const queries = useQueryClient();
  const [draft, setDraft] = useState<Draft>({ callback, eventTypes, filter });
  const { mutate, error, isPending } = useMutation({
    mutationFn: (changed: Draft) => answer(api.PATCH('/v1/subscriptions/{id}', { params: { path: { id }, header: { 'If-Match': `"${version}"` } }, body: { callback: changed.callback ?? callback, eventTypes: [...(changed.eventTypes ?? [])], filter: changed.filter ?? null } })),
    onSuccess: () => navigate({ search: {} }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['subscriptions'] }),
  });
  const isInPlace = ['activated', 'blocked', 'deactivated'].includes(state);
  return (
    <>
      <DraftForm draft={draft} onDraft={setDraft} />
      <section className="panel">
        <div className="inside stack">
          <p>{isInPlace ? 'It is changed in place, and stays as it is otherwise.' : 'It begins again as a draft.'}</p>
          {error && <ProblemBox error={error} />}
          {error instanceof Refused && error.problem.status === 412 && <p>Save once more to put yours in its place, or go back to see theirs.</p>}
          <div className="actions">
            <button type="button" className="primary" disabled={!saysWhichEvents(draft) || isPending} onClick={() => { mutate(draft); }}>Save</button>
            <Link className="button" to="/subscriptions/$id" params={{ id }} search={{}}>Back</Link>
          </div>
        </div>
      </section>
    </>
  );
}

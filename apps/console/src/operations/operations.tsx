import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Fragment, type ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Asked } from '../parts/asked.js';
import { Head } from '../parts/head.js';
import { List, type Column } from '../parts/list.js';
import { number } from '../parts/numbers.js';
import { CallbackLink } from '../parts/object-links.js';
import { usePages } from '../parts/pages.js';
import { ProblemBox } from '../parts/problem-box.js';
import { State } from '../parts/state.js';
import { duration, Time } from '../parts/time.js';
import { useMe } from '../shell/me.js';
import { Progress } from './progress.js';
import { selectionInWords } from './selection.js';

const LOOK_EVERY_MS = 5_000;

const columns: readonly Column<Schemas['Operation']>[] = [
  { name: 'Begun', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { name: 'State', cell: ({ state, reason }) => <span title={reason ?? ''}><State of={state} />{reason !== null && <span className="soft minor"> {reason}</span>}</span> },
  { name: 'What', cell: ({ kind, id, selection, callback }) => <span className="lines" title={id}>{kind}, {selectionInWords(selection)}{callback !== null && <> to <CallbackLink id={callback} /></>}</span>, minor: true, grows: true },
  { name: 'Sent', cell: (operation) => <><Progress operation={operation} /><span className="narrow"><CameTo id={operation.id} outcome={operation.outcome} /></span></> },
  { name: 'Came to', cell: ({ id, outcome }) => <CameTo id={id} outcome={outcome} />, minor: true },
  { name: 'Left', cell: ({ state, sent, count, passedOver, perSecond }) => (state === 'running' ? <span className="nowrap" title={`${perSecond} a second`}>{duration((1_000 * Math.max(0, count - sent - (passedOver ?? 0))) / perSecond)}</span> : <span className="soft">–</span>), minor: true, isNumber: true },
  { name: 'Asked for by', cell: ({ requestedBy }) => <code className="clip short" title={requestedBy}>{requestedBy}</code>, minor: true },
  { name: 'Moves', cell: (operation) => <Moves operation={operation} /> },
];

/** The results so far, with a link to the deliveries. */
function CameTo({ id, outcome }: Pick<Schemas['Operation'], 'id' | 'outcome'>): ReactElement {
  const some = Object.entries(outcome).filter(([, n]) => n > 0);
  return some.length ? <Link to="/deliveries" search={{ operation: [id] }} title="These deliveries">{some.map(([status, n], i) => <Fragment key={status}><span className="nowrap">{n} {status}{i < some.length - 1 && ','}</span> </Fragment>)}</Link> : <span className="soft">–</span>;
}

function Moves({ operation: { id, state, sent, count } }: { operation: Schemas['Operation'] }): ReactElement | null {
  const queries = useQueryClient();
  const role = useMe().data?.role;
  const { mutate, error, isPending } = useMutation({
    mutationFn: (move: 'pause' | 'resume') => answer(api.POST('/v1/operations/{id}/{move}', { params: { path: { id, move } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['operations'] }),
  });
  if (role === 'viewer' || (state !== 'running' && state !== 'paused')) return null;
  const other = state === 'running' ? 'pause' : 'resume';
  return (
    <div className="actions">
      <button type="button" className="small" disabled={isPending} onClick={() => { mutate(other); }}>{other === 'pause' ? 'Pause' : 'Resume'}</button>
      <Asked name="Cancel" className="small" question="Cancel this operation?" yes="Cancel it" isFinal act={() => answer(api.POST('/v1/operations/{id}/{move}', { params: { path: { id, move: 'cancel' } } }))} onDone={() => queries.invalidateQueries({ queryKey: ['operations'] })}>
        <p>{number.format(sent)} of {number.format(count)} were sent; the rest is not. It cannot be resumed then. To stop it for a while, pause it.</p>
      </Asked>
      {error && <ProblemBox error={error} />}
    </div>
  );
}

export function Operations(): ReactElement {
  const pages = usePages(['operations'], (cursor) => answer(api.GET('/v1/operations', { params: { query: { limit: 50, ...(cursor !== undefined && { cursor }) } } })), LOOK_EVERY_MS);
  return (
    <>
      <Head title="Operations">What is being sent again in bulk, and how far it is.</Head>
      <section className="panel">
        <header><h2>Newest first</h2><button type="button" className="plain" onClick={pages.again}>Refresh</button></header>
        <List caption="Operations" pages={pages} columns={columns} keyOf={({ id }) => id} empty={<><strong>Nothing was sent again in bulk.</strong><span>A callback’s page has “Recover…”.</span></>} />
      </section>
    </>
  );
}

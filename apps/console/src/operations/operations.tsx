import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Head } from '../parts/head.js';
import { List, type Column } from '../parts/list.js';
import { CallbackLink } from '../parts/object-links.js';
import { usePages } from '../parts/pages.js';
import { ProblemBox } from '../parts/problem-box.js';
import { State } from '../parts/state.js';
import { Time } from '../parts/time.js';
import { useMe } from '../shell/me.js';

const columns: readonly Column<Schemas['Operation']>[] = [
  { name: 'Begun', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { name: 'State', cell: ({ state }) => <State of={state} /> },
  { name: 'Kind', cell: ({ kind, id }) => <span title={id}>{kind}</span> },
  { name: 'Callback', cell: ({ callback }) => (callback === null ? <span className="soft">several</span> : <CallbackLink id={callback} />), minor: true },
  { name: 'Sent', cell: ({ sent, count }) => `${sent} of ${count}`, isNumber: true },
  { name: 'Came to', cell: ({ outcome }) => <CameTo outcome={outcome} /> },
  { name: 'A second', cell: ({ perSecond }) => perSecond, minor: true, isNumber: true },
  { name: 'Asked for by', cell: ({ requestedBy }) => <code>{requestedBy}</code>, minor: true },
  { name: 'Moves', cell: (operation) => <Moves operation={operation} />, minor: true },
];

/** The results so far. */
function CameTo({ outcome }: { outcome: Schemas['Operation']['outcome'] }): ReactElement {
  const some = Object.entries(outcome).filter(([, n]) => n > 0);
  return some.length ? <>{some.map(([status, n]) => `${n} ${status}`).join(', ')}</> : <span className="soft">–</span>;
}

function Moves({ operation: { id, state } }: { operation: Schemas['Operation'] }): ReactElement | null {
  const queries = useQueryClient();
  const role = useMe().data?.role;
  const { mutate, error, isPending } = useMutation({
    mutationFn: (move: 'pause' | 'resume' | 'cancel') => answer(api.POST('/v1/operations/{id}/{move}', { params: { path: { id, move } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['operations'] }),
  });
  if (role === 'viewer' || (state !== 'running' && state !== 'paused')) return null;
  const other = state === 'running' ? 'pause' : 'resume';
  return (
    <div className="actions">
      <button type="button" disabled={isPending} onClick={() => { mutate(other); }}>{other}</button>
      <button type="button" disabled={isPending} onClick={() => { mutate('cancel'); }}>cancel</button>
      {error && <ProblemBox error={error} />}
    </div>
  );
}

export function Operations(): ReactElement {
  const pages = usePages(['operations'], (cursor) => answer(api.GET('/v1/operations', { params: { query: { limit: 50, ...(cursor !== undefined && { cursor }) } } })));
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

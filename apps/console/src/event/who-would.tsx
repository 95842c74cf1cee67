import { useInfiniteQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Verdicts } from '../catalogue/simulate.js';
import { ProblemBox } from '../parts/problem-box.js';
import { useMe } from '../shell/me.js';
import { mayRedeliver } from '../shell/roles.js';
import { SendTo } from './send-to.js';

interface OfEvent {
  readonly event: Schemas['Event'];
  readonly payload: string;
}

/** Says, when it is asked, who would get the event if it were published now, and why the others would not. Nothing is published. Each that would get it can be sent it. */
export function WhoWould(of: OfEvent): ReactElement {
  const [isAsked, setAsked] = useState(false);
  return (
    <section className="panel">
      <header><h2>Why not others?</h2><span className="soft">Each subscription as it is now. Nothing is published.</span></header>
      {isAsked ? <Would {...of} /> : <div className="inside actions"><button type="button" onClick={() => { setAsked(true); }}>Look</button></div>}
    </section>
  );
}

function Would({ event, payload }: OfEvent): ReactElement {
  const { id, eventType, tenants, contentType, attributes } = event;
  const me = useMe().data;
  const isBound = me?.tenant != null;
  const { data, error, isFetching, hasNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: ['event', id, 'who-would'],
    queryFn: async ({ pageParam: cursor }) =>
      answer(api.POST('/v1/event-types/{name}/simulate', {
        params: { path: { name: eventType }, query: { limit: 100, ...(!isBound && (await whoIsConcerned(event))), ...(cursor !== undefined && { cursor }) } },
        body: { ...attributes, ...(tenants.length > 0 && { tenant: tenants.join() }), ...(contentType !== null && { datacontenttype: contentType }), data: dataOf(payload) },
      })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  const [first] = data?.pages ?? [];
  return (
    <>
      {first && <Verdicts of={{ ...first, items: data?.pages.flatMap(({ items }) => items) ?? [] }} hasMore={hasNextPage} act={mayRedeliver(me?.role) ? (verdict) => (verdict.outcome === 'none' ? null : <SendTo event={id} verdict={verdict} />) : undefined} />}
      {error && <div className="inside"><ProblemBox error={error} retry={() => void refetch()} /></div>}
      {!first && !error && <div className="inside"><div className="skeleton" /></div>}
      {hasNextPage && <div className="inside"><button type="button" disabled={isFetching} onClick={() => void fetchNextPage()}>{isFetching ? 'Searching…' : 'Show more'}</button></div>}
    </>
  );
}

/** The most tenants that one list can be asked for. */
const MOST_TENANTS = 100;

/** The filters of the subscriptions that the event is about: those of its tenants, or, if it goes to all tenants, those to its type. */
async function whoIsConcerned({ eventType, tenants }: Schemas['Event']): Promise<{ tenant: string[] } | { eventType: string[] }> {
  const { audience } = await answer(api.GET('/v1/event-types/{name}', { params: { path: { name: eventType } } }));
  return audience === 'addressed' && tenants.length > 0 && tenants.length <= MOST_TENANTS ? { tenant: tenants } : { eventType: [eventType] };
}

/** As a member of the event's JSON: a payload that is no JSON is a text. */
function dataOf(payload: string): unknown {
  try {
    return JSON.parse(payload) as unknown;
  } catch {
    return payload;
  }
}

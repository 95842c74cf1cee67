import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, type ReactElement } from 'react';
import { answer, api } from '../api/client.js';
import type { Verdict } from '../catalogue/simulate.js';
import { Dialog, DialogEnd, Opener, type DialogHandle } from '../parts/dialog.js';
import { useNamedCallback } from '../parts/names.js';
import { ProblemBox } from '../parts/problem-box.js';
import { Sentence } from '../parts/sentence.js';

const LOOK_EVERY_MS = 1_000;

interface SendToProps {
  /** Its id. */
  readonly event: string;
  /** What the subscription would do with the event now. */
  readonly verdict: Verdict;
}

/** Sends an event to one subscription, whether or not it has had it. It says first what is known of the two. */
export function SendTo({ event, verdict }: SendToProps): ReactElement {
  const dialog = useRef<DialogHandle>(null);
  return (
    <>
      <Opener dialog={dialog} className="small">Send</Opener>
      <Dialog ref={dialog} title="Send this event to this subscription?" onClose={null}>
        <Asking event={event} verdict={verdict} onBack={() => dialog.current?.close()} />
      </Dialog>
    </>
  );
}

function Asking({ event, verdict: { subscription, callback, outcome, reasons }, onBack }: SendToProps & { readonly onBack: () => void }): ReactElement {
  const queries = useQueryClient();
  // The page's list of deliveries is read again, however the dialog is left.
  useEffect(() => () => void queries.invalidateQueries({ queryKey: ['deliveries', { event: [event] }] }), [queries, event]);
  const named = useNamedCallback(callback);
  const replay = (dryRun: boolean) => answer(api.POST('/v1/replays', { body: { select: { events: { id: [event] }, subscription: [subscription] }, dryRun } }));
  const delivery = async (operation?: string) => (await answer(api.GET('/v1/deliveries', { params: { query: { event: [event], subscription: [subscription], limit: 1, ...(operation !== undefined && { operation: [operation] }) } } }))).items[0] ?? null;
  const before = useQuery({ queryKey: ['deliveries', 'before', event, subscription], queryFn: async () => ({ had: await delivery(), count: (await replay(true)).count }), gcTime: 0, refetchOnWindowFocus: false });
  const send = useMutation({ mutationFn: () => replay(false) });
  const sent = useQuery({ queryKey: ['deliveries', 'sent', send.data?.operation], queryFn: () => delivery(send.data?.operation), enabled: send.data !== undefined, refetchInterval: LOOK_EVERY_MS });
  const where = named && <p><strong>{named.name}</strong><br /><code>{named.method} {named.url}</code></p>;
  if (send.data)
    return (
      <>
        {where}
        <div role="status">{sent.data ? <p><Sentence of={sent.data.explanation} /></p> : <p>It is on its way.</p>}</div>
        <div className="actions">
          <button type="button" onClick={onBack}>Close</button>
          {sent.data ? <Link className="button primary" to="/deliveries/$id" params={{ id: sent.data.id }}>To the delivery</Link> : <Link className="button" to="/operations">Watch it</Link>}
        </div>
      </>
    );
  if (!before.data)
    return (
      <>
        {where}
        {before.error ? <ProblemBox error={before.error} retry={() => void before.refetch()} /> : <div className="skeleton" />}
        <div className="actions"><button type="button" onClick={onBack}>Back</button></div>
      </>
    );
  const { had, count } = before.data;
  return (
    <>
      {where}
      <p>{had ? <>It has had this event: <Link to="/deliveries/$id" params={{ id: had.id }}><Sentence of={had.explanation} /></Link></> : 'It has not had this event.'}</p>
      {count === 0 ? (
        <>
          <p><strong>It cannot be sent now.</strong> {had?.status === 'pending' || had?.status === 'held' ? 'Its next attempt comes by itself; the page of the delivery brings it forward.' : 'The log no longer keeps its payload, or the subscription waits for an approval.'}</p>
          <div className="actions"><button type="button" onClick={onBack}>Back</button></div>
        </>
      ) : (
        <>
          <p>{outcome === 'delivered' ? 'One attempt is made, as the callback is now. No retries follow.' : <>It waits, since {reasons.map(({ code, detail }) => <Sentence key={code} of={detail} />)}. Then one attempt is made, and no retries follow.</>}</p>
          <DialogEnd error={send.error} isPending={send.isPending} yes="Send it" onYes={() => { send.mutate(); }} onBack={onBack} />
        </>
      )}
    </>
  );
}

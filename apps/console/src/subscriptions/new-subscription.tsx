import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState, type ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Head } from '../parts/head.js';
import { ProblemBox } from '../parts/problem-box.js';
import { useQuiet } from '../parts/quiet.js';
import { State } from '../parts/state.js';
import { saysWhichEvents, type Draft } from './draft.js';
import { DraftForm, useDraftCallback } from './draft-form.js';
import { Moves } from './moves.js';
import { Verified } from './verified.js';

/** Makes a subscription, and takes it as far towards active as its types and its endpoint allow. What is chosen is kept in the URL. */
export function NewSubscription(): ReactElement {
  const search = useSearch({ from: '/shell/subscriptions/new' });
  const navigate = useNavigate({ from: '/subscriptions/new' });
  const queries = useQueryClient();
  const [draft, setDraft] = useState<Draft>(search);
  const quiet = useQuiet(draft);
  useEffect(() => void navigate({ search: quiet, replace: true }), [quiet, navigate]);
  const chosen = useDraftCallback(draft.callback);
  const tenant = chosen?.tenant;
  const { mutate, data, error, isPending } = useMutation({
    mutationFn: ({ callback = '', eventTypes = [], filter }: Draft) => answer(api.POST('/v1/subscriptions', { body: { callback, eventTypes: [...eventTypes], activate: true, filter: filter ?? null, ...(tenant !== undefined && { tenant }) } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['subscriptions'] }),
  });
  // Its tenant is that of its callback.
  const isReady = chosen !== undefined && saysWhichEvents(draft);
  if (data) return <Made subscription={data} />;
  return (
    <>
      <Head title="New subscription">Which events go to a callback.</Head>
      <DraftForm draft={draft} onDraft={setDraft} />
      <section className="panel">
        <header><h2>4. Try it, and begin</h2></header>
        <div className="inside stack">
          <p>A sample is sent to the callback first. If the answer is good, the subscription is active at once; if one of its types needs an approval, it can be submitted then. Otherwise it stays a draft.</p>
          {error && <ProblemBox error={error} />}
          <div className="actions">
            <button type="button" className="primary" disabled={!isReady || isPending} onClick={() => { mutate(draft); }}>{isPending ? 'Waiting for the callback’s answer…' : 'Create it'}</button>
            {!isReady && <span className="soft">{draft.eventTypes?.length ? (draft.callback === undefined ? 'It needs a callback.' : !chosen ? 'Its callback is looked for…' : 'A line of the filter is not finished.') : 'It needs an event type.'}</span>}
          </div>
        </div>
      </section>
    </>
  );
}

const Made = ({ subscription }: { subscription: Schemas['VerifiedSubscription'] }): ReactElement => (
  <>
    <Head title={SENTENCES[subscription.state] ?? 'It is made'} />
    <section className="panel">
      <div className="inside stack" role="status">
        <p><State of={subscription.state} /> <code>{subscription.eventTypes.join(', ')}</code></p>
        <Verified verification={subscription.verification} />
        <Moves subscription={subscription} />
        <p><Link to="/subscriptions/$id" params={{ id: subscription.id }}>To the subscription</Link></p>
      </div>
    </section>
  </>
);

const SENTENCES: Readonly<Record<string, string>> = {
  activated: 'The subscription is active',
  validated: 'The callback answers, and the subscription is not active yet',
  'ready-to-submit': 'The callback answers; now it needs an approval',
  draft: 'The subscription is a draft: the callback has not taken the sample',
};

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Fact } from '../parts/fact.js';
import { number } from '../parts/numbers.js';
import { ProblemBox } from '../parts/problem-box.js';
import { Sentence } from '../parts/sentence.js';
import { State } from '../parts/state.js';
import { duration, Time } from '../parts/time.js';
import { ThirtyDays } from './thirty-days.js';

const WAITING = ['pending', 'held', 'parked'] as const;

/** The health of an endpoint: its state and since when, its last failure and what to do about it, what waits. */
export function Health({ id }: { id: string }): ReactElement {
  const { data, error, refetch } = useQuery({ queryKey: ['callback', id, 'health'], queryFn: () => answer(api.GET('/v1/callbacks/{id}/health', { params: { path: { id } } })), refetchInterval: 15_000 });
  return (
    <section className="panel" aria-label="Health">
      {error && !data ? <div className="inside"><ProblemBox error={error} retry={() => void refetch()} /></div> : data ? <Shown health={data} /> : <div className="inside"><div className="skeleton" /></div>}
    </section>
  );
}

const Shown = ({ health: { callback, state, since, lastSuccess, lastFailure, consecutiveFailures, waiting, inFlight, queued, limits, certificate, signing, token } }: { health: Schemas['CallbackHealth'] }): ReactElement => (
  <>
    {state === 'failing' && lastFailure && <p className="inside"><strong><Sentence of={lastFailure.advice} /></strong></p>}
    <dl className="facts inside">
      <Fact name="State">
        <State of={state} />
        {since !== null && <span className="soft"> since <Time at={since} /></span>}
      </Fact>
      <Fact name="Last success">{lastSuccess ? <><Time at={lastSuccess.at} /> <span className="soft">after {duration(lastSuccess.durationMs)}</span></> : <span className="soft">none</span>}</Fact>
      <Fact name="Last failure">
        {lastFailure ? <><Time at={lastFailure.at} /> <code>{[lastFailure.status, lastFailure.errorClass].filter((part) => part !== null).join(' ')}</code>{consecutiveFailures > 1 && <span className="soft"> {number.format(consecutiveFailures)} in a row</span>}</> : <span className="soft">none</span>}
      </Fact>
      <ThirtyDays id={callback} />
      {WAITING.map((status) => (
        <Fact key={status} name={status.charAt(0).toUpperCase() + status.slice(1)}>
          {waiting[status].count === 0 ? '0' : <Link to="/deliveries" search={{ callback: [callback], status: [status] }}>{waiting[status].exact ? '' : '≈ '}{number.format(waiting[status].count)}</Link>}
          {waiting[status].oldestAt !== null && <span className="soft"> the oldest of <Time at={waiting[status].oldestAt} /></span>}
        </Fact>
      ))}
      <Fact name="In flight">
        {inFlight ?? <span className="soft">unknown</span>}
        <span className="soft"> of at most {number.format(limits.concurrency)}{limits.perSecond !== null && `, at most ${number.format(limits.perSecond)} a second`}</span>
        {queued !== null && queued > 0 && <>, {number.format(queued)} queued</>}
      </Fact>
      <Fact name="Signed by">
        {signing.scheme}{signing.secrets > 1 && ', with two secrets'}
        {signing.oldExpiresAt !== null && <span className="soft"> until <Time at={signing.oldExpiresAt} /></span>}
        {signing.oldExpiresAt === null && signing.secretAt !== null && <span className="soft"> since <Time at={signing.secretAt} /></span>}
      </Fact>
      {certificate && <Fact name="Its certificate">ends <Time at={certificate.expiresAt} /></Fact>}
      {token && (
        <Fact name="Token">
          <Link to="/credentials/$id" params={{ id: token.credential }}><State of={token.state} /></Link>
          {token.expiresAt !== null && <span className="soft"> until <Time at={token.expiresAt} /></span>}
        </Fact>
      )}
    </dl>
  </>
);

import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { Schemas } from '../api/client.js';
import { Fact } from '../parts/fact.js';
import { useCallbackNames } from '../parts/names.js';
import { CallbackLink } from '../parts/object-links.js';
import { ProblemBox } from '../parts/problem-box.js';
import { Sentence } from '../parts/sentence.js';
import { State } from '../parts/state.js';
import { Time } from '../parts/time.js';
import { causesOf, type Cause } from './causes.js';
import { useFailingCallbacks, useFailingCredentials } from './failing.js';
import { Over } from './over.js';

/** What is broken, since when, what waits for it, and what is to be sent again. */
export function Incidents(): ReactElement {
  const names = useCallbackNames();
  const callbacks = useFailingCallbacks();
  const credentials = useFailingCredentials();
  const hostOf = (id: string): string | null => URL.parse(names.get(id)?.url ?? '')?.host ?? null;
  const causes = callbacks.data && causesOf(callbacks.data, hostOf);
  const servers = credentials.data && [...Map.groupBy(credentials.data, ({ host, credential }) => host ?? credential)];
  const error = callbacks.error ?? credentials.error;
  return (
    <>
      <div className="head">
        <title>Incidents · Nuncio</title>
        <h1 className="sentence">{causes && servers ? sentenceOf(causes.length, servers.length) : error ? 'What is broken cannot be said now.' : 'Looking…'}</h1>
      </div>
      {error && <ProblemBox error={error} retry={() => { void callbacks.refetch(); void credentials.refetch(); }} />}
      {servers?.map(([host, some]) => <Server key={host} host={host} credentials={some} />)}
      {causes?.map((cause) => <Broken key={`${cause.host} ${cause.errorClass}`} cause={cause} />)}
      {causes?.length === 0 && servers?.length === 0 && <section className="panel"><div className="empty"><strong>Every endpoint that was called last answered well.</strong><span>So did every authorization server.</span></div></section>}
      <Over failing={new Set(callbacks.data?.map(({ callback }) => callback))} />
    </>
  );
}

function sentenceOf(causes: number, servers: number): string {
  if (causes + servers === 0) return 'Nothing is broken.';
  const parts = [causes > 0 && `${causes} ${causes === 1 ? 'cause' : 'causes'} at endpoints`, servers > 0 && `${servers} authorization ${servers === 1 ? 'server' : 'servers'}`].filter((part) => part !== false);
  return `Broken now: ${parts.join(', and ')}.`;
}

const SHOWN = 5;

const Broken = ({ cause: { host, errorClass, since, endpoints, waiting, last } }: { cause: Cause }): ReactElement => (
  <section className="panel" aria-label={`${host}: ${errorClass}`}>
    <header>
      <State of="failing" as={errorClass} />
      <h2><code>{host}</code></h2>
      {since !== null && <span className="soft">since <Time at={since} /></span>}
    </header>
    {last && <p className="inside"><strong><Sentence of={last.advice} /></strong></p>}
    <dl className="facts inside">
      <Fact name="Endpoints">
        {endpoints.slice(0, SHOWN).map(({ callback, tenant }) => <div key={callback}><CallbackLink id={callback} tenant={tenant} /></div>)}
        {endpoints.length > SHOWN && <span className="soft">and {endpoints.length - SHOWN} more</span>}
      </Fact>
      <Fact name="Waiting now">{waiting === 0 ? '0' : <Link to="/deliveries" search={{ callback: endpoints.map(({ callback }) => callback), status: ['pending', 'held', 'parked'] }}>{waiting}</Link>}</Fact>
      <Fact name="Last failure">{last ? <><Time at={last.at} /> <code>{[last.status, last.detail].filter((part) => part !== null).join(' ')}</code></> : <span className="soft">none</span>}</Fact>
      <Fact name="Lost"><Link to="/deliveries" search={{ callback: endpoints.map(({ callback }) => callback), status: ['failed', 'expired'], ...(since !== null && { since }) }}>failed or expired since then</Link></Fact>
    </dl>
  </section>
);

const Server = ({ host, credentials }: { host: string; credentials: readonly Schemas['CredentialHealth'][] }): ReactElement => {
  const [last] = credentials.flatMap(({ lastFailure }) => lastFailure ?? []).sort((a, b) => b.at.localeCompare(a.at));
  const callbacks = new Set(credentials.flatMap((credential) => credential.callbacks.map(({ id }) => id)));
  return (
    <section className="panel" aria-label={`Authorization server ${host}`}>
      <header>
        <State of="failing" as={last?.tokenError.code ?? last?.tokenError.class ?? 'failing'} />
        <h2><code>{host}</code></h2>
        <span className="soft">authorization server</span>
      </header>
      {last && <p className="inside"><strong><Sentence of={last.advice} /></strong></p>}
      <dl className="facts inside">
        <Fact name="Credentials">{credentials.slice(0, SHOWN).map(({ credential, name, tenant }) => <div key={credential} className="owned"><Link to="/credentials/$id" params={{ id: credential }}>{name}</Link> <span className="soft">· {tenant}</span></div>)}</Fact>
        <Fact name="Callbacks behind it">{callbacks.size === 0 ? '0' : <Link to="/deliveries" search={{ callback: [...callbacks], status: ['held', 'parked', 'pending'] }}>{callbacks.size}</Link>}</Fact>
        <Fact name="Last failure"><Time at={last?.at ?? null} /></Fact>
        <Fact name="Not asked again before"><Time at={last?.pausedUntil ?? null} /></Fact>
      </dl>
    </section>
  );
};

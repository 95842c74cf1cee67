import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { Schemas } from '../api/client.js';
import { Fact } from '../parts/fact.js';
import { number } from '../parts/numbers.js';
import { CallbackLink, CredentialLink } from '../parts/object-links.js';
import { Sentence } from '../parts/sentence.js';
import { State } from '../parts/state.js';
import { distance, Time } from '../parts/time.js';

const SHOWN = 5;

/** An incident that goes on: what to do about it, what waits for it, what it has cost so far. */
export const Open = ({ incident: { kind, host, errorClass, since, failed, callbacks, callbackCount, credentials, waiting, lost, firstFailure } }: { incident: Schemas['Incident'] }): ReactElement => (
  <section className="panel" aria-label={`${host ?? 'unknown host'}: ${errorClass}`}>
    <header>
      <State of="failing" as={firstFailure?.tokenError?.code ?? errorClass} />
      <h2><code>{host ?? 'deleted'}</code></h2>
      {kind === 'authorization-server' && <span className="soft">authorization server</span>}
      <span className="soft">since <Time at={since} />, {distance(since)}</span>
    </header>
    <div className="inside stack">
    {firstFailure && <p><Sentence of={firstFailure.advice} /></p>}
    <dl className="facts short">
      <Fact name={kind === 'endpoint' ? 'Endpoints' : 'Callbacks behind it'}>
        {callbacks.length === 0 && <span className="soft">none</span>}
        {callbacks.slice(0, SHOWN).map((id) => <div key={id}><CallbackLink id={id} /></div>)}
        {callbackCount > SHOWN && <span className="soft">and {number.format(callbackCount - SHOWN)} more</span>}
      </Fact>
      {credentials.length > 0 && <Fact name="Credentials">{credentials.slice(0, SHOWN).map((id) => <div key={id}><CredentialLink id={id} /></div>)}</Fact>}
      <Fact name={kind === 'endpoint' ? 'Failed attempts' : 'Failed token requests'}>{kind === 'endpoint' ? <Link to="/attempts" search={{ callback: callbacks, status: ['failed'], since }}>{number.format(failed)}</Link> : number.format(failed)}</Fact>
      <Fact name="Waiting now">{waiting === 0 ? '0' : <Link to="/deliveries" search={{ callback: callbacks, status: ['pending', 'held', 'parked'], since }}>{number.format(waiting)}</Link>}</Fact>
      <Fact name="Lost so far">{lost === 0 ? '0' : <Link className="bad" to="/deliveries" search={{ callback: callbacks, status: ['failed', 'expired'], since }}>{number.format(lost)}</Link>}</Fact>
      <Fact name="First failure">{firstFailure ? <><Time at={firstFailure.at} /> <code>{[firstFailure.status, firstFailure.detail].filter((part) => part !== null).join(' ')}</code></> : <span className="soft">not in the log any more</span>}</Fact>
    </dl>
    </div>
  </section>
);

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { History } from '../callbacks/tabs.js';
import { Id } from '../parts/copy.js';
import { Delete } from '../parts/delete.js';
import { Fact } from '../parts/fact.js';
import { Labels } from '../parts/labels.js';
import { number } from '../parts/numbers.js';
import { OfTenant } from '../parts/object-links.js';
import { ProblemBox } from '../parts/problem-box.js';
import { Sentence } from '../parts/sentence.js';
import { State } from '../parts/state.js';
import { duration, Time } from '../parts/time.js';
import { useMe } from '../shell/me.js';
import { manages } from '../shell/roles.js';
import { CredentialForm } from './credential-form.js';
import { TokenRequests } from './token-requests.js';

/** How a client fares at its authorization server, what it is, and who depends on it. */
export function CredentialPage(): ReactElement {
  const { id } = useParams({ from: '/shell/credentials/$id' });
  const credential = useQuery({ queryKey: ['credential', id], queryFn: () => answer(api.GET('/v1/credentials/{id}', { params: { path: { id } } })) });
  const health = useQuery({ queryKey: ['credential', id, 'health'], queryFn: () => answer(api.GET('/v1/credentials/{id}/health', { params: { path: { id } } })), refetchInterval: 15_000 });
  const role = useMe().data?.role;
  const navigate = useNavigate();
  const { data } = credential;
  if (credential.error && !data) return <ProblemBox error={credential.error} retry={() => void credential.refetch()} isPage />;
  if (!data) return <div className="skeleton" />;
  return (
    <>
      <div className="head">
        <title>{`${data.name} · Nuncio`}</title>
        <div>
          <p className="crumb">{health.data && <State of={health.data.state} />} Credential <Id of={id} /></p>
          <h1>{data.name}<OfTenant tenant={data.tenant} /></h1>
          <p className="mono">{data.tokenUrl ?? data.issuer}</p>
        </div>
        {manages(role) && <div className="actions"><Test id={id} /><CredentialForm credential={data} /><Delete path="/v1/credentials/{id}" of={data} question={`Delete “${data.name}”?`} onDone={() => void navigate({ to: '/credentials' })}><p>It is gone for good, with its secret. A callback that uses it has to use another one before.</p></Delete></div>}
      </div>
      <section className="panel">
        <header><h2>Health</h2></header>
        {health.error && !health.data ? <div className="inside"><ProblemBox error={health.error} retry={() => void health.refetch()} /></div> : health.data ? <Health health={health.data} /> : <div className="inside"><div className="skeleton" /></div>}
      </section>
      <TokenRequests id={id} />
      <Settings credential={data} />
      <section className="panel">
        <header><h2>History</h2></header>
        <History id={id} />
      </section>
    </>
  );
}

/** Asks for a token now, past the cache. */
function Test({ id }: { id: string }): ReactElement {
  const queries = useQueryClient();
  const { mutate, data, error, isPending } = useMutation({
    mutationFn: () => answer(api.POST('/v1/credentials/{id}/test', { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['credential', id, 'health'] }),
  });
  return (
    <>
      <button type="button" disabled={isPending} onClick={() => { mutate(); }}>{isPending ? 'Asking…' : 'Ask for a token'}</button>
      <div role="status">
        {data && ('expiresInSeconds' in data ? <p className="good">There is one{data.expiresInSeconds !== null && `, for ${duration(data.expiresInSeconds * 1_000)}`}.</p> : <p className="bad">{data.advice ?? [data.tokenError?.httpStatus, data.tokenError?.code].filter((part) => part != null).join(' ')}</p>)}
      </div>
      {error && <ProblemBox error={error} />}
    </>
  );
}

const Health = ({ health: { lastSuccess, lastFailure, requestsToday, attemptsToday, callbacks, expiresAt, refreshAt } }: { health: Schemas['CredentialHealth'] }): ReactElement => (
  <>
    {lastFailure && (!lastSuccess || lastFailure.at > lastSuccess.at) && <p className="inside"><strong><Sentence of={lastFailure.advice} /></strong></p>}
    <dl className="facts inside">
      <Fact name="Token"><span className="soft">{expiresAt === null ? 'none' : <>until <Time at={expiresAt} />, renewed from <Time at={refreshAt} /> on</>}</span></Fact>
      <Fact name="Last success">{lastSuccess ? <><Time at={lastSuccess.at} /> <span className="soft">after {duration(lastSuccess.durationMs)}</span></> : <span className="soft">none</span>}</Fact>
      <Fact name="Last failure">{lastFailure ? <><Time at={lastFailure.at} /> <code>{[lastFailure.tokenError.httpStatus, lastFailure.tokenError.code ?? lastFailure.tokenError.class].filter((part) => part !== null).join(' ')}</code></> : <span className="soft">none</span>}</Fact>
      <Fact name="Requests today">{number.format(requestsToday.total)} <span className="soft">for {number.format(attemptsToday)} attempts</span>{requestsToday.failed > 0 && <span className="bad">, {requestsToday.failed} failed</span>}</Fact>
      {lastFailure?.pausedUntil != null && Date.parse(lastFailure.pausedUntil) > Date.now() && <Fact name="Not asked again before"><Time at={lastFailure.pausedUntil} /></Fact>}
    </dl>
    <div className="inside">
      <h3>Callbacks that use it</h3>
      {callbacks.length === 0 ? <p className="soft">None.</p> : (
        <ul className="legend">
          {callbacks.map(({ id, name, enabled }) => <li key={id}><Link to="/callbacks/$id" params={{ id }}>{name}</Link>{!enabled && ' (disabled)'}</li>)}
        </ul>
      )}
    </div>
  </>
);

const Settings = ({ credential: { authMethod, scope, audience, resource, groups, jwksUri, publicJwk, clientCertificate, hasClientSecret, labels, updatedAt } }: { credential: Schemas['Credential'] }): ReactElement => (
  <section className="panel">
    <header><h2>Settings</h2></header>
    <dl className="facts inside">
      <Fact name="Method"><code>{authMethod}</code></Fact>
      <Fact name="Client secret"><span className="soft">{hasClientSecret ? 'kept, and never shown' : 'none'}</span></Fact>
      <Fact name="Scope">{scope ?? <span className="soft">none</span>}</Fact>
      {audience !== null && <Fact name="Audience">{audience}</Fact>}
      {resource !== null && <Fact name="Resource">{[resource].flat().join(', ')}</Fact>}
      <Fact name="Groups">{groups.join(', ') || <span className="soft">the whole tenant</span>}</Fact>
      {jwksUri !== null && <Fact name="JWK Set, for the authorization server"><Id of={jwksUri} /></Fact>}
      {publicJwk && <Fact name="Key"><code>{publicJwk.kid}</code> {publicJwk.alg}</Fact>}
      {clientCertificate && <Fact name="Certificate">{clientCertificate.subject} <span className="soft">until <Time at={clientCertificate.notAfter} /></span></Fact>}
      {Object.keys(labels).length > 0 && <Fact name="Labels"><Labels of={labels} /></Fact>}
      <Fact name="Changed"><Time at={updatedAt} /></Fact>
    </dl>
    {publicJwk && (
      <details className="inside">
        <summary>To replace the key</summary>
        <p>Make a second credential with private_key_jwt, which gets a key of its own. Register it at the authorization server as a client of its own, ask for a token with it here, and choose it in the callbacks that use this one. Then this one can be deleted. Both keys are valid meanwhile, so no delivery waits.</p>
      </details>
    )}
  </section>
);

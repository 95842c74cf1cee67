import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { Schemas } from '../api/client.js';
import { Bytes } from '../parts/bytes.js';
import { Id } from '../parts/copy.js';
import { Failure } from '../parts/failure.js';
import { ProblemBox } from '../parts/problem-box.js';
import { HeaderList, Response } from '../parts/response.js';
import { duration, Time } from '../parts/time.js';
import { Differs } from './differs.js';
import { PHASES, phasesOf } from './phases.js';
import { bodySent } from './sent.js';
import { Verify } from './verify.js';

type Attempt = Schemas['Attempt'];

/** One attempt: what was sent, what came back, where the time went, and how it differs from the attempt before. */
export function AttemptPanel({ attempt, before }: { attempt: Attempt; before: Attempt | null }): ReactElement {
  const { number, id, requestedBy, requests } = attempt;
  return (
    <section className="panel" aria-label={`Attempt ${number}`}>
      <header>
        <h2>Attempt {number}</h2>
        <Id of={id} />
        {requestedBy !== null && <span className="soft">asked for by {requestedBy}</span>}
        {requests > 1 && <span className="soft">{requests} requests: the token was renewed in between</span>}
      </header>
      <div className="inside stack">
        <Failure of={attempt} />
        <Timing attempt={attempt} />
      </div>
      <div className="sides">
        <Request attempt={attempt} />
        <Response response={attempt.response} />
      </div>
      {before && <Differs before={before} attempt={attempt} />}
      {attempt.request && <Verify attempt={attempt} />}
    </section>
  );
}

function Timing({ attempt }: { attempt: Attempt }): ReactElement {
  const phases = phasesOf(attempt);
  const { httpVersion, envelope, dueAt, traceId } = attempt;
  return (
    <>
      <div className="phases" role="img" aria-label={phases.map(({ name, ms }) => `${name} ${duration(ms)}`).join(', ')}>
        {phases.map(({ name, ms }) => <span key={name} className={`p${PHASES.indexOf(name)}`} style={{ flexGrow: ms }} />)}
      </div>
      <ul className="legend">
        {phases.map(({ name, ms }) => <li key={name}><i className={`p${PHASES.indexOf(name)}`} />{name} {duration(ms)}</li>)}
      </ul>
      <p className="soft">
        {dueAt !== null && <>Due <Time at={dueAt} />. </>}
        {httpVersion === null ? 'There was no connection. ' : `HTTP/${httpVersion}. `}
        {envelope !== null && `Envelope ${envelope}. `}
        {traceId !== null && <>Trace <code>{traceId}</code></>}
      </p>
    </>
  );
}

function Request({ attempt: { id, request } }: { attempt: Attempt }): ReactElement {
  const body = useQuery({ queryKey: ['attempt', id, 'body'], queryFn: () => bodySent(id), enabled: request !== null });
  return (
    <section>
      <h3>Request</h3>
      {request ? (
        <>
          <p className="mono"><strong>{request.method}</strong> {request.url}</p>
          <HeaderList headers={request.headers} />
          <h3>Body, as it was sent</h3>
          {body.error ? <ProblemBox error={body.error} /> : <Bytes text={body.data ?? ''} name="Body of the request" />}
        </>
      ) : (
        <p className="soft">Nothing was sent.</p>
      )}
    </section>
  );
}

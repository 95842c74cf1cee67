import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { sinceOf } from '../explorer/search.js';
import { ProblemBox } from '../parts/problem-box.js';
import { Open } from './open.js';
import { Over } from './over.js';

const LOOK_EVERY_MS = 60_000;
const RANGES = [['-1d', 'the last day'], ['-7d', 'the last 7 days'], ['-30d', 'the last 30 days']] as const;

/** What is broken, since when, what waits for it; what was broken, and what of it has to be sent again. */
export function Incidents(): ReactElement {
  const { since = '-7d' } = useSearch({ from: '/shell/incidents' });
  const navigate = useNavigate({ from: '/incidents' });
  const { data, error, refetch } = useQuery({
    queryKey: ['incidents', since],
    queryFn: () => answer(api.GET('/v1/incidents', { params: { query: { since: sinceOf(since) ?? '', limit: 100 } } })),
    refetchInterval: LOOK_EVERY_MS,
  });
  const open = data?.items.filter(({ state }) => state === 'open');
  const over = data?.items.filter(({ state }) => state === 'over');
  return (
    <>
      <div className="head">
        <title>Incidents · Nuncio</title>
        <h1 className="sentence">{open ? sentenceOf(open) : error ? 'What is broken cannot be said now.' : 'Looking…'}</h1>
        <label>
          <span className="unseen">Range</span>
          <select value={since} onChange={({ target }) => void navigate({ search: { since: target.value } })}>
            {RANGES.map(([value, name]) => <option key={value} value={value}>{name}</option>)}
          </select>
        </label>
      </div>
      {error && !data && <ProblemBox error={error} retry={() => void refetch()} />}
      {!data && !error && <section className="panel"><div className="inside"><div className="skeleton" /></div></section>}
      {open?.map((incident) => <Open key={keyOf(incident)} incident={incident} />)}
      {open?.length === 0 && <section className="panel"><div className="empty"><strong>Every endpoint answered its last attempt well.</strong><span>So did every authorization server.</span></div></section>}
      {over && <Over incidents={over} />}
    </>
  );
}

export const keyOf = ({ kind, host, errorClass, since, callbacks }: Schemas['Incident']): string => [kind, host ?? callbacks.join(), errorClass, since].join(' ');

function sentenceOf(open: readonly Schemas['Incident'][]): string {
  const servers = open.filter(({ kind }) => kind === 'authorization-server').length;
  const endpoints = open.filter(({ kind }) => kind === 'endpoint').reduce((sum, { callbackCount }) => sum + callbackCount, 0);
  const parts = [endpoints > 0 && `${endpoints} ${endpoints === 1 ? 'endpoint' : 'endpoints'}`, servers > 0 && `${servers} authorization ${servers === 1 ? 'server' : 'servers'}`].filter((part) => part !== false);
  return parts.length === 0 ? 'Nothing is broken.' : `Broken now: ${parts.join(' and ')}.`;
}

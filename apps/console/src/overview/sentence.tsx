import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { sinceOf } from '../explorer/search.js';
import { share, some } from '../parts/numbers.js';
import type { Range } from './range.js';
import type { Totals } from './totals.js';

/** The server looks through all failures of that time. */
const SINCE = '-1d';
const REFRESH_MS = 60_000;

/** Whether it is well; if not, whose fault it is. */
export function WellOrNot({ totals, range }: { totals: Totals; range: Range }): ReactElement {
  const { data } = useQuery({ queryKey: ['incidents', 'open'], queryFn: () => answer(api.GET('/v1/incidents', { params: { query: { state: ['open'], since: sinceOf(SINCE) ?? '', limit: 100 } } })), refetchInterval: REFRESH_MS });
  return (
    <>
      {totals.attempts === 0 ? `Nothing was attempted in the ${range.name}.` : `${share.format(totals.delivered / totals.attempts)} of ${some(totals.attempts, 'attempt', 'attempts')} in the ${range.name} ${totals.attempts === 1 ? 'was' : 'were'} delivered.`}{' '}
      {data && <Broken incidents={data.items} />}
    </>
  );
}

function Broken({ incidents }: { incidents: readonly Schemas['Incident'][] }): ReactElement {
  const servers = incidents.filter(({ kind }) => kind === 'authorization-server').length;
  const endpoints = incidents.filter(({ kind }) => kind === 'endpoint').reduce((sum, { callbackCount }) => sum + callbackCount, 0);
  const parts = [endpoints > 0 && some(endpoints, 'endpoint', 'endpoints'), servers > 0 && some(servers, 'authorization server', 'authorization servers')].filter((part) => part !== false);
  return parts.length === 0 ? <>Nothing fails now.</> : <Link to="/incidents">{parts.join(' and ')} {endpoints + servers === 1 ? 'fails' : 'fail'} now.</Link>;
}

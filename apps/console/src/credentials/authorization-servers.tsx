import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, type ReactElement } from 'react';
import { answer, api } from '../api/client.js';
import type { Search } from '../explorer/search.js';
import { List, type Column } from '../parts/list.js';
import { number } from '../parts/numbers.js';
import { usePages } from '../parts/pages.js';
import { State } from '../parts/state.js';
import { duration, Time } from '../parts/time.js';
import { hostsOf, serversOf, stateOf, type AuthorizationServer } from './servers.js';

const LOOK_EVERY_MS = 15_000;

const columns: readonly Column<AuthorizationServer>[] = [
  { name: 'Host', cell: ({ host }) => (host === '–' ? host : <Link to="/credentials" search={{ q: [host] }} title={`The credentials at ${host}`}>{host}</Link>), grows: true },
  { name: 'State', cell: (server) => <State {...stateOf(server)} /> },
  { name: 'Errors', cell: ({ errors }) => (errors.length === 0 ? <span className="soft">–</span> : <code className="clip" title={errors.join(', ')}>{errors.join(', ')}</code>), minor: true },
  { name: 'Paused until', cell: ({ pausedUntil }) => <Time at={pausedUntil} />, minor: true },
  { name: 'Requests today', cell: ({ requests }) => number.format(requests), minor: true, isNumber: true },
  { name: 'Failed', cell: ({ failed }) => (failed > 0 ? <span className="bad">{number.format(failed)}</span> : 0), isNumber: true, minor: true },
  { name: 'p95 today', cell: ({ p95 }) => (p95 === null ? <span className="soft">–</span> : duration(p95)), minor: true, isNumber: true },
  { name: 'Credentials', cell: ({ credentials }) => credentials.length, minor: true, isNumber: true },
  { name: 'Callbacks', cell: ({ callbacks }) => callbacks, isNumber: true },
];

/** How authorization servers fare, by the credentials that were read so far. Nothing, if there is no credential. */
export function AuthorizationServers({ search }: { search: Search }): ReactElement | null {
  const tenant = [search.tenant ?? []].flat()[0];
  const pages = usePages(
    ['credentials', 'servers', tenant],
    (cursor) => answer(api.GET('/v1/credentials/health', { params: { query: { limit: 100, ...(tenant !== undefined && { tenant }), ...(cursor !== undefined && { cursor }) } } })),
    LOOK_EVERY_MS,
  );
  const p95s = useP95Today(tenant, useMemo(() => hostsOf(pages.items ?? []), [pages.items]));
  const servers = useMemo(() => pages.items && serversOf(pages.items, p95s), [pages.items, p95s]);
  if (servers?.length === 0 && !pages.hasMore) return null;
  return (
    <section className="panel">
      <header><h2>Authorization servers</h2>{pages.items && pages.hasMore && <span className="soft">of the newest {pages.items.length} credentials</span>}</header>
      <List caption="Authorization servers" pages={{ ...pages, items: servers, count: undefined }} columns={columns} keyOf={({ host }) => host} empty={null} />
    </section>
  );
}

/** As many as a query may name. */
const MOST_HOSTS = 100;

/** How long the requests of this day, UTC, took at each host: for 95 % of them at most so many milliseconds. */
function useP95Today(tenant: string | undefined, hosts: readonly string[]): ReadonlyMap<string, number> | undefined {
  const { data } = useQuery({
    queryKey: ['authorization-servers', tenant, hosts],
    queryFn: async () => {
      const since = new Date(new Date().setUTCHours(0, 0, 0, 0)).toISOString();
      const { items } = await answer(api.GET('/v1/stats/authorization-servers', { params: { query: { since, host: hosts.slice(0, MOST_HOSTS), ...(tenant !== undefined && { tenant: [tenant] }) } } }));
      return new Map(items.map(({ host, latencyMs }) => [host, latencyMs.p95]));
    },
    enabled: hosts.length > 0,
    refetchInterval: LOOK_EVERY_MS,
  });
  return data;
}

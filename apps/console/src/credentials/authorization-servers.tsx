import { Link } from '@tanstack/react-router';
import { useMemo, type ReactElement } from 'react';
import { answer, api } from '../api/client.js';
import type { Search } from '../explorer/search.js';
import { List, type Column } from '../parts/list.js';
import { number } from '../parts/numbers.js';
import { usePages } from '../parts/pages.js';
import { State } from '../parts/state.js';
import { Time } from '../parts/time.js';
import { serversOf, stateOf, type AuthorizationServer } from './servers.js';

const LOOK_EVERY_MS = 15_000;

const columns: readonly Column<AuthorizationServer>[] = [
  { name: 'Host', cell: ({ host }) => (host === '–' ? host : <Link to="/credentials" search={{ q: [host] }} title={`The credentials at ${host}`}>{host}</Link>), grows: true },
  { name: 'State', cell: (server) => <State {...stateOf(server)} /> },
  { name: 'Errors', cell: ({ errors }) => (errors.length === 0 ? <span className="soft">–</span> : <code className="clip" title={errors.join(', ')}>{errors.join(', ')}</code>), minor: true },
  { name: 'Paused until', cell: ({ pausedUntil }) => <Time at={pausedUntil} />, minor: true },
  { name: 'Requests today', cell: ({ requests }) => number.format(requests), minor: true, isNumber: true },
  { name: 'Failed', cell: ({ failed }) => (failed > 0 ? <span className="bad">{number.format(failed)}</span> : 0), isNumber: true, minor: true },
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
  const servers = useMemo(() => pages.items && serversOf(pages.items), [pages.items]);
  if (servers?.length === 0 && !pages.hasMore) return null;
  return (
    <section className="panel">
      <header><h2>Authorization servers</h2>{pages.items && pages.hasMore && <span className="soft">of the newest {pages.items.length} credentials</span>}</header>
      <List caption="Authorization servers" pages={{ ...pages, items: servers, count: undefined }} columns={columns} keyOf={({ host }) => host} empty={null} />
    </section>
  );
}

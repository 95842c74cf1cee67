import { useQueryClient, type Query } from '@tanstack/react-query';
import { useSyncExternalStore, type ReactElement } from 'react';
import { ProblemBox } from '../parts/problem-box.js';
import { Time } from '../parts/time.js';

/** Whether it shows what it once read, since it could not read it again. */
const isOutdated = ({ state: { status, data } }: Query): boolean => status === 'error' && data !== undefined;

/** Says that some of the page is older than it should be, why, and since when. Parts that have nothing to show say so themselves. */
export function Outdated(): ReactElement | null {
  const queries = useQueryClient();
  const find = (): Query | undefined => queries.getQueryCache().findAll({ type: 'active', predicate: isOutdated })[0];
  const query = useSyncExternalStore((onChange) => queries.getQueryCache().subscribe(onChange), find);
  const error = query?.state.error;
  if (!query || !error) return null;
  return (
    <div className="stack">
      <ProblemBox error={error} retry={() => void queries.refetchQueries({ type: 'active', predicate: isOutdated })} />
      <p className="soft">What you see was read at <Time at={new Date(query.state.dataUpdatedAt).toISOString()} />.</p>
    </div>
  );
}

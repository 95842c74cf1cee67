import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api } from '../api/client.js';
import { ProblemBox } from '../parts/problem-box.js';
import { useQuiet } from '../parts/quiet.js';
import { State } from '../parts/state.js';
import { Time } from '../parts/time.js';
import { isWhole, toTree, type Filter } from './filter-tree.js';

interface TryFilterProps {
  readonly eventTypes: readonly string[];
  readonly filter: Filter;
  readonly tenant: string | undefined;
}

/** Tries the filter on the newest events of its types, in the server, with the code that routes events. */
export function TryFilter({ eventTypes, filter, tenant }: TryFilterProps): ReactElement {
  const asked = useQuiet(JSON.stringify({ eventTypes, filter, tenant }));
  const canAsk = eventTypes.length > 0 && isWhole(toTree(filter));
  const { data, error } = useQuery({
    queryKey: ['try-filter', asked],
    queryFn: () => answer(api.POST('/v1/events/try-filter', { body: JSON.parse(asked) as { eventTypes: string[]; filter: Filter; tenant?: string } })),
    enabled: canAsk && asked === JSON.stringify({ eventTypes, filter, tenant }),
    placeholderData: keepPreviousData,
  });
  if (!canAsk) return <p className="soft">{eventTypes.length ? 'Once every line has both of its sides, it is tried on past events.' : 'Choose the types first: then it is tried on past events.'}</p>;
  if (error) return <ProblemBox error={error} />;
  if (!data) return <div className="skeleton" />;
  if (data.items.length === 0) return <p className="soft">No past event of these types was found that you may read: nothing to try it on.</p>;
  const passing = data.items.filter(({ passes }) => passes).length;
  return (
    <>
      <p role="status"><strong>{passing} of the newest {data.items.length} events pass.</strong></p>
      <div className="scroll tried" tabIndex={0} role="region" aria-label="Past events">
        <table>
          <thead><tr><th scope="col">Event</th><th scope="col">Passes</th><th scope="col" className="minor">Published</th></tr></thead>
          <tbody>
            {data.items.map(({ event, ceId, eventType, createdAt, passes }) => (
              <tr key={event + createdAt}>
                <td><Link to="/events/$id" params={{ id: event }} title={event}><code className="clip short">{ceId}</code></Link><span className="soft">{eventType}</span></td>
                <td>{passes ? <State of="delivered" as="passes" /> : <State of="skipped" as="does not" />}</td>
                <td className="minor"><Time at={createdAt} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

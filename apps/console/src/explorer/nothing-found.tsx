import { useQuery } from '@tanstack/react-query';
import { Fragment, type ReactElement, type ReactNode } from 'react';
import { CallbackName } from '../parts/object-links.js';
import { distance } from '../parts/time.js';
import { Count } from './filters.js';
import { inTheWay, type InTheWay } from './in-the-way.js';
import { filtersOf, sinceOf, TIMES, type Search } from './search.js';
import type { Searched } from './searched.js';

interface NothingFoundProps {
  /** One of the list: `delivery`. */
  readonly one: string;
  readonly pages: Pick<Searched<unknown>, 'name' | 'first'>;
  /** By the name of the filter. */
  readonly labels: Readonly<Record<string, string>>;
  readonly search: Search;
  readonly onSearch: (search: Search) => void;
  /** What to do if there is none at all. */
  readonly children?: ReactNode;
}

/** In place of an empty list: which filter is in the way, with a button that leaves it out. */
export function NothingFound({ one, pages: { name, first }, labels, search, onSearch, children }: NothingFoundProps): ReactElement {
  const isFiltered = Object.keys(filtersOf(search)).length > 0;
  const { data } = useQuery({ queryKey: [name, 'in the way', search], queryFn: () => inTheWay(search, first), enabled: isFiltered });
  if (!isFiltered || data === null) return <><strong>There is no {one} yet.</strong>{children}</>;
  return (
    <>
      <strong>No {one} is like this.</strong>
      <span role="status">{data && (data.length > 0 ? data.length === 1 ? 'Something is found when you leave this out:' : 'Something is found when you leave out one of these:' : 'No filter is in the way alone; several are, together.')}</span>
      <div className="actions">
        {data?.map((filter) => (
          <button key={filter.name} type="button" className="small" onClick={() => { onSearch(filter.rest); }}>
            <span>Leave out: {labels[filter.name] ?? filter.name} <Values of={filter} /></span> <Count of={filter.count} />
          </button>
        ))}
        {data?.length === 0 && <button type="button" className="small" onClick={() => { onSearch(search.columns === undefined ? {} : { columns: search.columns }); }}>Leave out all filters</button>}
      </div>
    </>
  );
}

/** What a filter lets through, in words. */
function Values({ of: { name, values } }: { of: Pick<InTheWay, 'name' | 'values'> }): ReactElement {
  if (TIMES.includes(name)) return <>{distance(sinceOf(values[0] ?? '') ?? '')}</>;
  const isNot = values.every((value) => value.startsWith('!'));
  return <>{isNot ? 'is not' : 'is'} {values.map((value, i) => <Fragment key={value}>{i > 0 && ' or '}{name === 'callback' ? <CallbackName id={value} /> : value.slice(isNot ? 1 : 0)}</Fragment>)}</>;
}

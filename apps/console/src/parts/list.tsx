import { useMemo, type ReactElement, type ReactNode } from 'react';
import { useMe } from '../shell/me.js';
import type { Pages } from './pages.js';
import { ProblemBox } from './problem-box.js';
import { classOf, Rows, type Column } from './rows.js';

export type { Column } from './rows.js';

interface ListProps<T> {
  readonly caption: string;
  readonly pages: Pages<T>;
  readonly columns: readonly Column<T>[];
  readonly keyOf: (item: T) => string | number;
  /** Says why the list is empty, and what to do about it. */
  readonly empty: ReactNode;
}

/** A table of the API's pages. The API may answer a short or empty page although there are more. A reader with one tenant sees no column for it. */
export function List<T>({ caption, pages, columns: all, keyOf, empty }: ListProps<T>): ReactElement {
  const isBound = useMe().data?.tenant != null;
  const columns = useMemo(() => all.filter(({ name, isExtra }) => isExtra !== true && !(isBound && name === 'Tenant')), [all, isBound]);
  const { items, error, moreError, hasMore, isFetching, more, again } = pages;
  if (error && !items) return <div className="inside"><ProblemBox error={error} retry={again} /></div>;
  if (items?.length === 0 && !hasMore) return <div className="empty">{empty}</div>;
  return (
    <>
      <div className="scroll" tabIndex={0} role="region" aria-label={caption}>
        <table aria-busy={isFetching} aria-rowcount={items && !hasMore ? items.length + 1 : -1}>
          <caption className="unseen">{caption}</caption>
          <thead>
            <tr aria-rowindex={1}>
              {columns.map((column) => (
                <th key={column.name} scope="col" className={classOf(column)}>
                  {column.name}
                </th>
              ))}
            </tr>
          </thead>
          {items ? <Rows items={items} columns={columns} keyOf={keyOf} /> : <Skeleton columns={columns.map(classOf)} />}
        </table>
      </div>
      {hasMore && (
        <div className="inside stack">
          {moreError && <ProblemBox error={moreError} />}
          <button type="button" onClick={more} disabled={isFetching}>
            {isFetching ? 'Searching…' : items?.length ? 'Show more' : 'Nothing so far; search further back'}
          </button>
        </div>
      )}
    </>
  );
}

/** `columns` = the class of each. */
const Skeleton = ({ columns }: { columns: readonly string[] }): ReactElement => (
  <tbody>
    {Array.from({ length: 8 }, (_, row) => (
      <tr key={row}>
        {columns.map((name, i) => <td key={i} className={name}><div className="skeleton" /></td>)}
      </tr>
    ))}
  </tbody>
);

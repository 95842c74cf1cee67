import type { ReactElement, ReactNode } from 'react';
import { useMe } from '../shell/me.js';
import type { Pages } from './pages.js';
import { ProblemBox } from './problem-box.js';

export interface Column<T> {
  readonly name: string;
  readonly cell: (item: T) => ReactNode;
  /** Not shown on a narrow screen. */
  readonly minor?: boolean;
  readonly isNumber?: boolean;
  /** Takes the room that the others leave, and is cut there. */
  readonly grows?: boolean;
}

interface ListProps<T> {
  readonly caption: string;
  readonly pages: Pages<T>;
  readonly columns: readonly Column<T>[];
  readonly keyOf: (item: T) => string | number;
  /** Why there is nothing, and what to do about it. */
  readonly empty: ReactNode;
}

const classOf = <T,>({ minor, isNumber, grows }: Column<T>): string => [minor && 'minor', isNumber && 'number', grows && 'grows'].filter(Boolean).join(' ');

/** A table of pages. A page may be short, or empty, while there are more. Who has one tenant is not told of it in every row. */
export function List<T>({ caption, pages, columns: all, keyOf, empty }: ListProps<T>): ReactElement {
  const isBound = useMe().data?.tenant != null;
  const columns = all.filter(({ name }) => !(isBound && name === 'Tenant'));
  const { items, error, hasMore, isFetching, more, again } = pages;
  if (error && !items) return <div className="inside"><ProblemBox error={error} retry={again} /></div>;
  if (items?.length === 0 && !hasMore) return <div className="empty">{empty}</div>;
  return (
    <>
      <div className="scroll" tabIndex={0} role="region" aria-label={caption}>
        <table aria-busy={isFetching}>
          <caption className="unseen">{caption}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.name} scope="col" className={classOf(column)}>
                  {column.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {items
              ? items.map((item) => (
                  <tr key={keyOf(item)}>
                    {columns.map((column) => (
                      <td key={column.name} className={classOf(column)}>
                        {column.cell(item)}
                      </td>
                    ))}
                  </tr>
                ))
              : Array.from({ length: 8 }, (_, row) => (
                  <tr key={row}>
                    {columns.map((column) => (
                      <td key={column.name} className={classOf(column)}>
                        <div className="skeleton" />
                      </td>
                    ))}
                  </tr>
                ))}
          </tbody>
        </table>
      </div>
      {hasMore && (
        <div className="inside">
          <button type="button" onClick={more} disabled={isFetching}>
            {isFetching ? 'Searching…' : items?.length ? 'Show more' : 'Nothing so far; search further back'}
          </button>
        </div>
      )}
    </>
  );
}

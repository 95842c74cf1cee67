import type { ReactElement } from 'react';
import { List, type Column } from '../parts/list.js';
import type { Pages } from '../parts/pages.js';
import { Count, Filters, type FilterField } from './filters.js';
import type { Live } from './live.js';
import { ProblemBox } from '../parts/problem-box.js';
import type { Search } from './search.js';

interface FoundProps<T> {
  readonly caption: string;
  /** One of them: `delivery`. */
  readonly one: string;
  readonly fields: readonly FilterField[];
  readonly search: Search;
  readonly onSearch: (search: Search) => void;
  readonly pages: Pages<T>;
  readonly columns: readonly Column<T>[];
  /** Where they can be had as they are written. */
  readonly live?: Live<T>;
}

/** What the filters select, how many, newest first. */
export const Found = <T extends { readonly id: string }>({ caption, one, fields, search, onSearch, pages, columns, live }: FoundProps<T>): ReactElement => (
  <section className="panel">
    <Filters fields={fields} search={search} onSearch={onSearch} />
    <header>
      <h2>Newest first</h2>
      <Count of={pages.count} />
      <button type="button" className="plain" onClick={pages.again}>Refresh</button>
      {live && <button type="button" className="small" aria-pressed={live.isOn} onClick={live.toggle}>{live.isOn ? 'Live: stop' : 'Live'}</button>}
      {live?.isOn && <span role="status" className="soft">{live.rows.length === 0 ? 'Waiting for what comes…' : `${live.rows.length} since it is on`}</span>}
    </header>
    {live?.error && <div className="inside"><ProblemBox error={live.error} retry={live.toggle} /></div>}
    <List caption={caption} pages={live?.rows.length ? { ...pages, items: withNew(live.rows, pages.items) } : pages} columns={columns} keyOf={({ id }) => id} empty={<><strong>No {one} is like this.</strong><span>Leave out a filter, or take a longer time.</span></>} />
  </section>
);

/** Each once. */
const withNew = <T extends { readonly id: string }>(rows: readonly T[], items: readonly T[] = []): T[] => [...rows, ...items.filter(({ id }) => !rows.some((row) => row.id === id))];

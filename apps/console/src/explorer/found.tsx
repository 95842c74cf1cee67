import type { ReactElement } from 'react';
import { List, type Column } from '../parts/list.js';
import type { Pages } from '../parts/pages.js';
import { Count, Filters, type FilterField } from './filters.js';
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
}

/** What the filters select, how many, newest first. */
export const Found = <T extends { readonly id: string }>({ caption, one, fields, search, onSearch, pages, columns }: FoundProps<T>): ReactElement => (
  <section className="panel">
    <Filters fields={fields} search={search} onSearch={onSearch} />
    <header>
      <h2>Newest first</h2>
      <Count of={pages.count} />
      <button type="button" className="plain" onClick={pages.again}>Refresh</button>
    </header>
    <List caption={caption} pages={pages} columns={columns} keyOf={({ id }) => id} empty={<><strong>No {one} is like this.</strong><span>Leave out a filter, or take a longer time.</span></>} />
  </section>
);

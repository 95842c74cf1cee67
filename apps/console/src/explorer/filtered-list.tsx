import type { ReactElement, ReactNode } from 'react';
import { List, type Column } from '../parts/list.js';
import { Filters, labelsOf, type FilterField } from './filters.js';
import { NothingFound } from './nothing-found.js';
import type { Search } from './search.js';
import type { Searched } from './searched.js';

interface FilteredListProps<T> {
  readonly caption: string;
  /** One of what is listed, in words. */
  readonly one: string;
  readonly fields: readonly FilterField[];
  /** Whether there is a filter by time; default false. */
  readonly hasTime?: boolean;
  readonly search: Search;
  readonly onSearch: (search: Search) => void;
  readonly pages: Searched<T>;
  readonly columns: readonly Column<T>[];
  readonly keyOf: (item: T) => string | number;
  /** Says what to do if there is none at all. */
  readonly children?: ReactNode;
}

/** A list under its filters. If nothing is found, it names the filters that are in the way. */
export const FilteredList = <T,>({ caption, one, fields, hasTime = false, search, onSearch, pages, columns, keyOf, children }: FilteredListProps<T>): ReactElement => (
  <>
    <Filters fields={fields} search={search} onSearch={onSearch} hasTime={hasTime} />
    <List caption={caption} pages={pages} columns={columns} keyOf={keyOf} empty={<NothingFound one={one} pages={pages} labels={labelsOf(fields)} search={search} onSearch={onSearch}>{children}</NothingFound>} />
  </>
);

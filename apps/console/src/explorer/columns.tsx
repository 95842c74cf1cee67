import { useId, type ReactElement } from 'react';
import type { Column } from '../parts/list.js';
import { filtersOf, type Search } from './search.js';

/** The columns of a list as the reader has chosen them. The first one leads to the object, so it is always there. */
export function chosenColumns<T>(all: readonly Column<T>[], { columns }: Search): readonly Column<T>[] {
  if (columns === undefined) return all;
  return all.filter(({ name }, i) => i === 0 || columns.includes(name)).map((column) => ({ ...column, minor: false, isExtra: false }));
}

interface ColumnsProps {
  readonly all: readonly Column<never>[];
  readonly search: Search;
  readonly onSearch: (search: Search) => void;
}

/** Chooses the columns of a list. They stand in the page's URL, so a saved view keeps them. */
export function Columns({ all, search, onSearch }: ColumnsProps): ReactElement {
  const id = useId();
  const shown = all.filter(({ name, isExtra }, i) => i === 0 || (search.columns === undefined ? isExtra !== true : search.columns.includes(name))).map(({ name }) => name);
  const turn = (name: string): void => {
    onSearch({ ...search, columns: all.map((one) => one.name).filter((one) => (one === name ? !shown.includes(one) : shown.includes(one))) });
  };
  return (
    <>
      <button type="button" className="plain" popoverTarget={id}>Columns</button>
      <div id={id} popover="auto" className="menu" role="group" aria-label="Columns">
        {all.map(({ name }, i) => (
          <label key={name} className="check">
            <input type="checkbox" checked={shown.includes(name)} disabled={i === 0} onChange={() => { turn(name); }} />
            <span>{name}</span>
          </label>
        ))}
        {search.columns !== undefined && <button type="button" className="small" onClick={() => { onSearch(filtersOf(search)); }}>The usual ones</button>}
      </div>
    </>
  );
}

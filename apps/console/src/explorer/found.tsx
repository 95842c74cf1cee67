import { useEffect, useMemo, useRef, useState, type ReactElement, type ReactNode, type RefObject } from 'react';
import { List, type Column } from '../parts/list.js';
import { ProblemBox } from '../parts/problem-box.js';
import { Chips } from './chips.js';
import { chosenColumns, Columns } from './columns.js';
import type { Field } from './fields.js';
import { Count, labelsOf } from './filters.js';
import type { Live } from './live.js';
import { NothingFound } from './nothing-found.js';
import type { Search } from './search.js';
import type { Searched } from './searched.js';
import { Views } from './views.js';

interface FoundProps<T> {
  readonly caption: string;
  /** One of them: `delivery`. */
  readonly one: string;
  readonly fields: Readonly<Record<string, Field>>;
  readonly search: Search;
  readonly onSearch: (search: Search) => void;
  readonly pages: Searched<T>;
  readonly columns: readonly Column<T>[];
  /** What to do if there is none at all. */
  readonly nothing: ReactNode;
  readonly live: Live<T>;
  /** The address of a file with all of them; absent = there is none. */
  readonly file?: string;
}

/** What the filters select, how many, newest first. */
export function Found<T extends { readonly id: string }>({ caption, one, fields, search, onSearch, pages, columns: all, nothing, live, file }: FoundProps<T>): ReactElement {
  const top = useRef<HTMLElement>(null);
  const items = useMemo(() => withNew(live.rows, pages.items), [live.rows, pages.items]);
  const columns = useMemo(() => chosenColumns(all, search), [all, search]);
  useHeldWhileAway(top, live);
  return (
    <section className="panel">
      <Chips fields={fields} search={search} onSearch={onSearch} />
      <header ref={top}>
        <h2>Newest first</h2>
        <Count of={pages.count} />
        <button type="button" className="plain" onClick={pages.again}>Refresh</button>
        <button type="button" className="small" aria-pressed={live.isOn} onClick={live.toggle}>{live.isOn ? 'Live: stop' : 'Live'}</button>
        {file !== undefined && <a className="button plain" href={file} download>CSV</a>}
        {live.isOn && <Came count={live.rows.length} />}
        <Columns all={all} search={search} onSearch={onSearch} />
        <Views of={caption.toLowerCase()} search={search} onSearch={onSearch} />
      </header>
      {live.waiting > 0 && <button type="button" className="held" onClick={() => top.current?.scrollIntoView({ block: 'center' })}>Paused while you read: {live.waiting} new. Show them</button>}
      {live.error && <div className="inside"><ProblemBox error={live.error} retry={live.toggle} /></div>}
      <List caption={caption} pages={{ ...pages, items }} columns={columns} keyOf={({ id }) => id} empty={<NothingFound one={one} pages={pages} labels={labelsOf(Object.entries(fields).map(([name, field]) => ({ name, ...field })))} search={search} onSearch={onSearch}>{nothing}</NothingFound>} />
    </section>
  );
}

/** Each once. */
function withNew<T extends { readonly id: string }>(rows: readonly T[], items: readonly T[] | undefined): readonly T[] | undefined {
  if (rows.length === 0) return items;
  const ids = new Set(rows.map(({ id }) => id));
  return [...rows, ...(items ?? []).filter(({ id }) => !ids.has(id))];
}

/** Nothing moves under a reader who has scrolled down: new rows wait until the top of the list is on the screen again. */
function useHeldWhileAway(top: RefObject<HTMLElement | null>, { isOn, hold }: Pick<Live<never>, 'isOn' | 'hold'>): void {
  useEffect(() => {
    if (!isOn || !top.current) return undefined;
    const observer = new IntersectionObserver(([entry]) => { hold(entry?.isIntersecting === false); });
    observer.observe(top.current);
    return () => {
      observer.disconnect();
      hold(false);
    };
  }, [isOn, hold, top]);
}

const SAID_EVERY_MS = 10_000;

/** How many rows have come. A screen reader hears it every ten seconds at most. */
function Came({ count }: { count: number }): ReactElement {
  const text = count === 0 ? 'Waiting for what comes…' : `${count} since it is on`;
  const newest = useRef(text);
  const [said, say] = useState(text);
  useEffect(() => { newest.current = text; }, [text]);
  useEffect(() => {
    const timer = setInterval(() => { say(newest.current); }, SAID_EVERY_MS);
    return () => { clearInterval(timer); };
  }, []);
  return <><span className="soft" aria-hidden="true">{text}</span><span role="status" className="unseen">{said}</span></>;
}

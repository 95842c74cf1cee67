import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { memo, useLayoutEffect, useRef, useState, type ReactElement, type ReactNode } from 'react';
import { useKeys } from '../shell/keys.js';

export interface Column<T> {
  readonly name: string;
  readonly cell: (item: T) => ReactNode;
  /** Hidden on a narrow screen. */
  readonly minor?: boolean;
  readonly isNumber?: boolean;
  /** Takes the room that the others leave. A longer text is cut. */
  readonly grows?: boolean;
  /** Shown only to a reader who has chosen it. */
  readonly isExtra?: boolean;
}

export const classOf = <T,>({ minor, isNumber, grows }: Column<T>): string => [minor && 'minor', isNumber && 'number', grows && 'grows'].filter(Boolean).join(' ');

interface RowsProps<T> {
  readonly items: readonly T[];
  readonly columns: readonly Column<T>[];
  readonly keyOf: (item: T) => string | number;
}

/** A list of at most so many rows is in the page as a whole, so that the browser's own search finds all of it. */
const WHOLE = 100;
/** Pixels of a row with one line of text. */
const ROW_PX = 33;
/** Rows above and below the screen. */
const OVERSCAN = 5;

/** The body of a table. Of a long list only the rows on the screen are in the page; a spacer above and one below stand for the others. */
export function Rows<T>({ items, columns, keyOf }: RowsProps<T>): ReactElement {
  const body = useRef<HTMLTableSectionElement>(null);
  const [top, setTop] = useState(0);
  const isLong = items.length > WHOLE;
  const { getVirtualItems, getTotalSize, measureElement } = useWindowVirtualizer({
    count: items.length,
    enabled: isLong,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => keyAt(items, index, keyOf),
    overscan: OVERSCAN,
    scrollMargin: top,
  });
  const step = (by: 1 | -1) => () => { rowFrom(body.current, by)?.querySelector('a')?.focus(); };
  useKeys({ j: step(1), k: step(-1) });
  useLayoutEffect(() => {
    if (!isLong || !body.current) return;
    setTop(Math.round(body.current.getBoundingClientRect().top + scrollY));
    keepWidths(body.current);
  });
  if (!isLong) return <tbody ref={body} className="rows">{items.map((item, index) => <tr key={keyOf(item)} aria-rowindex={index + 2}><Cells item={item} columns={columns} /></tr>)}</tbody>;
  const shown = getVirtualItems();
  const [first, last] = [shown[0], shown.at(-1)];
  return (
    <tbody ref={body} className="rows">
      <Spacer height={first ? first.start - top : 0} />
      {shown.map(({ index, key }) => {
        const item = items[index];
        return item !== undefined && <tr key={key} ref={measureElement} data-index={index} aria-rowindex={index + 2}><Cells item={item} columns={columns} /></tr>;
      })}
      <Spacer height={last ? getTotalSize() - last.end + top : 0} />
    </tbody>
  );
}

const keyAt = <T,>(items: readonly T[], index: number, keyOf: (item: T) => string | number): string | number => {
  const item = items[index];
  return item === undefined ? index : keyOf(item);
};

const Cells = memo(({ item, columns }: { item: unknown; columns: readonly Column<never>[] }) => columns.map((column) => <td key={column.name} className={classOf(column)}>{column.cell(item as never)}</td>)) as <T>(props: Omit<RowsProps<T>, 'items' | 'keyOf'> & { item: T }) => ReactElement;

const Spacer = ({ height }: { height: number }): ReactElement | null => (height > 0 ? <tr className="spacer" aria-hidden="true"><td style={{ height }} /></tr> : null);

/** The row before or after the one with the focus. Without one it is the first row of the page's first list. */
function rowFrom(body: HTMLTableSectionElement | null, by: 1 | -1): Element | null | undefined {
  const row = document.activeElement?.closest('tbody.rows > tr');
  if (!row) return body === document.querySelector('tbody.rows') ? body?.querySelector('tr:not(.spacer)') : null;
  if (!body?.contains(row)) return null;
  return by === 1 ? row.nextElementSibling : row.previousElementSibling;
}

/** No column becomes narrower while one scrolls: each keeps the width of the widest cell that it has shown. */
function keepWidths(body: HTMLTableSectionElement): void {
  for (const cell of body.closest('table')?.tHead?.rows[0]?.cells ?? []) if (!cell.classList.contains('grows')) cell.style.minWidth = `${Math.max(parseFloat(cell.style.minWidth) || 0, cell.offsetWidth)}px`;
}

import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, type ReactElement } from 'react';
import { Count } from '../explorer/filters.js';
import { useDeliveryPages } from '../explorer/delivery-pages.js';
import type { Search } from '../explorer/search.js';
import { useKeys } from '../shell/keys.js';

/** The list is read so far to find the delivery in it. */
const FARTHEST = 500;

/** The way back to the list that a delivery was opened from, and to the deliveries before and after it there. */
export function Neighbours({ id, list }: { id: string; list: Search }): ReactElement {
  const { items = [], count, hasMore, isFetching, more } = useDeliveryPages(list);
  const navigate = useNavigate();
  const place = items.findIndex((delivery) => delivery.id === id);
  const isToBeRead = hasMore && !isFetching && (place < 0 ? items.length < FARTHEST : place === items.length - 1);
  useEffect(() => { if (isToBeRead) more(); }, [isToBeRead, more]);
  const [previous, next] = place < 0 ? [] : [items[place - 1]?.id, items[place + 1]?.id];
  const go = (to: string | undefined): void => { if (to !== undefined) void navigate({ to: '/deliveries/$id', params: { id: to }, search: { list } }); };
  useKeys({ j: () => { go(next); }, k: () => { go(previous); } });
  return (
    <nav className="neighbours" aria-label="The list it was opened from">
      <Link to="/deliveries" search={list}>Back to the list</Link>
      {place >= 0 && (
        <>
          <Step to={previous} list={list} name="Previous" sign="‹" />
          <span className="soft nowrap">{place + 1} of <Count of={count ?? { value: items.length, exact: !hasMore }} /></span>
          <Step to={next} list={list} name="Next" sign="›" />
        </>
      )}
    </nav>
  );
}

const Step = ({ to, list, name, sign }: { to: string | undefined; list: Search; name: string; sign: string }): ReactElement =>
  to === undefined ? <button type="button" className="small" disabled aria-label={name}>{sign}</button> : <Link className="button small" to="/deliveries/$id" params={{ id: to }} search={{ list }} aria-label={name} title={name}>{sign}</Link>;

import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { FilteredList } from '../explorer/filtered-list.js';
import { LABEL, type FilterField } from '../explorer/filters.js';
import { toQuery, type EventTypeQuery, type Search } from '../explorer/search.js';
import { useSearched } from '../explorer/searched.js';
import { Head } from '../parts/head.js';
import { Labels } from '../parts/labels.js';
import type { Column } from '../parts/list.js';
import { Sentence } from '../parts/sentence.js';
import { Time } from '../parts/time.js';
import { useMe } from '../shell/me.js';
import { curates } from '../shell/roles.js';
import { EventTypeForm } from './event-type-form.js';
import { fieldsOf } from './schema.js';
import { Volume } from './volume.js';

const columns: readonly Column<Schemas['EventType']>[] = [
  { name: 'Name', cell: ({ name }) => <Link to="/event-types/$name" params={{ name }}><code>{name}</code></Link> },
  { name: 'Description', cell: ({ description }) => <span className="lines" title={description ?? ''}>{description ? <Sentence of={description} /> : <span className="soft">–</span>}</span>, grows: true, minor: true },
  { name: '24 hours', cell: ({ name }) => <Volume of={name} />, minor: true, isNumber: true },
  { name: 'Audience', cell: ({ audience }) => audience, minor: true },
  { name: 'Approval', cell: ({ approval }) => (approval === 'required' ? <strong className="nowrap">required</strong> : <span className="soft">none</span>) },
  { name: 'Schema', cell: ({ schema }) => (schema ? <span className="nowrap">{fieldsOf(schema).length} fields</span> : <span className="soft">none</span>), minor: true },
  { name: 'Labels', cell: ({ labels }) => <Labels of={labels} />, minor: true },
  { name: 'Changed', cell: ({ updatedAt }) => <Time at={updatedAt} />, minor: true },
];

const FIELDS: readonly FilterField[] = [
  { name: 'q', label: 'Name', isWide: true },
  { name: 'audience', label: 'Audience', options: ['addressed', 'broadcast'] },
  { name: 'approval', label: 'Approval', options: ['none', 'required'] },
  LABEL,
];

export function EventTypes(): ReactElement {
  const search = useSearch({ from: '/shell/event-types' });
  const navigate = useNavigate({ from: '/event-types' });
  const toEventType = useNavigate();
  const role = useMe().data?.role;
  const onSearch = (next: Search): void => void navigate({ search: next });
  const pages = useSearched('event-types', search, (wanted, page) => answer(api.GET('/v1/event-types', { params: { query: { ...toQuery<EventTypeQuery>(wanted), ...page } } })));
  return (
    <>
      <Head title="Event types" actions={curates(role) && <EventTypeForm onSaved={(name) => void toEventType({ to: '/event-types/$name', params: { name } })} />}>What can be published, and subscribed to.</Head>
      <section className="panel">
        <FilteredList caption="Event types" one="event type" fields={FIELDS} search={search} onSearch={onSearch} pages={pages} columns={columns} keyOf={({ id }) => id}>
          <span>An admin or a provider makes them.</span>
        </FilteredList>
      </section>
    </>
  );
}

import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { useEventTypes } from '../catalogue/event-types-of.js';
import { EventTypeSchema } from '../catalogue/event-type-schema.js';
import { fieldsOf } from '../catalogue/schema.js';
import { FilterBuilder } from './filter-builder.js';
import type { Draft } from './draft.js';
import { PickCallback } from './pick-callback.js';
import { PickEventTypes } from './pick-event-types.js';
import { TryFilter } from './try-filter.js';

const ATTRIBUTES = ['source', 'subject', 'type', 'id', 'datacontenttype', 'tenant'];

interface DraftFormProps {
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
}

/** The callback of a draft, once it is known. */
export const useDraftCallback = (id: string | undefined): Schemas['Callback'] | undefined =>
  useQuery({ queryKey: ['callback', id], queryFn: () => answer(api.GET('/v1/callbacks/{id}', { params: { path: { id: id ?? '' } } })), enabled: id !== undefined }).data;

/** The form of a subscription: event types, filter, callback. */
export function DraftForm({ draft, onDraft }: DraftFormProps): ReactElement {
  const { callback, eventTypes = [], filter = null } = draft;
  const types = useEventTypes(eventTypes);
  const chosen = useDraftCallback(callback);
  const paths = [...new Set([...types.flatMap(({ schema }) => (schema ? fieldsOf(schema).map(({ pointer }) => pointer) : [])), ...ATTRIBUTES])];
  const change = (changed: Partial<Draft>): void => { onDraft({ ...draft, ...changed }); };
  return (
    <>
      <section className="panel">
        <header><h2>1. Which events</h2></header>
        <div className="inside two">
          <PickEventTypes chosen={eventTypes} onChoose={(names) => { change({ eventTypes: names }); }} />
          <div className="stack">
            {types.length === 0 ? <p className="soft">What an event of a type carries stands here once you choose it.</p> : types.map((type) => <EventTypeSchema key={type.id} eventType={type} />)}
          </div>
        </div>
      </section>
      <section className="panel">
        <header><h2>2. Which of them</h2></header>
        <div className={filter ? 'inside two filtering' : 'inside'}>
          <div className="stack">
            <FilterBuilder filter={filter} paths={paths} onFilter={(next) => { change({ filter: next }); }} />
          </div>
          {filter && <div className="stack"><TryFilter eventTypes={eventTypes} filter={filter} tenant={chosen?.tenant} /></div>}
        </div>
      </section>
      <section className="panel">
        <header><h2>3. Where to</h2></header>
        <div className="inside"><PickCallback chosen={callback} callback={chosen} onChoose={(id) => { change({ callback: id }); }} /></div>
      </section>
    </>
  );
}

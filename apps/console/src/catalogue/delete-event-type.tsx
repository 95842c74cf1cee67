import { useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Asked } from '../parts/asked.js';

/** Deletes an event type, after a question. The API refuses if a subscription names it. */
export function DeleteEventType({ eventType: { name, version }, onDeleted }: { eventType: Schemas['EventType']; onDeleted: () => void }): ReactElement {
  const queries = useQueryClient();
  return (
    <Asked
      name="Delete"
      question={`Delete “${name}”?`}
      yes="Delete it"
      isFinal
      act={() => answer(api.DELETE('/v1/event-types/{name}', { params: { path: { name }, header: { 'If-Match': `"${version}"` } } }))}
      onDone={() => {
        onDeleted();
        return queries.invalidateQueries({ queryKey: ['event-types'] });
      }}
    >
      <p>Events of this type are refused from then on. Those that were published, and their deliveries, stay in the log.</p>
    </Asked>
  );
}

import { useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Asked } from '../parts/asked.js';
import { number } from '../parts/numbers.js';
import { useHealth } from './faring.js';

/** Disables or enables a callback, after a question. The API refuses if somebody else has changed it meanwhile. */
export function Enabling({ callback: { id, enabled, version } }: { callback: Schemas['Callback'] }): ReactElement {
  const queries = useQueryClient();
  const act = (): Promise<unknown> => answer(api.PATCH('/v1/callbacks/{id}', { params: { path: { id }, header: { 'If-Match': `"${version}"` } }, body: { enabled: !enabled } }));
  const onDone = (): Promise<unknown> => queries.invalidateQueries({ queryKey: ['callback', id] });
  return enabled ? (
    <Asked name="Disable" question="Disable this callback?" yes="Disable it" act={act} onDone={onDone}>
      <p>Events that come meanwhile are skipped, and deliveries that wait are canceled when they are due. <Waiting id={id} /></p>
      <p className="soft">To keep them, pause it instead. What was skipped or canceled can be sent again later, under <em>Deliveries</em>.</p>
    </Asked>
  ) : (
    <Asked name="Enable" className="primary" question="Enable this callback?" yes="Enable it" act={act} onDone={onDone}>
      <p>New events are sent from now on. What was skipped or canceled meanwhile stays so: select it under <em>Deliveries</em>, and send it again.</p>
    </Asked>
  );
}

function Waiting({ id }: { id: string }): ReactElement | null {
  const waiting = useHealth(id)?.waiting;
  if (!waiting) return null;
  const count = waiting.pending.count + waiting.held.count + waiting.parked.count;
  return <strong>{count === 0 ? 'None waits now.' : `${number.format(count)} ${count === 1 ? 'waits' : 'wait'} now.`}</strong>;
}

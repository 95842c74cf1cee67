import { useMutation } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Verdicts } from '../catalogue/simulate.js';
import { ProblemBox } from '../parts/problem-box.js';

/** Says, when it is asked, who would get the event if it were published now, and why the others would not. Nothing is published. */
export function WhoWould({ event, payload }: { event: Schemas['Event']; payload: string }): ReactElement {
  const { eventType, tenants, contentType, attributes } = event;
  const { mutate, data, error, isPending } = useMutation({
    mutationFn: () => answer(api.POST('/v1/event-types/{name}/simulate', {
      params: { path: { name: eventType }, query: { limit: 100 } },
      body: { ...attributes, ...(tenants.length > 0 && { tenant: tenants.join() }), ...(contentType !== null && { datacontenttype: contentType }), data: dataOf(payload) },
    })),
  });
  return (
    <section className="panel">
      <header><h2>Why not others?</h2><span className="soft">Every subscription to its type, as it is now. Nothing is published.</span></header>
      {!data && <div className="inside stack">{error && <ProblemBox error={error} />}<div className="actions"><button type="button" disabled={isPending} onClick={() => { mutate(); }}>Look</button></div></div>}
      {data && <Verdicts of={{ ...data, items: data.items.filter(({ reasons }) => !reasons.some(({ code }) => code === 'other-tenant')) }} />}
    </section>
  );
}

/** As a member of the event's JSON: a payload that is no JSON is a text. */
function dataOf(payload: string): unknown {
  try {
    return JSON.parse(payload) as unknown;
  } catch {
    return payload;
  }
}

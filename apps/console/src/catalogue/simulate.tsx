import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement, ReactNode } from 'react';
import { answer, api, Refused, type Schemas } from '../api/client.js';
import { Form } from '../parts/form.js';
import { formText } from '../parts/form-text.js';
import { CallbackLink } from '../parts/object-links.js';
import { ProblemBox } from '../parts/problem-box.js';
import { Sentence } from '../parts/sentence.js';
import { State } from '../parts/state.js';
import { useMe } from '../shell/me.js';
import { exampleOf } from './schema.js';

/** Who would get such an event, and why the others would not. Nothing is published. */
export function Simulate({ eventType: { name, schema } }: { eventType: Schemas['EventType'] }): ReactElement {
  const isBound = useMe().data?.tenant != null;
  const { mutate, data, error, isPending } = useMutation({
    mutationFn: (form: FormData) => answer(api.POST('/v1/event-types/{name}/simulate', { params: { path: { name }, query: { limit: 100 } }, body: eventOf(formText(form, 'event')) })),
  });
  const example = { ...(!isBound && { tenant: 'acme' }), data: schema ? exampleOf(schema) : {} };
  return (
    <section className="panel">
      <header><h2>Who would get this?</h2><span className="soft">Nothing is published.</span></header>
      <Form onSubmit={mutate} className="inside stack">
        <label className="field">A CloudEvent as JSON; what it leaves out is made up<textarea name="event" rows={8} className="mono" spellCheck={false} defaultValue={JSON.stringify(example, null, 2)} /></label>
        {error && <ProblemBox error={error} />}
        <div className="actions"><button disabled={isPending}>Simulate</button></div>
      </Form>
      {data && <Verdicts of={data} hasMore={data.next !== null} />}
    </section>
  );
}

/** Throws `Refused`, as the API would for this body. */
function eventOf(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw new Refused({ title: 'The body is not JSON', detail: (error as Error).message, code: 'malformed-json', status: 400 });
  }
}

type Simulated = Schemas['SimulateEventTypeAnswer'];
export type Verdict = Simulated['items'][number];

interface VerdictsProps {
  readonly of: Pick<Simulated, 'admitted' | 'errors' | 'items'>;
  /** Whether there are more subscriptions, older ones. */
  readonly hasMore: boolean;
  /** What can be done about a verdict; absent = nothing. */
  readonly act?: ((verdict: Verdict) => ReactNode) | undefined;
}

/** What would become of an event, for each subscription. */
export const Verdicts = ({ of: { admitted, errors, items }, hasMore, act }: VerdictsProps): ReactElement => (
  <div className="inside stack" role="status">
    {admitted ? <p className="good">It would be taken, and goes to {items.filter(({ outcome }) => outcome === 'delivered').length} of {items.length}{hasMore ? ' (the newest)' : ''} subscriptions.</p> : <p className="bad">It would not be taken.</p>}
    {errors.map(({ pointer, detail }) => <p key={pointer + detail}><code>{pointer}</code> {detail}</p>)}
    {items.length > 0 && (
      <div className="scroll" tabIndex={0} role="region" aria-label="Verdicts">
        <table>
          <thead><tr><th scope="col">Callback</th><th scope="col">Outcome</th>{act && <th scope="col"><span className="unseen">Acts</span></th>}</tr></thead>
          <tbody>
            {items.map((verdict) => (
              <tr key={verdict.subscription}>
                <td><CallbackLink id={verdict.callback} tenant={verdict.tenant} /></td>
                <td><Link to="/subscriptions/$id" params={{ id: verdict.subscription }} title="The subscription"><State of={verdict.outcome} /></Link>{verdict.reasons.map(({ code, detail }) => <div key={code}><Sentence of={detail} /></div>)}</td>
                {act && <td className="number">{act(verdict)}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    )}
  </div>
);

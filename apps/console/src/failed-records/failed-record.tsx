import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useRef, type ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Bytes } from '../parts/bytes.js';
import { Id } from '../parts/copy.js';
import { Dialog, DialogEnd, Opener, type DialogHandle } from '../parts/dialog.js';
import { Fact } from '../parts/fact.js';
import { Form } from '../parts/form.js';
import { ProblemBox } from '../parts/problem-box.js';
import { Time } from '../parts/time.js';

type FailedRecord = Schemas['WholeQuarantinedRecord'] & Partial<Pick<Schemas['WholeDeadLetter'], 'delivery'>>;

export function QuarantinedPage(): ReactElement {
  const { id } = useParams({ from: '/shell/quarantine/$id' });
  const call = useQuery({ queryKey: ['failed record', id], queryFn: () => answer(api.GET('/v1/quarantine/{id}', { params: { path: { id } } })) });
  return call.data ? <Shown record={call.data} what="Quarantined record" act={<Republish record={call.data} />} /> : <Waiting {...call} />;
}

export function DeadLetterPage(): ReactElement {
  const { id } = useParams({ from: '/shell/dead-letters/$id' });
  const call = useQuery({ queryKey: ['failed record', id], queryFn: () => answer(api.GET('/v1/dead-letters/{id}', { params: { path: { id } } })) });
  return call.data ? <Shown record={call.data} what="Dead letter" act={null} /> : <Waiting {...call} />;
}

const Waiting = ({ error, refetch }: { error: Error | null; refetch: () => unknown }): ReactElement => (error ? <ProblemBox error={error} retry={() => void refetch()} isPage /> : <div className="skeleton" />);

/** One record: what it was, why it was put away, what to do, and its bytes. */
const Shown = ({ record: { id, at, reason, detail, hint, origin, key, headers, value, original, event, delivery, republish, republished }, what, act }: { record: FailedRecord; what: string; act: ReactElement | null }): ReactElement => (
  <>
    <div className="head">
      <title>{`${what} · Nuncio`}</title>
      <div>
        <p className="crumb">{what} <Id of={id} /></p>
        <h1>{reason}{detail !== null && <span className="soft">: {detail}</span>}</h1>
        <p>{hint}</p>
      </div>
      {act && <div className="actions">{act}</div>}
    </div>
    <section className="panel">
      <dl className="facts inside">
        <Fact name="Put away"><Time at={at} /></Fact>
        <Fact name="It was">{origin ? <code>{origin.topic}/{origin.partition}@{origin.offset}{origin.lastOffset !== null && ` to ${origin.lastOffset}`}</code> : <span className="soft">not known</span>}</Fact>
        {event && <Fact name="Event"><Link to="/events/$id" params={{ id: event.id }}>{event.eventType}</Link></Fact>}
        {delivery != null && <Fact name="Delivery"><Link to="/deliveries/$id" params={{ id: delivery }}>see it, and send it again</Link></Fact>}
        <Fact name="Published again">{republished ? <><Time at={republished.at} /> <span className="soft">by {republished.by}</span></> : <span className="soft">{republish.refusal ?? 'not so far'}</span>}</Fact>
        {original && <Fact name="Before it was cut">{original.valueBytes ?? 0} bytes</Fact>}
      </dl>
    </section>
    <section className="panel">
      <header><h2>Record</h2></header>
      <div className="inside">
        <dl className="headers">
          {key && <><dt>key</dt><dd>{key.text}</dd></>}
          {headers.map(({ name, text }, i) => [<dt key={`${i} name`}>{name}</dt>, <dd key={`${i} value`}>{text}</dd>])}
        </dl>
      </div>
      <div className="inside">
        <h3>Value{value?.encoding === 'base64' ? ', in base64' : ''}{value?.truncated ? ', its first 64 KiB' : ''}</h3>
        {value ? <Bytes text={value.text} name="Value" /> : <p className="soft">There is none.</p>}
      </div>
    </section>
  </>
);

/** Publishes the record to the topic that it came from, with another value if it was edited. */
function Republish({ record: { id, value, republished, republish: { to, refusal } } }: { record: FailedRecord }): ReactElement | null {
  const dialog = useRef<DialogHandle>(null);
  const queries = useQueryClient();
  const isText = value?.encoding === 'utf8' && !value.truncated;
  const { mutate, error, isPending, reset } = useMutation({
    mutationFn: (form: FormData) => {
      // A form's field has only one kind of line end.
      const given = form.get('value');
      const isMended = typeof given === 'string' && linesOf(given) !== linesOf(value?.text ?? '');
      return answer(api.POST('/v1/quarantine/{id}/republish', { params: { path: { id } }, body: isMended ? { value: given } : {} }));
    },
    onSuccess: async () => {
      dialog.current?.close();
      await queries.invalidateQueries({ queryKey: ['failed record', id] });
    },
  });
  if (republished) return null;
  return (
    <>
      <Opener dialog={dialog} className="primary">Publish again</Opener>
      <Dialog ref={dialog} title="Publish it again?" onClose={reset}>
        <Form onSubmit={mutate}>
          {to === null ? <p>As it is it cannot be: {refusal}</p> : <p>It goes to <code>{to}</code>, and counts as new.</p>}
          {isText && <label className="field">Its value<textarea name="value" rows={10} spellCheck={false} defaultValue={value.text} /></label>}
          <DialogEnd error={error} isPending={isPending} yes="Publish it" onBack={() => dialog.current?.close()} />
        </Form>
      </Dialog>
    </>
  );
}

const linesOf = (text: string): string => text.replaceAll('\r\n', '\n');

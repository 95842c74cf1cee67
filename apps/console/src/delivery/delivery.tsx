import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Copy, Id } from '../parts/copy.js';
import { Fact } from '../parts/fact.js';
import { useNamedCallback } from '../parts/names.js';
import { CallbackLink, OfTenant } from '../parts/object-links.js';
import { ProblemBox } from '../parts/problem-box.js';
import { Sentence } from '../parts/sentence.js';
import { State } from '../parts/state.js';
import { distance, duration, Time } from '../parts/time.js';
import { Acts } from './acts.js';
import { AttemptPanel } from './attempt-panel.js';
import { asCurl } from './curl.js';
import { Neighbours } from './neighbours.js';
import { planOf } from './plan.js';
import { rowsOf } from './rows.js';
import { SaveBundle } from './save-bundle.js';
import { bodySent } from './sent.js';
import { Waterfall } from './waterfall.js';
import { isWhole, WHOLE, zoomOf, zoomText, type Zoom } from './zoom.js';
import { Zooming } from './zooming.js';

export type WholeDelivery = Schemas['Delivery'] & { readonly attempts: Schemas['Attempt'][]; readonly timeline: Schemas['TimelineEntry'][]; readonly lineage: Schemas['Event']['lineage'] | null };

const WATCH_EVERY_MS = 3_000;

/** Answers: was it sent, why not, what comes next? It can be sent again here. */
export function DeliveryPage(): ReactElement {
  const { id } = useParams({ from: '/shell/deliveries/$id' });
  const { data, error, refetch } = useQuery({
    queryKey: ['delivery', id],
    queryFn: (): Promise<WholeDelivery> => answer(api.GET('/v1/deliveries/{id}', { params: { path: { id } } })),
    refetchInterval: WATCH_EVERY_MS,
  });
  if (error && !data) return <ProblemBox error={error} retry={() => void refetch()} isPage />;
  return data ? <Shown delivery={data} /> : <div className="skeleton" />;
}

function Shown({ delivery }: { delivery: WholeDelivery }): ReactElement {
  const { list, attempt: chosen, zoom: part } = useSearch({ from: '/shell/deliveries/$id' });
  const navigate = useNavigate({ from: '/deliveries/$id' });
  const attempt = delivery.attempts.find(({ id }) => id === chosen) ?? delivery.attempts.at(-1);
  const rows = rowsOf(delivery);
  const zoom = zoomOf(part) ?? WHOLE;
  const onZoom = (to: Zoom): void => void navigate({ search: ({ zoom: _before, ...others }) => ({ ...others, ...(!isWhole(to) && { zoom: zoomText(to) }) }), replace: true, resetScroll: false });
  const looked = rows.find((row) => row.attempt === attempt?.id);
  return (
    <>
      {list && <Neighbours id={delivery.id} list={list} />}
      <Top delivery={delivery} attempt={attempt} />
      <section className="panel">
        <header>
          <h2>What happened</h2>
          {delivery.lineage && <span className="soft">read from <code>{delivery.lineage.topic}/{delivery.lineage.partition}@{delivery.lineage.offset}</code></span>}
          <Zooming zoom={zoom} onZoom={onZoom} at={looked ? looked.from + looked.width / 2 : null} />
        </header>
        <Waterfall delivery={delivery} rows={rows} zoom={zoom} onZoom={onZoom} chosen={attempt?.id ?? null} onChoose={(id) => void navigate({ search: (before) => ({ ...before, attempt: id }), replace: true, resetScroll: false })} />
        <Plan delivery={delivery} />
      </section>
      {attempt && <AttemptPanel attempt={attempt} before={delivery.attempts.findLast(({ number }) => number < attempt.number) ?? null} />}
      <Context delivery={delivery} />
    </>
  );
}

function Top({ delivery, attempt }: { delivery: WholeDelivery; attempt: Schemas['Attempt'] | undefined }): ReactElement {
  const { id, status, explanation, eventType, callback, tenant, next, hold } = delivery;
  const sent = attempt?.request ? attempt.id : null;
  const body = useQuery({ queryKey: ['attempt', sent, 'body'], queryFn: () => bodySent(sent ?? ''), enabled: sent !== null });
  const url = useNamedCallback(callback)?.url;
  return (
    <div className="head">
      <div>
        <p className="crumb">
          <State of={status} /> Delivery <Id of={id} />
        </p>
        <title>{`${status}: ${eventType} · Nuncio`}</title>
        <h1 className="sentence"><Sentence of={explanation} /></h1>
        {hold?.advice && <p><strong><Sentence of={hold.advice} /></strong></p>}
        <p className="soft">
          <Link to="/event-types/$name" params={{ name: eventType }}><code>{eventType}</code></Link> to <CallbackLink id={callback} /><OfTenant tenant={tenant} />
          {next.step === 'later' && next.notBefore !== null && <>. The next attempt is due {distance(next.notBefore)}.</>}
        </p>
      </div>
      <div className="actions">
        <Acts delivery={delivery} url={url ?? attempt?.request?.url} />
        {attempt?.request && body.data !== undefined && <Copy name="Copy as curl" text={asCurl(attempt.request, body.data)} />}
        <SaveBundle id={id} />
      </div>
    </div>
  );
}

/** The attempts after the one that is due, by the present settings of the callback. */
function Plan({ delivery }: { delivery: WholeDelivery }): ReactElement | null {
  const retry = useNamedCallback(delivery.callback)?.retry;
  const plan = retry ? planOf(delivery, retry) : [];
  if (delivery.next.step !== 'later' || !retry) return null;
  const end = retry.onExhausted === 'block' ? 'the subscription is blocked' : 'it is given up';
  return (
    <div className="inside plan">
      <span className="soft">If that fails, too:</span>
      {plan.map(({ number, afterMs }) => <span key={number}><strong>{number}</strong><span className="soft">after {duration(afterMs)}</span></span>)}
      <span className="soft">{plan.length === 0 ? end : `then ${end}`}</span>
    </div>
  );
}

const Context = ({ delivery }: { delivery: WholeDelivery }): ReactElement => (
  <section className="panel">
    <header><h2>What it belongs to</h2></header>
    <dl className="facts long inside">
      <Fact name="Event"><Link to="/events/$id" params={{ id: delivery.event }}><code>{delivery.event}</code></Link></Fact>
      <Fact name="CloudEvents id"><Id of={delivery.ceId} /></Fact>
      <Fact name="Source"><code>{delivery.ceSource}</code></Fact>
      <Fact name="Callback"><CallbackLink id={delivery.callback} /></Fact>
      <Fact name="Subscription"><Link to="/subscriptions/$id" params={{ id: delivery.subscription }}><code>{delivery.subscription}</code></Link></Fact>
      <Fact name="Published"><Time at={delivery.createdAt} /></Fact>
    </dl>
  </section>
);

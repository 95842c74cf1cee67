import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api } from '../api/client.js';
import { useMe } from '../shell/me.js';
import { curates, manages } from '../shell/roles.js';

/** What leads to the first delivery, as long as there is no callback. A reader who may not do a step sees who does it. */
export function FirstSteps(): ReactElement | null {
  const { data } = useQuery({ queryKey: ['callbacks', 'any'], queryFn: () => answer(api.GET('/v1/callbacks', { params: { query: { limit: 1 } } })) });
  const role = useMe().data?.role;
  if (data?.items.length !== 0) return null;
  return (
    <section className="panel">
      <header><h2>To the first delivery</h2></header>
      <ol className="inside steps">
        {role === 'admin' && <li><Link to="/tenants">A tenant</Link>, whose events these are.</li>}
        <li><Link to="/event-types">An event type</Link>: what can be published{curates(role) ? '' : '. An admin or a provider makes them'}.</li>
        <li><Link to="/callbacks">A callback</Link>: the URL that deliveries go to{manages(role) ? '' : '. Its tenant makes it'}.</li>
        <li><Link to="/subscriptions/new">A subscription</Link>: which events go there. It sends a sample first.</li>
        <li>Publish an event with <code>POST /v1/events</code>, or to Kafka. It is under <Link to="/deliveries">Deliveries</Link> a moment later.</li>
      </ol>
    </section>
  );
}

import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { Schemas } from '../api/client.js';
import { number } from '../parts/numbers.js';
import { CallbackLink } from '../parts/object-links.js';
import { duration, Time } from '../parts/time.js';
import { keyOf } from './incidents.js';

/** Incidents that are over, and what of them has to be sent again. */
export const Over = ({ incidents }: { incidents: readonly Schemas['Incident'][] }): ReactElement => (
  <section className="panel">
    <header><h2>Over</h2><span className="soft">what failed and works again, or is not sent to any more</span></header>
    {incidents.length === 0 ? <p className="inside soft">Nothing in this time.</p> : (
      <div className="scroll" tabIndex={0} role="region" aria-label="Incidents that are over">
        <table>
          <thead><tr><th scope="col">Host</th><th scope="col">Was mostly</th><th scope="col" className="minor">From</th><th scope="col" className="minor">Lasted</th><th scope="col" className="minor">Callbacks</th><th scope="col" className="number minor">Failed</th><th scope="col" className="number">To be sent again</th></tr></thead>
          <tbody>{incidents.map((incident) => <Row key={keyOf(incident)} incident={incident} />)}</tbody>
        </table>
      </div>
    )}
  </section>
);

function Row({ incident: { kind, host, errorClass, since, until, failed, callbacks, callbackCount, lost } }: { incident: Schemas['Incident'] }): ReactElement {
  const [first] = callbacks;
  const end = until ?? since;
  return (
    <tr>
      <td><code>{host ?? 'deleted'}</code>{kind === 'authorization-server' && <div className="soft">authorization server</div>}</td>
      <td><code>{errorClass}</code></td>
      <td className="minor"><Time at={since} /></td>
      <td className="minor nowrap">{duration(Date.parse(end) - Date.parse(since))}</td>
      <td className="minor">{first === undefined ? <span className="soft">–</span> : <CallbackLink id={first} />}{callbackCount > 1 && <span className="soft"> and {number.format(callbackCount - 1)} more</span>}</td>
      <td className="number minor">{kind === 'endpoint' ? <Link to="/attempts" search={{ callback: callbacks, status: ['failed'], since, until: end }}>{number.format(failed)}</Link> : number.format(failed)}</td>
      <td className="number">{lost === 0 ? <span className="soft">0</span> : <Link to="/deliveries" search={{ callback: callbacks, status: ['failed', 'expired'], since, until: end }}>{number.format(lost)}</Link>}</td>
    </tr>
  );
}

import { useState, type ReactElement } from 'react';
import type { Schemas } from '../api/client.js';
import { number } from '../parts/numbers.js';
import { lagsOf, type Lag } from './standing.js';

/** How far each group is behind on each topic. A row opens to its partitions. Groups that are not behind are hidden at first. What waits in a delay topic is not behind. */
export function Lags({ groups }: { groups: Schemas['Fleet']['groups'] }): ReactElement {
  const [isWhole, setWhole] = useState(false);
  const lags = lagsOf(groups);
  const behind = lags.filter(({ seconds }) => seconds > 0);
  const rest = lags.length - behind.length;
  return (
    <section className="panel">
      <header><h2>Behind</h2><span className="soft">what could be worked on and is not finished, furthest first</span></header>
      {lags.length === 0 ? <div className="empty"><strong>It cannot be said now.</strong><span>Kafka does not answer, or no group has been seen yet.</span></div> : behind.length === 0 && !isWhole ? <div className="empty"><strong>No group is behind.</strong></div> : (
        <div className="scroll" tabIndex={0} role="region" aria-label="Lag of groups">
          <table>
            <thead><tr><th scope="col">Group</th><th scope="col">Topic</th><th scope="col" className="number">Records</th><th scope="col" className="number">Seconds</th><th scope="col" className="number minor">Partitions</th></tr></thead>
            <tbody>{(isWhole ? lags : behind).map((lag) => <Rows key={`${lag.group} ${lag.topic}`} lag={lag} />)}</tbody>
          </table>
        </div>
      )}
      {rest > 0 && <div className="inside"><button type="button" className="small" aria-expanded={isWhole} onClick={() => { setWhole(!isWhole); }}>{isWhole ? 'Leave out those that are not behind' : `Show the ${rest} that are not behind`}</button></div>}
    </section>
  );
}

function Rows({ lag: { group, topic, records, seconds, partitions } }: { lag: Lag }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <tr>
        <td>{group}</td>
        <td><code>{topic}</code></td>
        <td className="number">{number.format(records)}</td>
        <td className="number">{seconds > 0 ? <span className="wait">{number.format(seconds)}</span> : 0}</td>
        <td className="number minor"><button type="button" className="plain small" aria-expanded={isOpen} aria-label={`${partitions.length} partitions of ${topic}`} onClick={() => { setOpen(!isOpen); }}>{partitions.length} {isOpen ? '▴' : '▾'}</button></td>
      </tr>
      {isOpen && partitions.map(({ partition, lagRecords, lagSeconds }) => (
        <tr key={partition} className="soft">
          <td />
          <td><code>{topic}/{partition}</code></td>
          <td className="number">{number.format(lagRecords)}</td>
          <td className="number">{number.format(lagSeconds)}</td>
          <td className="minor" />
        </tr>
      ))}
    </>
  );
}

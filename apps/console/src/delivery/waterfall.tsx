import type { ReactElement } from 'react';
import { State } from '../parts/state.js';
import { distance, duration, Time } from '../parts/time.js';
import type { WholeDelivery } from './delivery.js';
import { rowsOf, type Row } from './rows.js';

interface WaterfallProps {
  readonly delivery: WholeDelivery;
  readonly chosen: string | null;
  readonly onChoose: (attempt: string) => void;
}

/** What happened to a delivery, and what is due, one row each. Long waits are drawn shorter than to scale; their length stands beside them. */
export function Waterfall({ delivery, chosen, onChoose }: WaterfallProps): ReactElement {
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Timeline">
      <table className="waterfall">
        <caption className="unseen">What happened to this delivery, in order</caption>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">Result</th>
            <th scope="col" className="minor">When</th>
            <th scope="col" className="minor number">Waited</th>
            <th scope="col" className="number">Took</th>
            <th scope="col" className="minor">Timeline</th>
          </tr>
        </thead>
        <tbody>
          {rowsOf(delivery).map((row) => (
            <tr key={row.key} aria-selected={row.attempt !== null && row.attempt === chosen}>
              <td className="nowrap">{row.attempt === null ? row.name : <Choice row={row} onChoose={onChoose} />}</td>
              <td>{row.state ? <State of={row.state} as={row.result || row.state} /> : <span className="soft">{row.result}</span>}</td>
              <td className="minor">{row.at === null ? <span className="soft">not known</span> : <Time at={row.at} />}</td>
              <td className="minor number nowrap soft">{row.isDue && row.at !== null ? distance(row.at) : row.waitedMs === null ? '' : duration(row.waitedMs)}</td>
              <td className="number nowrap">{row.tookMs === null ? row.isDue && row.at !== null && <span className="narrow soft">{distance(row.at)}</span> : duration(row.tookMs)}</td>
              <td className="minor"><Bar row={row} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const Choice = ({ row, onChoose }: { row: Row; onChoose: (attempt: string) => void }): ReactElement => (
  <button type="button" className="plain" onClick={() => { if (row.attempt !== null) onChoose(row.attempt); }}>
    {row.name}
  </button>
);

const Bar = ({ row: { from, width, state, isDue } }: { row: Row }): ReactElement => (
  <div className="track">
    <span className={`bar ${isDue ? 'due wait' : state === 'delivered' ? 'good' : state === 'failed' ? 'bad' : 'quiet'}`} style={{ left: `${from}%`, width: `${width}%` }} />
  </div>
);

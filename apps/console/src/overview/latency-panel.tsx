import type { ReactElement } from 'react';
import type { Search } from '../explorer/search.js';
import type { Point } from './chart.js';
import { Latency } from './latency.js';
import type { Range } from './range.js';
import type { Cursor } from './timeline.js';

interface LatencyPanelProps {
  /** undefined = they are being read. */
  readonly points: readonly Point[] | undefined;
  readonly range: Range;
  readonly cursor: Cursor;
  readonly isEndToEnd: boolean;
  readonly onEndToEnd: (isEndToEnd: boolean) => void;
  readonly search?: Search;
}

/** How long attempts take, or deliveries from end to end. */
export const LatencyPanel = ({ points, isEndToEnd, onEndToEnd, ...chart }: LatencyPanelProps): ReactElement => (
  <section className="panel">
    <header>
      <h2>Latency</h2>
      <label className="at-end">
        <span className="unseen">What is measured</span>
        <select value={String(isEndToEnd)} onChange={({ target }) => { onEndToEnd(target.value === 'true'); }}>
          <option value="false">Each attempt</option>
          <option value="true">Publication to delivery</option>
        </select>
      </label>
    </header>
    <div className="inside">{points ? <Latency points={points} of={isEndToEnd ? 'endToEndMs' : 'latencyMs'} {...chart} /> : <div className="skeleton plot" />}</div>
  </section>
);

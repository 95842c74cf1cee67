import type { ReactElement } from 'react';
import type { Search } from '../explorer/search.js';
import { duration } from '../parts/time.js';
import { byStep, type Point } from './chart.js';
import { decades, heightOf, lineOf } from './logarithmic.js';
import type { Range } from './range.js';
import { HEIGHT, Timeline, WIDTH, type Cursor } from './timeline.js';

/** What is measured: each attempt, or from the publication to the delivery. */
export type Measured = 'latencyMs' | 'endToEndMs';
const LINES = ['p50', 'p95', 'p99'] as const;

interface LatencyProps {
  readonly points: readonly Point[];
  readonly of: Measured;
  readonly range: Range;
  readonly cursor: Cursor;
  /** The filters of the chart, without time. */
  readonly search?: Search;
}

/** Percentiles of each step as lines, on a logarithmic scale: 20 ms and 15 s can both be read. */
export function Latency({ points, of, range, cursor, search }: LatencyProps): ReactElement {
  const steps = byStep(points, range).map((point) => point?.[of] ?? null);
  const scale = decades(steps.flatMap((step) => LINES.flatMap((line) => step?.[line] ?? [])));
  const at = (step: number): string => {
    const known = LINES.flatMap((line) => (steps[step]?.[line] == null ? [] : `${line} ${duration(steps[step][line])}`));
    return known.length ? known.join(', ') : 'nothing was measured';
  };
  return (
    <Timeline
      name={of === 'latencyMs' ? 'Latency of attempts' : 'Latency from publication to delivery'}
      range={range}
      cursor={cursor}
      search={search}
      about={scale ? <LineNames /> : 'Nothing was measured in this time.'}
      at={at}
      marks={scale?.map((ms) => <span key={ms} className="mark" style={{ top: `${100 * (1 - heightOf(ms, scale))}%` }}>{duration(ms).replace('.0', '')}</span>)}
    >
      {(scale ?? [1]).map((ms) => <line key={ms} className="rest" x1="0" x2={WIDTH} y1={scale ? HEIGHT * (1 - heightOf(ms, scale)) : HEIGHT} y2={scale ? HEIGHT * (1 - heightOf(ms, scale)) : HEIGHT} />)}
      {scale && LINES.map((line) => <path key={line} className={`line ${line}`} d={lineOf(steps.map((step) => step?.[line] ?? null), scale, { width: WIDTH, height: HEIGHT })} />)}
    </Timeline>
  );
}

const LineNames = (): ReactElement => <span className="legend">{LINES.map((line) => <span key={line}><i className={line} />{line}</span>)}</span>;

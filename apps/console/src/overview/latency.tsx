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

interface Drawn {
  readonly range: Range;
  readonly cursor: Cursor;
  /** The filters of the chart, without time; null = its steps lead nowhere. */
  readonly search?: Search | null;
}

/** Percentiles of attempts, or of deliveries from end to end. */
export const Latency = ({ points, of, ...drawn }: Drawn & { readonly points: readonly Point[]; readonly of: Measured }): ReactElement => (
  <Percentiles name={of === 'latencyMs' ? 'Latency of attempts' : 'Latency from publication to delivery'} points={points.map((point) => ({ at: point.at, ms: point[of] }))} {...drawn} />
);

interface PercentilesProps extends Drawn {
  readonly name: string;
  readonly points: readonly { readonly at: string; readonly ms: Readonly<Record<(typeof LINES)[number], number | null>> | null }[];
}

/** Percentiles of each step as lines, on a logarithmic scale: 20 ms and 15 s can both be read. */
export function Percentiles({ name, points, range, cursor, search }: PercentilesProps): ReactElement {
  const steps = byStep(points, range).map((point) => point?.ms ?? null);
  const scale = decades(steps.flatMap((step) => LINES.flatMap((line) => step?.[line] ?? [])));
  const at = (step: number): string => {
    const known = LINES.flatMap((line) => (steps[step]?.[line] == null ? [] : `${line} ${duration(steps[step][line])}`));
    return known.length ? known.join(', ') : 'nothing was measured';
  };
  return (
    <Timeline
      name={name}
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

import type { ReactElement } from 'react';
import type { Schemas } from '../api/client.js';
import type { Search } from '../explorer/search.js';
import { number } from '../parts/numbers.js';
import { grouped, ORDER } from './outcomes.js';
import type { Range } from './range.js';
import { firstOf, HEIGHT, Timeline, WIDTH, type Cursor } from './timeline.js';

export type Point = Schemas['StatsPoint'];

interface ChartProps {
  readonly points: readonly Point[];
  readonly range: Range;
  readonly cursor: Cursor;
  /** The filters of the chart, without time. */
  readonly search?: Search;
}

/** The points of a range by the number of their step. */
export function byStep(points: readonly Point[], range: Range): readonly (Point | undefined)[] {
  const all = new Map(points.map((point) => [Math.floor(Date.parse(point.at) / range.stepMs), point]));
  const first = firstOf(range);
  return Array.from({ length: range.steps }, (_, i) => all.get(first + i));
}

/** The attempts of each step as bars, by outcome. */
export function Chart({ points, range, cursor, search }: ChartProps): ReactElement {
  const steps = byStep(points, range);
  const most = Math.max(1, ...points.map(({ attempts }) => attempts));
  const width = WIDTH / range.steps;
  const at = (step: number): string => {
    const { attempts = 0, outcomes = {} } = steps[step] ?? {};
    const parts = Object.entries(outcomes).map(([name, count]) => `${number.format(count)} ${name}`);
    return `${number.format(attempts)} attempts${parts.length ? `: ${parts.join(', ')}` : ''}`;
  };
  return (
    <Timeline name="Attempts" range={range} cursor={cursor} search={search} about={`${number.format(most)} in ${range.each}`} at={at}>
      <line className="rest" x1="0" x2={WIDTH} y1={HEIGHT / 2} y2={HEIGHT / 2} />
      <line className="rest" x1="0" x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
      {steps.map((point, i) => (point?.attempts ? <Bar key={i} point={point} x={i * width} width={width - width / 6} most={most} /> : null))}
    </Timeline>
  );
}

function Bar({ point, x, width, most }: { point: Point; x: number; width: number; most: number }): ReactElement {
  const groups = grouped(point.outcomes);
  let top = HEIGHT;
  return (
    <g>
      {ORDER.filter((group) => groups[group]).map((group) => {
        const height = ((groups[group] ?? 0) / most) * HEIGHT;
        top -= height;
        return <rect key={group} className={group} x={x} width={width} y={top} height={height} />;
      })}
    </g>
  );
}

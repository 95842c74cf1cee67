import type { ReactElement } from 'react';
import type { Schemas } from '../api/client.js';
import type { Search } from '../explorer/search.js';
import { number } from '../parts/numbers.js';
import { grouped, ORDER } from './outcomes.js';
import type { Range } from './range.js';
import { firstOf, HEIGHT, Timeline, WIDTH, type Cursor } from './timeline.js';

export type Point = Schemas['StatsPoint'];

interface Drawn {
  readonly range: Range;
  readonly cursor: Cursor;
  /** The filters of the chart, without time; null = its steps lead nowhere. */
  readonly search?: Search | null;
}

/** How many there were in a step, and what came of them. */
export interface Counted {
  readonly at: string;
  readonly count: number;
  readonly outcomes: Readonly<Record<string, number>>;
}

/** The points of a range by the number of their step. */
export function byStep<P extends { readonly at: string }>(points: readonly P[], range: Range): readonly (P | undefined)[] {
  const all = new Map(points.map((point) => [Math.floor(Date.parse(point.at) / range.stepMs), point]));
  const first = firstOf(range);
  return Array.from({ length: range.steps }, (_, i) => all.get(first + i));
}

/** The attempts of each step as bars, by outcome. */
export const Chart = ({ points, ...drawn }: Drawn & { readonly points: readonly Point[] }): ReactElement => <Bars name="Attempts" many="attempts" points={points.map(({ at, attempts, outcomes }) => ({ at, count: attempts, outcomes }))} {...drawn} />;

interface BarsProps extends Drawn {
  readonly name: string;
  /** What is counted, in the plural. */
  readonly many: string;
  readonly points: readonly Counted[];
}

/** What is counted in each step as bars, by outcome. */
export function Bars({ name, many, points, range, cursor, search }: BarsProps): ReactElement {
  const steps = byStep(points, range);
  const most = Math.max(1, ...points.map(({ count }) => count));
  const width = WIDTH / range.steps;
  const at = (step: number): string => {
    const { count = 0, outcomes = {} } = steps[step] ?? {};
    const parts = Object.entries(outcomes).map(([outcome, of]) => `${number.format(of)} ${outcome}`);
    return `${number.format(count)} ${many}${parts.length ? `: ${parts.join(', ')}` : ''}`;
  };
  return (
    <Timeline name={name} range={range} cursor={cursor} search={search} about={`${number.format(most)} in ${range.each}`} at={at}>
      <line className="rest" x1="0" x2={WIDTH} y1={HEIGHT / 2} y2={HEIGHT / 2} />
      <line className="rest" x1="0" x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
      {steps.map((point, i) => (point?.count ? <Bar key={i} outcomes={point.outcomes} x={i * width} width={width - width / 6} most={most} /> : null))}
    </Timeline>
  );
}

function Bar({ outcomes, x, width, most }: { outcomes: Counted['outcomes']; x: number; width: number; most: number }): ReactElement {
  const groups = grouped(outcomes);
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

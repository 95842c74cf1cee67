import { useNavigate } from '@tanstack/react-router';
import { useState, type PointerEvent, type ReactElement } from 'react';
import type { Schemas } from '../api/client.js';
import type { Search } from '../explorer/search.js';
import { number } from '../parts/numbers.js';
import { grouped, ORDER } from './outcomes.js';
import type { Range } from './range.js';

const [WIDTH, HEIGHT] = [720, 132];
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

interface ChartProps {
  readonly points: readonly Schemas['StatsPoint'][];
  readonly range: Range;
  /** The filters of the chart, without time. */
  readonly search?: Search;
}

/** Bars from the beginning of the range until now, by outcome. One can drag over some of them, which leads to their attempts. */
export function Chart({ points, range, search = {} }: ChartProps): ReactElement {
  const byStep = new Map(points.map((point) => [Math.floor(Date.parse(point.at) / range.stepMs), point]));
  const last = Math.floor(Date.now() / range.stepMs);
  const first = last - range.steps + 1;
  const most = Math.max(1, ...points.map(({ attempts }) => attempts));
  const sum = points.reduce((total, { attempts }) => total + attempts, 0);
  const format = range.steps * range.stepMs > 86_400_000 ? day : clock;
  const width = WIDTH / range.steps;
  const { marked, handlers } = useMarked(range.steps, ([from, to]) => ({ ...search, since: new Date((first + from) * range.stepMs).toISOString(), until: new Date((first + to + 1) * range.stepMs).toISOString() }));
  return (
    <figure className="chart">
      <div className="axis"><span>{number.format(most)} in {range.each}</span></div>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={`${sum} attempts, at most ${most} in ${range.each}`} {...handlers}>
        <line className="rest" x1="0" x2={WIDTH} y1={HEIGHT / 2} y2={HEIGHT / 2} />
        <line className="rest" x1="0" x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
        {marked && <rect className="marked" x={marked[0] * width} width={(marked[1] - marked[0] + 1) * width} y={0} height={HEIGHT} />}
        {Array.from({ length: range.steps }, (_, i) => {
          const point = byStep.get(first + i);
          return point?.attempts ? <Bar key={i} point={point} x={i * width} width={width - width / 6} most={most} at={format.format(Date.parse(point.at))} /> : null;
        })}
      </svg>
      <div className="axis"><span>{format.format(first * range.stepMs)}</span><span>{format.format((first + range.steps / 2) * range.stepMs)}</span><span>now</span></div>
    </figure>
  );
}

function Bar({ point, x, width, most, at }: { point: Schemas['StatsPoint']; x: number; width: number; most: number; at: string }): ReactElement {
  const groups = grouped(point.outcomes);
  let top = HEIGHT;
  return (
    <g>
      <title>{`${at}: ${number.format(point.attempts)} attempts; ${Object.entries(point.outcomes).map(([name, count]) => `${name} ${number.format(count)}`).join(', ')}`}</title>
      {ORDER.filter((group) => groups[group]).map((group) => {
        const height = ((groups[group] ?? 0) / most) * HEIGHT;
        top -= height;
        return <rect key={group} className={group} x={x} width={width} y={top} height={height} />;
      })}
    </g>
  );
}

type Marked = readonly [from: number, to: number];

/** Steps that the pointer drags over. At its end the attempts of that time are shown. */
function useMarked(steps: number, searchOf: (marked: Marked) => Search): { marked: Marked | null; handlers: object } {
  const navigate = useNavigate();
  const [drag, setDrag] = useState<Marked | null>(null);
  const stepAt = ({ clientX, currentTarget }: PointerEvent): number => {
    const { left, width } = currentTarget.getBoundingClientRect();
    return Math.min(steps - 1, Math.max(0, Math.floor(((clientX - left) / width) * steps)));
  };
  const marked: Marked | null = drag && [Math.min(...drag), Math.max(...drag)];
  const handlers = {
    onPointerDown: (event: PointerEvent) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      setDrag([stepAt(event), stepAt(event)]);
    },
    onPointerMove: (event: PointerEvent) => { setDrag((now) => now && [now[0], stepAt(event)]); },
    onPointerCancel: () => { setDrag(null); },
    onPointerUp: () => {
      setDrag(null);
      if (marked) void navigate({ to: '/attempts', search: searchOf(marked) });
    },
  };
  return { marked, handlers };
}

import type { ReactElement } from 'react';
import type { Schemas } from '../api/client.js';
import type { Range } from './range.js';

const [WIDTH, HEIGHT] = [720, 132];
const number = new Intl.NumberFormat('en-GB');
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

/** Bars from the beginning of the range until now: delivered below, failed on top. */
export function Chart({ points, range }: { points: readonly Schemas['StatsPoint'][]; range: Range }): ReactElement {
  const byStep = new Map(points.map((point) => [Math.floor(Date.parse(point.at) / range.stepMs), point]));
  const last = Math.floor(Date.now() / range.stepMs);
  const first = last - range.steps + 1;
  const most = Math.max(1, ...points.map(({ attempts }) => attempts));
  const sum = points.reduce((total, { attempts }) => total + attempts, 0);
  const format = range.steps * range.stepMs > 86_400_000 ? day : clock;
  const width = WIDTH / range.steps;
  return (
    <figure className="chart">
      <div className="axis"><span>{number.format(most)} in {range.each}</span></div>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={`${sum} attempts, at most ${most} in ${range.each}`}>
        {Array.from({ length: range.steps }, (_, i) => {
          const point = byStep.get(first + i);
          if (!point?.attempts) return <rect key={i} className="rest" x={i * width} width={width - width / 6} y={HEIGHT - 1} height={1} />;
          const delivered = point.outcomes.delivered ?? 0;
          const [ok, ko] = [(delivered / most) * HEIGHT, ((point.attempts - delivered) / most) * HEIGHT];
          return (
            <g key={i}>
              <title>{`${format.format(Date.parse(point.at))}: ${point.attempts} attempts, ${delivered} delivered`}</title>
              <rect className="ok" x={i * width} width={width - width / 6} y={HEIGHT - ok} height={ok} />
              <rect className="ko" x={i * width} width={width - width / 6} y={HEIGHT - ok - ko} height={ko} />
            </g>
          );
        })}
      </svg>
      <div className="axis"><span>{format.format(first * range.stepMs)}</span><span>now</span></div>
    </figure>
  );
}

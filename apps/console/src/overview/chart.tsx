import type { ReactElement } from 'react';
import type { Schemas } from '../api/client.js';

const MINUTES = 60;
const MINUTE_MS = 60_000;
const [WIDTH, HEIGHT, FOOT] = [720, 150, 18];
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** Bars of the last hour, minute by minute: delivered below, failed on top. */
export function Chart({ points }: { points: readonly Schemas['StatsPoint'][] }): ReactElement {
  const byMinute = new Map(points.map((point) => [Math.floor(Date.parse(point.at) / MINUTE_MS), point]));
  const last = Math.floor(Date.now() / MINUTE_MS);
  const most = Math.max(1, ...points.map(({ attempts }) => attempts));
  const scale = (count: number): number => (count / most) * (HEIGHT - FOOT - 14);
  const step = WIDTH / MINUTES;
  const sum = points.reduce((total, { attempts }) => total + attempts, 0);
  return (
    <svg className="chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={`${sum} attempts in the last hour, at most ${most} in a minute`}>
      {Array.from({ length: MINUTES }, (_, i) => {
        const point = byMinute.get(last - MINUTES + 1 + i);
        if (!point) return null;
        const [ok, ko] = [scale(point.outcomes.delivered ?? 0), scale(point.attempts - (point.outcomes.delivered ?? 0))];
        const bottom = HEIGHT - FOOT;
        return (
          <g key={point.at}>
            <title>{`${clock.format(Date.parse(point.at))}: ${point.attempts} attempts, ${point.outcomes.delivered ?? 0} delivered`}</title>
            <rect className="ok" x={i * step + 1} width={step - 2} y={bottom - ok} height={ok} />
            <rect className="ko" x={i * step + 1} width={step - 2} y={bottom - ok - ko} height={ko} />
          </g>
        );
      })}
      <line x1="0" x2={WIDTH} y1={HEIGHT - FOOT} y2={HEIGHT - FOOT} stroke="currentColor" opacity="0.2" />
      <text className="axis" x="0" y={HEIGHT - 4}>{clock.format((last - MINUTES + 1) * MINUTE_MS)}</text>
      <text className="axis" x={WIDTH} y={HEIGHT - 4} textAnchor="end">{clock.format(last * MINUTE_MS)}</text>
      <text className="axis" x="0" y="11">{most} a minute</text>
    </svg>
  );
}

import type { ReactElement } from 'react';
import { number } from '../parts/numbers.js';
import { useTrend } from './faring.js';

const [HOURS, HOUR_MS] = [24, 3_600_000];
const [BAR, GAP, HEIGHT] = [3, 1, 18];

/** The attempts of a callback in the last 24 hours, a bar an hour: delivered below, failed on top. */
export function Trend({ id }: { id: string }): ReactElement {
  const points = useTrend(id);
  if (!points) return <span className="soft">{points === null ? 'no attempts' : ''}</span>;
  const first = Math.floor(Date.now() / HOUR_MS) - HOURS + 1;
  const most = Math.max(...points.map(({ attempts }) => attempts));
  const all = points.reduce((sum, { attempts }) => sum + attempts, 0);
  const failed = all - points.reduce((sum, { outcomes }) => sum + (outcomes.delivered ?? 0), 0);
  const words = `${number.format(all)} attempts in 24 hours, ${number.format(failed)} failed`;
  return (
    <svg className="trend" width={HOURS * (BAR + GAP) - GAP} height={HEIGHT} role="img" aria-label={words}>
      <title>{words}</title>
      <rect className="rest" width="100%" y={HEIGHT - 1} height="1" />
      {points.map(({ at, attempts, outcomes }) => {
        // One attempt can be seen beside a thousand.
        const height = attempts === 0 ? 0 : Math.max(2, (attempts / most) * HEIGHT);
        const ok = (height * (outcomes.delivered ?? 0)) / (attempts || 1);
        const x = (Math.floor(Date.parse(at) / HOUR_MS) - first) * (BAR + GAP);
        return (
          <g key={at}>
            <rect className="ok" x={x} width={BAR} y={HEIGHT - ok} height={ok} />
            <rect className="ko" x={x} width={BAR} y={HEIGHT - height} height={Math.max(0, height - ok)} />
          </g>
        );
      })}
    </svg>
  );
}

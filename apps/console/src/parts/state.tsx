import type { ReactElement } from 'react';

type Tone = 'good' | 'bad' | 'wait' | 'quiet';

const TONES: Readonly<Record<string, Tone>> = {
  delivered: 'good', activated: 'good', approved: 'good', working: 'good', active: 'good', enabled: 'good', ready: 'good', done: 'good', validated: 'good',
  failed: 'bad', expired: 'bad', rejected: 'bad', failing: 'bad', suspended: 'bad', blocked: 'bad', dead: 'bad', 'not ready': 'bad',
  pending: 'wait', held: 'wait', parked: 'wait', submitted: 'wait', running: 'wait', paused: 'wait', 'ready-to-submit': 'wait',
};

/** Each tone has its own shape, for readers who cannot tell the colours apart. */
const SHAPES: Readonly<Record<Tone, string>> = {
  good: 'M3 8.5l3 3 7-7',
  bad: 'M4 4l8 8M12 4l-8 8',
  wait: 'M8 4.5v4l2.5 1.5M8 2a6 6 0 1 0 .01 0',
  quiet: 'M4 8h8',
};

/** A state as icon, word and colour. */
export function State({ of, as }: { of: string; as?: string | undefined }): ReactElement {
  const tone = TONES[of] ?? 'quiet';
  return (
    <span className={`state ${tone}`}>
      <svg width="14" height="14" viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.9" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
        <path d={SHAPES[tone]} />
      </svg>
      {as ?? of}
    </span>
  );
}

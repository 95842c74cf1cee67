import type { ReactElement } from 'react';
import { number } from '../parts/numbers.js';
import { useKeys } from '../shell/keys.js';
import { along, closer, factorOf, farther, isWhole, WHOLE, type Zoom } from './zoom.js';

interface ZoomingProps {
  readonly zoom: Zoom;
  readonly onZoom: (zoom: Zoom) => void;
  /** The middle of the attempt that is shown below; null = there is none. */
  readonly at: number | null;
}

/** What changes the part of the timeline that is shown, by pointer and by keys. */
export function Zooming({ zoom, onZoom, at }: ZoomingProps): ReactElement {
  const acts = { '+': () => { onZoom(closer(zoom, at)); }, '-': () => { onZoom(farther(zoom)); }, '0': () => { onZoom(WHOLE); } };
  useKeys(acts);
  const whole = isWhole(zoom);
  return (
    <div className="actions at-end minor" role="group" aria-label="Zoom">
      <span className="soft" role="status">{whole ? '' : `${number.format(Math.round(factorOf(zoom)))}×`}</span>
      {!whole && (
        <>
          <Step name="Earlier" sign="‹" isOff={zoom[0] <= 0} act={() => { onZoom(along(zoom, -1)); }} />
          <Step name="Later" sign="›" isOff={zoom[1] >= 100} act={() => { onZoom(along(zoom, 1)); }} />
          <button type="button" className="small" onClick={acts['0']} title="Key 0">Whole</button>
        </>
      )}
      <Step name="Zoom out" hint="Key -" sign="−" isOff={whole} act={acts['-']} />
      <Step name="Zoom in" hint="Key +, or drag over the bars" sign="+" act={acts['+']} />
    </div>
  );
}

/** It keeps the focus while it does nothing. */
const Step = ({ name, hint = name, sign, act, isOff = false }: { name: string; hint?: string; sign: string; act: () => void; isOff?: boolean }): ReactElement => (
  <button type="button" className="small" aria-label={name} title={hint} aria-disabled={isOff} onClick={() => { if (!isOff) act(); }}>{sign}</button>
);

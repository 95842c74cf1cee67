import { useState, type PointerEvent, type ReactElement } from 'react';
import { State } from '../parts/state.js';
import { distance, duration, Time } from '../parts/time.js';
import type { WholeDelivery } from './delivery.js';
import { PHASES, phasesOf, WAITS_BEFORE } from './phases.js';
import { WAITS, type Row } from './rows.js';
import { between, isWhole, seen, type Zoom } from './zoom.js';

interface WaterfallProps {
  readonly delivery: WholeDelivery;
  readonly rows: readonly Row[];
  readonly chosen: string | null;
  readonly onChoose: (attempt: string) => void;
  readonly zoom: Zoom;
  readonly onZoom: (zoom: Zoom) => void;
}

/** The places that a reader drags from and to, in 0 to 1 of what is shown. */
type Drag = readonly [from: number, to: number];
/** A shorter way is a click. */
const SHORTEST_DRAG = 0.02;

/** What happened to a delivery, and what is due, one row each. Long waits are drawn shorter than to scale; their length stands beside them. */
export function Waterfall({ delivery, rows, chosen, onChoose, zoom, onZoom }: WaterfallProps): ReactElement {
  const [drag, setDrag] = useState<Drag | null>(null);
  const attempts = new Map(delivery.attempts.map((attempt) => [attempt.id, attempt]));
  const dragged = (to: Drag | null): void => {
    setDrag(to);
    if (to === null && drag && Math.abs(drag[1] - drag[0]) >= SHORTEST_DRAG) onZoom(between(zoom, ...drag));
  };
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Timeline">
      <table className="waterfall">
        <caption className="unseen">What happened to this delivery, in order</caption>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">Result</th>
            <th scope="col" className="minor">When</th>
            <th scope="col" className="minor number">Waited</th>
            <th scope="col" className="number">Took</th>
            <th scope="col" className="minor">Timeline</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key} aria-selected={row.attempt !== null && row.attempt === chosen}>
              <td className="nowrap">{row.attempt === null ? row.name : <Choice row={row} onChoose={onChoose} />}</td>
              <td>{row.state ? <State of={row.state} as={row.result || row.state} /> : <span className="soft">{row.result}</span>}</td>
              <td className="minor">{row.at === null ? <span className="soft">not known</span> : <Time at={row.at} />}</td>
              <td className="minor number nowrap soft">{row.isDue && row.at !== null ? distance(row.at) : row.waitedMs === null ? '' : duration(row.waitedMs)}</td>
              <td className="number nowrap">{row.tookMs === null ? row.isDue && row.at !== null && <span className="narrow soft">{distance(row.at)}</span> : duration(row.tookMs)}</td>
              <td className="minor"><Track row={row} attempt={attempts.get(row.attempt ?? '')} zoom={zoom} drag={drag} onDrag={dragged} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const Choice = ({ row, onChoose }: { row: Row; onChoose: (attempt: string) => void }): ReactElement => (
  <button type="button" className="plain" onClick={() => { if (row.attempt !== null) onChoose(row.attempt); }}>
    {row.name}
  </button>
);

interface TrackProps {
  readonly row: Row;
  readonly attempt: WholeDelivery['attempts'][number] | undefined;
  readonly zoom: Zoom;
  readonly drag: Drag | null;
  /** null = the reader has let go. */
  readonly onDrag: (drag: Drag | null) => void;
}

/** The bar of a row. Dragging over it shows that part alone. */
function Track({ row, attempt, zoom, drag, onDrag }: TrackProps): ReactElement {
  const place = ({ clientX, currentTarget }: PointerEvent): number => {
    const { left, width } = currentTarget.getBoundingClientRect();
    return Math.min(1, Math.max(0, (clientX - left) / width));
  };
  return (
    <div
      className="track"
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        onDrag([place(event), place(event)]);
      }}
      onPointerMove={(event) => { if (drag && event.buttons) onDrag([drag[0], place(event)]); }}
      onPointerUp={() => { if (drag) onDrag(null); }}
    >
      {drag && <span className="dragged" style={{ left: `${Math.min(...drag) * 100}%`, width: `${Math.abs(drag[1] - drag[0]) * 100}%` }} />}
      <Bar row={row} attempt={attempt} zoom={zoom} />
    </div>
  );
}

/** Closer by, an attempt is drawn by its phases. */
function Bar({ row, attempt, zoom }: Pick<TrackProps, 'row' | 'attempt' | 'zoom'>): ReactElement | null {
  const shown = seen(row, zoom);
  if (!shown) return null;
  const { state, isDue } = row;
  const phases = attempt && !isWhole(zoom) ? phasesOf(attempt).filter(({ name }) => !WAITS_BEFORE.includes(name)) : [];
  const whole = phases.reduce((sum, { ms }) => sum + ms, 0);
  const style = { left: `${shown.from}%`, width: `${shown.width}%` };
  if (whole === 0) return <span className={`bar ${isDue ? 'due wait' : state === 'delivered' ? 'good' : state === 'failed' ? 'bad' : WAITS.has(state ?? '') ? 'waits wait' : 'quiet'}`} style={style} />;
  let before = 0;
  return (
    <>
      {phases.map(({ name, ms }) => {
        const part = seen({ from: row.from + (before / whole) * row.width, width: (ms / whole) * row.width }, zoom);
        before += ms;
        return part && <span key={name} className={`bar phase p${PHASES.indexOf(name)}`} title={`${name} ${duration(ms)}`} style={{ left: `${part.from}%`, width: `${part.width}%` }} />;
      })}
    </>
  );
}

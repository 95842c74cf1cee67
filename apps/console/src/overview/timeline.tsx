import { useNavigate } from '@tanstack/react-router';
import { useState, type KeyboardEvent, type PointerEvent, type ReactElement, type ReactNode } from 'react';
import type { Search } from '../explorer/search.js';
import { dates } from '../parts/time.js';
import type { Range } from './range.js';

export const [WIDTH, HEIGHT] = [720, 132];
const clock = dates({ hour: '2-digit', minute: '2-digit' });
const day = dates({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

/** The steps that a reader points at, from the one that was begun with to the last. */
interface Pointed {
  readonly from: number;
  readonly to: number;
  readonly isDragged: boolean;
}
export type Cursor = readonly [Pointed | null, (pointed: Pointed | null) => void];

/** What charts share that are to be in step. */
export const useCursor = (): Cursor => useState<Pointed | null>(null);

/** The step with which a range that ends now begins. */
export const firstOf = ({ stepMs, steps }: Range): number => Math.floor(Date.now() / stepMs) - steps + 1;

interface TimelineProps {
  readonly name: string;
  readonly range: Range;
  /** The filters of the attempts behind the chart, without time; null = there are none to lead to, and the chart is only read. */
  readonly search?: Search | null | undefined;
  readonly cursor: Cursor;
  /** What stands above the plot while nobody points at a step. */
  readonly about: ReactNode;
  /** The figures of a step in words. */
  readonly at: (step: number) => string;
  /** Beside the drawing, over the plot. */
  readonly marks?: ReactNode;
  /** The drawing, in a box of `WIDTH` by `HEIGHT`. */
  readonly children: ReactNode;
}

/** The frame of a chart from the beginning of a range until now. One points at a step to read it, and drags over some, or presses Shift and an arrow key, to see the attempts of that time. */
export function Timeline({ name, range, search = {}, cursor: [pointed, point], about, at, marks, children }: TimelineProps): ReactElement {
  const navigate = useNavigate();
  const { steps, stepMs } = range;
  const first = firstOf(range);
  const format = steps * stepMs > 86_400_000 ? day : clock;
  const width = WIDTH / steps;
  const inWords = (step: number): string => `${format.format((first + step) * stepMs)}: ${at(step)}`;
  const show = ({ from, to }: Pointed): void => {
    point(null);
    if (search === null) return;
    const [begin, end] = [Math.min(from, to), Math.max(from, to) + 1];
    void navigate({ to: '/attempts', search: { ...search, since: new Date((first + begin) * stepMs).toISOString(), until: new Date((first + end) * stepMs).toISOString() } });
  };
  const within = (step: number): number => Math.min(steps - 1, Math.max(0, step));
  const stepAt = ({ clientX, currentTarget }: PointerEvent): number => {
    const box = currentTarget.getBoundingClientRect();
    return within(Math.floor(((clientX - box.left) / box.width) * steps));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const now = pointed?.to ?? steps;
    const next = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: steps - 1 }[event.key];
    if (next !== undefined) point({ from: event.shiftKey && pointed ? pointed.from : within(next), to: within(next), isDragged: event.shiftKey && pointed !== null });
    else if (event.key === 'Enter' && pointed && search !== null) show(pointed);
    else if (event.key === 'Escape') point(null);
    else return;
    event.preventDefault();
  };
  return (
    <figure className="chart">
      <div className="axis"><span>{pointed ? inWords(pointed.to) : about}</span></div>
      <div
        className="plot"
        role="slider"
        tabIndex={0}
        aria-label={`${name}, ${range.name}.${search === null ? '' : ' Enter shows the attempts of a step.'}`}
        aria-valuemin={0}
        aria-valuemax={steps - 1}
        aria-valuenow={pointed?.to ?? steps - 1}
        aria-valuetext={inWords(pointed?.to ?? steps - 1)}
        onKeyDown={onKeyDown}
        onBlur={() => { point(null); }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          point({ from: stepAt(event), to: stepAt(event), isDragged: true });
        }}
        onPointerMove={(event) => { point(pointed?.isDragged && event.buttons ? { ...pointed, to: stepAt(event) } : { from: stepAt(event), to: stepAt(event), isDragged: false }); }}
        onPointerLeave={() => { if (!pointed?.isDragged) point(null); }}
        onPointerCancel={() => { point(null); }}
        onPointerUp={() => { if (pointed?.isDragged) show(pointed); }}
      >
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          {pointed && <rect className="marked" x={Math.min(pointed.from, pointed.to) * width} width={(Math.abs(pointed.to - pointed.from) + 1) * width} y={0} height={HEIGHT} />}
          {children}
        </svg>
        {marks}
      </div>
      <div className="axis"><span>{format.format(first * stepMs)}</span><span>{format.format((first + steps / 2) * stepMs)}</span><span>now</span></div>
    </figure>
  );
}

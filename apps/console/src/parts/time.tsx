import type { ReactElement } from 'react';
import { preference } from '../shell/preferences.js';
import { shared } from './locale.js';
import { numbers } from './numbers.js';

const zone = preference('zone') === 'UTC' ? { timeZone: 'UTC' } : {};

/** In the reader's locale, and in the reader's zone or in UTC. */
export const dates = (options: Intl.DateTimeFormatOptions): { readonly format: (value: Date | number) => string } => shared((locale) => new Intl.DateTimeFormat(locale, { ...options, ...zone }));

const whole = dates({ dateStyle: 'medium', timeStyle: 'long' });
const day = dates({ day: 'numeric', month: 'short' });
const dayAndYear = dates({ day: 'numeric', month: 'short', year: 'numeric' });
const clock = dates({ timeStyle: 'medium' });
const seconds = numbers({ maximumFractionDigits: 1 });

/** A moment (RFC 3339) to the second, in the reader's zone or in UTC. The day is shown if it is not today, and the year if it is another one. */
export function Time({ at }: { at: string | null }): ReactElement {
  if (at === null) return <span className="soft">–</span>;
  const date = new Date(at);
  const now = new Date();
  const isToday = dayAndYear.format(date) === dayAndYear.format(now);
  const isThisYear = date.getFullYear() === now.getFullYear();
  return (
    <time dateTime={at} title={whole.format(date)} className="nowrap">
      {isToday ? '' : `${(isThisYear ? day : dayAndYear).format(date)} `}
      {clock.format(date)}
    </time>
  );
}

/** How far from now a moment to come is: `in 4 min`; `now` from then on. */
export const until = (at: string): string => (Date.parse(at) > Date.now() ? distance(at) : 'now');

/** How far from now, in words: `in 4 min`, `2 h ago`. */
export function distance(at: string, now = Date.now()): string {
  const away = Math.round((Date.parse(at) - now) / 1_000);
  const size = Math.abs(away);
  const words = size < 60 ? `${size} s` : size < 3_600 ? `${Math.round(size / 60)} min` : size < 172_800 ? `${Math.round(size / 3_600)} h` : `${Math.round(size / 86_400)} days`;
  return away > 0 ? `in ${words}` : `${words} ago`;
}

/** Milliseconds: `42 ms`, `1.3 s`, `30 s`, `12 min`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${seconds.format(ms / 1_000)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 172_800_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} days`;
}

/** The part of a timeline that is shown, in per cent of the whole. */
export type Zoom = readonly [from: number, to: number];

export const WHOLE: Zoom = [0, 100];
/** The narrowest part. */
const LEAST = 0.5;
/** How much closer one step comes. */
const STEP = 2;

export const isWhole = ([from, to]: Zoom): boolean => from <= 0 && to >= 100;

/** How many times larger than the whole it is drawn. */
export const factorOf = ([from, to]: Zoom): number => 100 / (to - from);

/** A step closer, around a place if that is shown, else around the middle. */
export const closer = (zoom: Zoom, at: number | null = null): Zoom => scaled(zoom, at, 1 / STEP);
export const farther = (zoom: Zoom): Zoom => scaled(zoom, null, STEP);

/** Half of what is shown earlier (-1) or later (1). */
export const along = ([from, to]: Zoom, by: 1 | -1): Zoom => fit(from + (by * (to - from)) / 2, to - from);

/** From one place of what is shown to another, each in 0 to 1. */
export const between = ([from, to]: Zoom, one: number, other: number): Zoom => {
  const [begin, end] = [Math.min(one, other), Math.max(one, other)].map((share) => from + share * (to - from)) as [number, number];
  return fit(begin, end - begin);
};

/** Where a bar is in what is shown, in per cent of that; null = nowhere. */
export function seen({ from, width }: { readonly from: number; readonly width: number }, zoom: Zoom): { from: number; width: number } | null {
  const [begin, end] = [from, from + width].map((place) => (place - zoom[0]) * factorOf(zoom)) as [number, number];
  if (end < 0 || begin > 100) return null;
  const left = Math.max(0, begin);
  return { from: left, width: Math.min(100, end) - left };
}

/** As it stands in the URL: `20-45.5`. */
export const zoomText = ([from, to]: Zoom): string => `${from}-${to}`;

export function zoomOf(text: unknown): Zoom | null {
  const [, from, to] = typeof text === 'string' ? (/^(\d{1,3}(?:\.\d{1,3})?)-(\d{1,3}(?:\.\d{1,3})?)$/.exec(text) ?? []) : [];
  const zoom = from !== undefined && to !== undefined && Number(from) < Number(to) ? fit(Number(from), Number(to) - Number(from)) : WHOLE;
  return isWhole(zoom) ? null : zoom;
}

function scaled([from, to]: Zoom, at: number | null, by: number): Zoom {
  const width = (to - from) * by;
  const middle = at !== null && at >= from && at <= to ? at : (from + to) / 2;
  return fit(middle - width / 2, width);
}

function fit(from: number, width: number): Zoom {
  const wide = Math.min(100, Math.max(LEAST, width));
  const begin = Math.min(100 - wide, Math.max(0, from));
  return [rounded(begin), rounded(begin + wide)];
}

const rounded = (value: number): number => Number(value.toFixed(3));

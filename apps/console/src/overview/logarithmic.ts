/** Powers of ten from below the least to above the greatest, at least two; null = there are no values. */
export function decades(values: readonly number[]): readonly number[] | null {
  if (values.length === 0) return null;
  const least = Math.floor(Math.log10(Math.max(1, Math.min(...values))));
  const greatest = Math.max(least + 1, Math.ceil(Math.log10(Math.max(1, ...values))));
  return Array.from({ length: greatest - least + 1 }, (_, i) => 10 ** (least + i));
}

/** The height of a value on a scale of decades, from 0 to 1. */
export function heightOf(value: number, scale: readonly number[]): number {
  const [bottom = 1, top = 10] = [scale[0], scale.at(-1)];
  return Math.log(Math.max(value, bottom) / bottom) / Math.log(top / bottom);
}

/** An SVG path with a flat piece for each value, joined to its neighbours. It has a gap where there is no value. */
export function lineOf(values: readonly (number | null)[], scale: readonly number[], { width, height }: { readonly width: number; readonly height: number }): string {
  const step = width / values.length;
  const round = (n: number): number => Math.round(n * 10) / 10;
  return values
    .map((value, i) => {
      if (value === null) return '';
      const y = round(height * (1 - heightOf(value, scale)));
      return `${(values[i - 1] ?? null) === null ? `M${round(i * step)} ${y}` : `V${y}`}H${round((i + 1) * step)}`;
    })
    .join('');
}

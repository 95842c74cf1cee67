/** Adds a value to the statement's parameters and returns its placeholder. */
export type Bind = (value: unknown) => string;

/** The parameters of one statement. `first`: those that its text already names, `$1` and so on. */
export function binding(...first: readonly unknown[]): { readonly values: unknown[]; readonly bind: Bind } {
  const values = [...first];
  return { values, bind: (value) => `$${values.push(value)}` };
}

export const whereOf = (conditions: readonly string[]): string => (conditions.length ? `WHERE ${conditions.join(' AND ')}` : '');

/** A row's place in the order of time and id. `at`: RFC 3339. */
interface Place {
  readonly at: string;
  readonly id: string;
}

/**
 * The condition that a row is beyond a place: older (`<`) or newer (`>`). Its first part is redundant, but lets PostgreSQL skip partitions; it does not derive it
 * from the second.
 */
export function beyond([at, id]: readonly [at: string, id: string], sign: '<' | '>', place: Place, bind: Bind): string {
  const [time, last] = [bind(place.at), bind(place.id)];
  return `${at} ${sign}= ${time}::timestamptz AND (${at}, ${id}) ${sign} (${time}::timestamptz, ${last})`;
}

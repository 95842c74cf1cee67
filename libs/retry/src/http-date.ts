const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MONTH = `(?<month>${MONTHS.join('|')})`;
const TIME = '(?<hour>[01]\\d|2[0-3]):(?<minute>[0-5]\\d):(?<second>[0-5]\\d|60)';

/** The three formats, all in UTC: `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov 6 08:49:37 1994`. */
const FORMS = [
  `[A-Za-z]{3}, (?<day>\\d{1,2}) ${MONTH} (?<year>\\d{4}) ${TIME} (?:GMT|UTC)`,
  `[A-Za-z]{3,9}, (?<day>\\d{2})-${MONTH}-(?<year>\\d{2}|\\d{4}) ${TIME} (?:GMT|UTC)`,
  `[A-Za-z]{3} ${MONTH} +(?<day>\\d{1,2}) ${TIME} (?<year>\\d{4})`,
].map((form) => new RegExp(`^${form}$`));

/** An HTTP date (RFC 9110 §5.6.7) in epoch milliseconds; null = it is none. `now`: decides the century of a year with two digits. */
export function httpDate(text: string, now: number): number | null {
  const parts = FORMS.map((form) => form.exec(text)).find((match) => match !== null)?.groups;
  if (!parts) return null;
  const { year = '', month = '', day, hour, minute, second } = parts;
  const at = (fullYear: number): number => Date.UTC(fullYear, MONTHS.indexOf(month), Number(day), Number(hour), Number(minute), Number(second));
  const date = at(year.length === 2 ? centuryOf(Number(year), now, at) : Number(year));
  // A day that the month does not have is refused.
  return new Date(date - (second === '60' ? 1_000 : 0)).getUTCMonth() === MONTHS.indexOf(month) ? date : null;
}

/** A year more than fifty years ahead belongs to the century before. */
function centuryOf(year: number, now: number, at: (fullYear: number) => number): number {
  const limit = new Date(now);
  limit.setUTCFullYear(limit.getUTCFullYear() + 50);
  const latest = limit.getUTCFullYear();
  const full = latest - ((((latest - year) % 100) + 100) % 100);
  return at(full) > limit.getTime() ? full - 100 : full;
}

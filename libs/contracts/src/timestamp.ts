/** RFC 3339 §5.6, as CloudEvents "Timestamp". */
const TIMESTAMP = /^(\d{4})-(\d\d)-(\d\d)T(?:[01]\d|2[0-3]):\d\d:(\d\d)(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;
const LEAP_SECOND = 60;

/** Whether the time exists: not the 30th of February, no hour 24, and a leap second only at 23:59:60 UTC (§5.7). */
export function isTimestamp(text: string): boolean {
  const [, year = '', month = '', day = '', second = ''] = TIMESTAMP.exec(text) ?? [];
  if (year === '') return false;
  const isLeap = Number(second) === LEAP_SECOND;
  const at = new Date(isLeap ? text.replace(/:60/, ':59') : text);
  if (Number.isNaN(at.getTime()) || new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() !== Number(day)) return false;
  return !isLeap || (at.getUTCHours() === 23 && at.getUTCMinutes() === 59);
}

import type { ShownAttempt } from '../query/attempts/attempt.js';

type Cell = string | number | null;

const columns: readonly (readonly [name: string, value: (attempt: ShownAttempt) => Cell])[] = [
  ['id', ({ id }) => id],
  ['startedAt', ({ startedAt }) => startedAt],
  ['delivery', ({ delivery }) => delivery],
  ['number', ({ number }) => number],
  ['reason', ({ reason }) => reason],
  ['requestedBy', ({ requestedBy }) => requestedBy],
  ['outcome', ({ outcome }) => outcome],
  ['responseStatus', ({ response }) => response?.status ?? null],
  ['errorClass', ({ error }) => error?.class ?? null],
  ['errorDetail', ({ error }) => error?.detail ?? null],
  ['tokenErrorClass', ({ tokenError }) => tokenError?.class ?? null],
  ['tokenErrorStatus', ({ tokenError }) => tokenError?.httpStatus ?? null],
  ['tokenErrorCode', ({ tokenError }) => tokenError?.code ?? null],
  ['totalMs', ({ timingsMs }) => timingsMs.total],
  ['requests', ({ requests }) => requests],
  ['method', ({ request }) => request?.method ?? null],
  ['url', ({ request }) => request?.url ?? null],
  ['next', ({ next }) => next.step],
  ['notBefore', ({ next }) => ('notBefore' in next ? next.notBefore : null)],
  ['event', ({ event }) => event],
  ['eventType', ({ eventType }) => eventType],
  ['ceId', ({ ceId }) => ceId],
  ['ceSource', ({ ceSource }) => ceSource],
  ['tenant', ({ tenant }) => tenant],
  ['application', ({ application }) => application],
  ['callback', ({ callback }) => callback],
  ['subscription', ({ subscription }) => subscription],
  ['responseBody', ({ response }) => response?.body ?? null],
];

const line = (cells: readonly Cell[]): string => `${cells.map(cellOf).join(',')}\r\n`;

/**
 * A cell as RFC 4180 has it. Receivers write the response bodies, so text that a spreadsheet would read as a formula gets an apostrophe in front
 * (OWASP, CSV injection).
 */
function cellOf(value: Cell): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const csvHeader = line(columns.map(([name]) => name));
export const csvRow = (attempt: ShownAttempt): string => line(columns.map(([, value]) => value(attempt)));

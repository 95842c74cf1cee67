import { EXIT, Refusal } from './refusal.js';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** Reads `90s`, `15m`, `2h`, `7d` (before now), or an RFC 3339 time. Returns RFC 3339. */
export function momentOf(text: string, now = Date.now()): string {
  const [, amount, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (amount !== undefined) return new Date(now - Number(amount) * (SECONDS[unit] ?? 0) * 1_000).toISOString();
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(Date.parse(text))) return new Date(text).toISOString();
  throw new Refusal(`"${text}" is no time. Write 15m, 2h, 7d, or 2026-01-31T12:00:00Z.`, EXIT.usage);
}

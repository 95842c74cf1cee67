import type { NoticeData, NoticeType } from '@nuncio/contracts';

/** Something that is to be told. */
export type NoticeFact = { [T in NoticeType]: Told<T> }[NoticeType];

interface Told<T extends NoticeType> {
  readonly type: T;
  /** Id of what it is about. What is of the same type and subject is told together, where it comes within ten minutes. */
  readonly subject: string;
  /** null = of no tenant. */
  readonly tenant: string | null;
  /** Who in the tenant may know of it; empty = everybody. */
  readonly groups: readonly string[];
  /** When it happened, in epoch milliseconds. */
  readonly at: number;
  /** Of facts of one type and subject it grows: one that was told of is passed over. null = each counts, one that is read again, too. */
  readonly mark: number | null;
  readonly data: NoticeData<T>;
}

const DAY_MS = 86_400_000;

/** What is older is no news: it is read again, or by a log that comes to read it for the first time. */
export const isNews = (at: number, now: number): boolean => now - at < DAY_MS;

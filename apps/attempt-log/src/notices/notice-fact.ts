import type { NoticeData, NoticeType } from '@nuncio/contracts';

/** Something that a notice is to be sent about. */
export type NoticeFact = { [T in NoticeType]: Told<T> }[NoticeType];

interface Told<T extends NoticeType> {
  readonly type: T;
  /** Id of the resource. Facts of the same type and subject within ten minutes become one notice. */
  readonly subject: string;
  /** null = no tenant. */
  readonly tenant: string | null;
  /** The groups that may see it; empty = everybody in the tenant. */
  readonly groups: readonly string[];
  /** When it happened, in epoch milliseconds. */
  readonly at: number;
  /**
   * Grows from fact to fact of one type and subject. A fact whose mark is not above the last one is passed over. null = every fact
   * counts, also one that is read again.
   */
  readonly mark: number | null;
  readonly data: NoticeData<T>;
}

const DAY_MS = 86_400_000;

/** Older facts make no notice: they are read again, or by a log that reads them for the first time. */
export const isNews = (at: number, now: number): boolean => now - at < DAY_MS;

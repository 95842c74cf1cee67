/** What came of a sample, in an answer of the API. */
export interface TestResult {
  readonly ok: boolean;
  readonly status: number | null;
  readonly error: { readonly class: string; readonly detail: string | null } | null;
  readonly tokenError: object | null;
  /** The thing to do; null = the error says it. */
  readonly advice: string | null;
}

/** Why the sample was not taken, and what to do about it. */
export function whyNot({ status, error, tokenError, advice }: TestResult): string {
  const answered = status === null ? (error?.class ?? 'there was no answer') : `it was answered ${status}`;
  const what = tokenError ? 'there is no token for it' : (error?.detail ?? answered);
  return [what, advice].filter((part) => part !== null).join('. ');
}

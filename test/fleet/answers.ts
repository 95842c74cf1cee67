/** The API's answers, as far as these tests read them. Written independently of the services' sources. */
export interface DeliveryAnswer {
  readonly id: string;
  readonly event: string;
  readonly status: string;
}

export interface AttemptAnswer {
  readonly id: string;
  readonly delivery: string;
  readonly event: string;
  readonly ceId: string;
  readonly number: number;
  readonly reason: string;
  readonly startedAt: string;
  readonly requests: number;
  readonly request: { readonly method: string; readonly url: string; readonly headers: Readonly<Record<string, string>> } | null;
  readonly response: { readonly status: number; readonly headers: Readonly<Record<string, unknown>>; readonly body: string; readonly bodyTruncated: boolean } | null;
  readonly timingsMs: Readonly<Record<string, number | null>>;
  readonly outcome: 'delivered' | 'failed';
  readonly error: { readonly class: string } | null;
  readonly tokenError: { readonly class: string; readonly httpStatus: number | null; readonly code: string | null } | null;
  readonly next: { readonly step: string; readonly notBefore?: string };
}

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly errors?: readonly { readonly pointer: string; readonly code: string; readonly detail: string }[];
}

import { Fault } from '@nuncio/contracts';
import type { OpenApi, OpenApiParts } from '@nuncio/service';

const KEPT_MS = 60_000;
const ANSWER_WITHIN_MS = 5_000;

/** The services' OpenAPI documents, fetched at most once a minute. Throws Fault `unavailable` if a service is away. */
export function openApiParts(origins: readonly string[]): OpenApiParts {
  let kept: { readonly parts: Promise<OpenApi[]>; readonly until: number } | undefined;
  return () => {
    if (!kept || kept.until < Date.now()) {
      const asked = { parts: Promise.all(origins.map(ask)), until: Date.now() + KEPT_MS };
      kept = asked;
      asked.parts.catch(() => {
        if (kept === asked) kept = undefined;
      });
    }
    return kept.parts;
  };
}

async function ask(origin: string): Promise<OpenApi> {
  // eslint-disable-next-line no-restricted-globals -- our own services, at addresses out of the settings
  const answer = await fetch(`${origin}/v1/openapi.json`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }).catch(() => null);
  if (!answer?.ok) throw new Fault('unavailable', 'A service does not answer, so the document would be incomplete; try again in a moment.', { retriable: true, retryAfterSeconds: 1 });
  return (await answer.json()) as OpenApi;
}

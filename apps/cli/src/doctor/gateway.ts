import type { Api, Json } from '../api.js';
import { causeOf } from '../api.js';
import { textOf } from '../output.js';
import { clockFinding, withRunbook, type Finding } from './finding.js';

const ANSWER_WITHIN_MS = 5_000;

/** Whether the gateway is ready, and the difference of the clocks. */
export async function checkGateway(url: string): Promise<Finding[]> {
  try {
    const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    const at = Date.parse(answer.headers.get('date') ?? '');
    const { missing } = ((await answer.json().catch(() => null)) ?? {}) as { missing?: readonly string[] };
    if (!missing) return [{ what: 'gateway', ok: false, detail: `${url}/health/ready answers ${answer.status}, and not as a gateway of Nuncio does: correct the URL, or the proxy before the gateway` }];
    const ready = { what: 'gateway', ok: answer.ok, detail: answer.ok ? `${url} is ready` : `it is not ready: ${withRunbook(missing)}` };
    return [ready, ...(Number.isNaN(at) ? [] : [clockFinding('clock of the gateway', at)])];
  } catch (error) {
    return [{ what: 'gateway', ok: false, detail: `${url}/health/ready does not answer (${causeOf(error)}): read the end of the gateway's log (docs/runbooks/service-down.md)` }];
  }
}

/** Whose the API key is, and whether the two services behind the gateway answer requests that need their databases. */
export async function checkApi(api: Api): Promise<Finding[]> {
  const me = await asked('API key', () => api.call('GET /v1/me'), (answer) => `role ${String(answer.role)}, ${answer.tenant === null ? 'all tenants' : `tenant ${textOf(answer.tenant)}`}${answer.expiresAt === null ? '' : `, until ${textOf(answer.expiresAt)}`}`);
  const answers = (): string => 'answers';
  return [
    me,
    await asked('configuration', () => api.call('GET /v1/event-types', { query: { limit: '1' } }), answers),
    await asked('log', () => api.call('GET /v1/attempts', { query: { limit: '1' } }), answers),
  ];
}

/** The finding of one call: what its answer says, or the refusal, which says what to do. */
async function asked(what: string, call: () => Promise<Json>, says: (answer: Json) => string): Promise<Finding> {
  try {
    return { what, ok: true, detail: says(await call()) };
  } catch (error) {
    return { what, ok: false, detail: (error as Error).message };
  }
}

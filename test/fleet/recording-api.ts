import { Api, type ApiAnswer } from '@nuncio/fixtures';

/** An API client that remembers every answer, without secrets that are shown once by contract. */
export class RecordingApi extends Api {
  readonly answers: string[] = [];

  override async call<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<ApiAnswer<T>> {
    const answer = await super.call<T>(method, path, body, headers);
    this.answers.push(`${method} ${path} ${JSON.stringify(answer, (name, value: unknown) => (isShownOnce(method, path, name) ? null : value))}`);
    return answer;
  }

  /** Answers that are no JSON: exports and payloads. */
  async text(path: string, headers: Record<string, string> = {}): Promise<string> {
    const answer = await fetch(this.url + path, { headers: { authorization: `Bearer ${this.key}`, ...headers } });
    const text = await answer.text();
    this.answers.push(`GET ${path} ${JSON.stringify([...answer.headers])} ${text}`);
    return text;
  }
}

const isShownOnce = (method: string, path: string, name: string): boolean =>
  method === 'POST' && ((name === 'secret' && /^\/v1\/callbacks(\/[^/]+\/rotate-secret)?$/.test(path)) || (name === 'key' && path === '/v1/api-keys'));

import { createHmac, randomBytes } from 'node:crypto';
import { Pool } from 'undici';

const SECRET = randomBytes(32);
const BEARER = `Bearer ${'a'.repeat(800)}`;

/** A minimal signed POST on a kept connection. Resolves with the status. */
export function poster(target: URL, connections: number): (id: string, body: Buffer) => Promise<number> {
  const pool = new Pool(target.origin, { connections, pipelining: 1 });
  return async (id, body) => {
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const signature = createHmac('sha256', SECRET).update(`${id}.${timestamp}.`).update(body).digest('base64');
    const headers = {
      authorization: BEARER,
      'content-type': 'application/json; charset=utf-8',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    };
    const answer = await pool.request({ method: 'POST', path: target.pathname, headers, body });
    await answer.body.dump();
    return answer.statusCode;
  };
}

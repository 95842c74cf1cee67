/* global fetch */
/**
 * The example of docs/portal.md: a server of your own, its page, and the one call that makes a token for the user who is signed in there. `npm start`
 * runs it beside the demo. By hand: NUNCIO_URL=… NUNCIO_API_KEY=… TENANT=… node docs/portal/server.mjs
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

/** Listens on loopback at `port`, or at any free port. `url`: the address of its page. */
export async function serve({ nuncio, key, tenant, port = 0 }) {
  const page = (await readFile(new URL('host.html', import.meta.url), 'utf8')).replaceAll('https://nuncio.acme.com', nuncio);
  const server = createServer();
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  const host = `localhost:${server.address().port}`;
  const origin = `http://${host}`;

  server.on('request', async (request, response) => {
    // Refuses requests by another name for this address.
    if (request.headers.host !== host) return response.writeHead(421).end();
    if (request.method === 'GET' && request.url === '/') return response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
    if (request.method !== 'POST' || request.url !== '/portal-token') return response.writeHead(404).end();
    try {
      // Your own session says who this is, and of which tenant. The key never leaves your server.
      const answer = await fetch(`${nuncio}/v1/portal-sessions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ tenant, subject: 'zoe@example.com', origin }),
      });
      const { token, detail } = await answer.json();
      response.writeHead(answer.ok ? 200 : 502, { 'content-type': 'text/plain', 'cache-control': 'no-store' }).end(token ?? detail);
    } catch (error) {
      response.writeHead(502).end(String(error));
    }
  });
  return { url: `${origin}/`, close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()) };
}

if (import.meta.main) {
  const { NUNCIO_URL: nuncio, NUNCIO_API_KEY: key, TENANT: tenant, PORT = '0' } = process.env;
  console.log((await serve({ nuncio, key, tenant, port: Number(PORT) })).url);
}

import { runDemo } from './index.js';

/**
 * `npm run demo`: the demo against a running installation at `NUNCIO_URL` with `ADMIN_API_KEY`, publishing to `KAFKA_BROKERS`. Its endpoints listen
 * on `FIXTURES_HOST`. The services must be able to reach that, and be allowed to (`EGRESS_ALLOW`).
 */
const { NUNCIO_URL: url, ADMIN_API_KEY: adminKey, KAFKA_BROKERS: brokers, TOPIC_PREFIX: topicPrefix = 'nuncio' } = process.env;
if (!url || !adminKey || !brokers) throw new Error('the demo needs NUNCIO_URL, ADMIN_API_KEY and KAFKA_BROKERS');

const log = (line: string): void => {
  console.log(line);
};

const { ok } = await runDemo({ url, adminKey, brokers, topicPrefix, log });
process.exit(ok ? 0 : 1);

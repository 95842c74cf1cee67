import { Counter, Histogram } from 'prom-client';

/** `verdict`: the result of a request. Merged requests count once. */
export const requestsTotal = new Counter({
  name: 'nuncio_token_requests_total',
  help: 'Requests for a token, by reason and verdict (fetched, failed, answered, too-old, behind, unknown, unavailable).',
  labelNames: ['reason', 'verdict'],
});

export const fetchesTotal = new Counter({
  name: 'nuncio_token_fetches_total',
  help: 'Token requests sent to authorization servers, by outcome (token, or an error class).',
  labelNames: ['outcome'],
});

export const fetchSeconds = new Histogram({
  name: 'nuncio_token_fetch_seconds',
  help: 'Duration of token requests, to authorization servers.',
  buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
});

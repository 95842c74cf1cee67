import { wordsOf } from './operation.js';

const TAGS: Readonly<Record<string, string>> = {
  tenants: 'Companies that receive webhooks; all else is within one of them',
  'api-keys': 'Who may call',
  'event-types': 'The catalogue of what happens',
  applications: "A tenant's own names for what it connects",
  credentials: 'OAuth clients at authorization servers',
  callbacks: 'Where and how to deliver',
  subscriptions: 'Which events go to which callback',
  events: 'What happened: published, and read',
  deliveries: 'One event for one subscription',
  attempts: 'One HTTP try of a delivery',
  replays: 'Sending again what was selected',
  operations: 'Bulk actions under way',
  stats: 'Figures for charts',
  audit: 'Who changed what, when',
  quarantine: 'Records that could not be read, with their bytes',
  'dead-letters': 'Deliveries that were given up',
  'portal-sessions': 'Tokens for who looks at the portal',
  fleet: 'The processes that Nuncio runs in',
  listeners: 'Inboxes that a command on a laptop answers',
  me: 'Who is calling',
  openapi: 'This document',
};

/** The tag of a path's operations: its collection. */
export const tagOf = (path: string): string => (path.split('/')[2] ?? '').split('.')[0] ?? '';

/** The tags of these paths with their descriptions. */
export const tagsOf = (paths: Iterable<string>): { name: string; description: string }[] =>
  [...new Set(Array.from(paths, tagOf))].toSorted().map((name) => ({ name, description: TAGS[name] ?? wordsOf(name.replaceAll('-', ' ')) }));

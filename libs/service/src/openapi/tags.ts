import { wordsOf } from './operation.js';

const TAGS: Readonly<Record<string, string>> = {
  tenants: 'Companies that receive webhooks; everything else belongs to one of them',
  'api-keys': 'Who may call',
  'event-types': 'The catalogue of events',
  applications: "A tenant's own names for what it connects",
  credentials: 'OAuth clients at authorization servers',
  callbacks: 'Where and how to deliver',
  subscriptions: 'Which events go to which callback',
  events: 'Events: published, and read',
  deliveries: 'One event for one subscription',
  attempts: 'One HTTP attempt of a delivery',
  replays: 'Sending a selection of deliveries again',
  operations: 'Bulk operations in progress',
  stats: 'Figures for charts',
  audit: 'Who changed what, when',
  quarantine: 'Records that could not be read, with their bytes',
  'dead-letters': 'Deliveries that were given up',
  'portal-sessions': 'Tokens for people who look at the portal',
  fleet: 'The processes of the installation',
  listeners: 'Inboxes whose requests a command on a laptop answers',
  me: 'The caller',
  openapi: 'This document',
};

/** The tag of a path's operations: its collection. */
export const tagOf = (path: string): string => (path.split('/')[2] ?? '').split('.')[0] ?? '';

/** The tags of these paths with their descriptions. */
export const tagsOf = (paths: Iterable<string>): { name: string; description: string }[] =>
  [...new Set(Array.from(paths, tagOf))].toSorted().map((name) => ({ name, description: TAGS[name] ?? wordsOf(name.replaceAll('-', ' ')) }));

import { requireNode } from '@nuncio/node-version';

requireNode();
await import('./apply-topics.command.js');

import { requireNode } from '@nuncio/node-version';

requireNode();
await import('./apply-access.command.js');

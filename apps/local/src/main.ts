import { requireNode } from '@nuncio/node-version';

requireNode();
await import('./command.js');

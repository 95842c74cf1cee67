import { requireNode } from '@nuncio/node-version';

requireNode();
await import('./migrate.command.js');

import { requireNode } from '@nuncio/node-version';

requireNode();
await import('./rebuild.command.js');

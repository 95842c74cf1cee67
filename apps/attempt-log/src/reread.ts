import { requireNode } from '@nuncio/node-version';

requireNode();
await import('./reread.command.js');

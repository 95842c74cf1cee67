import { EventStore1764000000000 } from './1764000000000-event-store.js';
import { IdempotencyAndAudit1769990400000 } from './1769990400000-idempotency-and-audit.js';
import { Rewrapping1777000000000 } from './1777000000000-rewrapping.js';
import { IdempotentAnswers1780500000000 } from './1780500000000-idempotent-answers.js';
import { ExternalIds1782000000000 } from './1782000000000-external-ids.js';
import { ListIndexes1782100000000 } from './1782100000000-list-indexes.js';
import { OperationEvents1782211000000 } from './1782211000000-operation-events.js';
import { KeyUses1782300000000 } from './1782300000000-key-uses.js';
import { Suspended1779926400000 } from './1779926400000-suspended.js';

/** In the order in which they run. A new one needs a file and a line here. */
export const migrations = [
  EventStore1764000000000,
  IdempotencyAndAudit1769990400000,
  Rewrapping1777000000000,
  Suspended1779926400000,
  IdempotentAnswers1780500000000,
  ExternalIds1782000000000,
  ListIndexes1782100000000,
  OperationEvents1782211000000,
  KeyUses1782300000000,
];

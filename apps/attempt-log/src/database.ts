import type { DatabaseOptions } from '@nuncio/database';
import { InitialSchema1767225600000 } from './migrations/1767225600000-initial-schema.js';
import { Operations1769904000000 } from './migrations/1769904000000-operations.js';
import { AttemptMinutes1772323200000 } from './migrations/1772323200000-attempt-minutes.js';
import { Written1775001600000 } from './migrations/1775001600000-written.js';
import { TokenRequests1775088000000 } from './migrations/1775088000000-token-requests.js';
import { SearchIndexes1775174400000 } from './migrations/1775174400000-search-indexes.js';
import { OrderOfFacts1775260800000 } from './migrations/1775260800000-order-of-facts.js';
import { IdempotentRequests1780300000000 } from './migrations/1780300000000-idempotent-requests.js';
import { IdempotentAnswers1780500000000 } from './migrations/1780500000000-idempotent-answers.js';
import { Owners1780000000000 } from './migrations/1780000000000-owners.js';
import { Facts1780100000000 } from './migrations/1780100000000-facts.js';
import { Turns1780200000000 } from './migrations/1780200000000-turns.js';
import { TokenErrorDescription1779840000000 } from './migrations/1779840000000-token-error-description.js';
import { Publisher1780444800000 } from './migrations/1780444800000-publisher.js';
import { FailedRecords1780531200000 } from './migrations/1780531200000-failed-records.js';
import { Statistics1780617600000 } from './migrations/1780617600000-statistics.js';
import { EventKeys1780704000000 } from './migrations/1780704000000-event-keys.js';
import { CountDeliveries1780710000000 } from './migrations/1780710000000-count-deliveries.js';
import { Notices1780790400000 } from './migrations/1780790400000-notices.js';
import { Dropped1781049600000 } from './migrations/1781049600000-dropped.js';
import { Certificates1780963200000 } from './migrations/1780963200000-certificates.js';
import { Labels1781136000000 } from './migrations/1781136000000-labels.js';
import { IndexesBesideWriters1781222400000 } from './migrations/1781222400000-indexes-beside-writers.js';
import { LabelsIndex1781308800000 } from './migrations/1781308800000-labels-index.js';
import { AskedFor1781395200000 } from './migrations/1781395200000-asked-for.js';
import { AskedForIndexes1781481600000 } from './migrations/1781481600000-asked-for-indexes.js';
import { EventsWritten1781568000000 } from './migrations/1781568000000-events-written.js';
import { EventsWrittenIndexes1781654400000 } from './migrations/1781654400000-events-written-indexes.js';
import { EventsOfAnyId1781827200000 } from './migrations/1781827200000-events-of-any-id.js';
import { Outcomes1780876800000 } from './migrations/1780876800000-outcomes.js';

/**
 * The service makes and drops day partitions, which requires that its role owns the tables. It has no rights in other
 * schemas. A table that it owns is left alone: changing its owner would lock it.
 */
const grants = (role: string): string => `
  grant usage, create on schema log to ${role};
  grant select on log.migrations to ${role};
  do $grants$ declare relation regclass; begin
    for relation in select oid from pg_class where relnamespace = 'log'::regnamespace and relkind in ('r', 'p', 'v') and relname <> 'migrations'
      and relowner <> '${role.replaceAll("'", "''")}'::regrole::oid loop
      execute format('alter table %s owner to ${role}', relation);
    end loop;
  end $grants$`;

/** The schema `log` of the database at `url`. A new migration needs a file and a line here. */
export const logDatabase = (url: string): DatabaseOptions => ({
  url,
  schema: 'log',
  grants,
  migrations: [
    InitialSchema1767225600000,
    Operations1769904000000,
    AttemptMinutes1772323200000,
    Written1775001600000,
    TokenRequests1775088000000,
    SearchIndexes1775174400000,
    OrderOfFacts1775260800000,
    TokenErrorDescription1779840000000,
    Owners1780000000000,
    Facts1780100000000,
    Turns1780200000000,
    IdempotentRequests1780300000000,
    Publisher1780444800000,
    IdempotentAnswers1780500000000,
    FailedRecords1780531200000,
    Statistics1780617600000,
    EventKeys1780704000000,
    CountDeliveries1780710000000,
    Notices1780790400000,
    Outcomes1780876800000,
    Certificates1780963200000,
    Dropped1781049600000,
    Labels1781136000000,
    IndexesBesideWriters1781222400000,
    LabelsIndex1781308800000,
    AskedFor1781395200000,
    AskedForIndexes1781481600000,
    EventsWritten1781568000000,
    EventsWrittenIndexes1781654400000,
    EventsOfAnyId1781827200000,
  ],
});

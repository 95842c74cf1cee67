import type { ReactElement } from 'react';
import type { Schemas } from '../api/client.js';
import type { Column } from '../parts/list.js';
import { Time } from '../parts/time.js';

type Change = Schemas['ConfigurationEvent'];

export const auditColumns: readonly Column<Change>[] = [
  { name: 'When', cell: ({ at }) => <Time at={at} /> },
  { name: 'Who', cell: ({ actor }) => <code>{actor}</code> },
  { name: 'What', cell: ({ kind, type }) => <span className="nowrap">{kind} {type}</span> },
  { name: 'Tenant', cell: ({ tenant }) => tenant ?? <span className="soft">–</span>, minor: true },
  { name: 'Object', cell: ({ id }) => <code>{id}</code>, minor: true },
  { name: 'New values', cell: ({ changes }) => <Changes of={changes} />, minor: true, grows: true },
];

/** Which fields; what they are now, on opening. */
function Changes({ of }: { of: Record<string, unknown> }): ReactElement {
  const names = Object.keys(of);
  if (!names.length) return <span className="soft">–</span>;
  return (
    <details>
      <summary>{names.join(', ')}</summary>
      <pre className="bytes" tabIndex={0}>{JSON.stringify(of, null, 2)}</pre>
    </details>
  );
}

import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { Schemas } from '../api/client.js';
import type { Column } from '../parts/list.js';
import { Time } from '../parts/time.js';
import { inShort } from './in-short.js';

type Change = Schemas['ConfigurationEvent'];

export const auditColumns: readonly Column<Change>[] = [
  { name: 'When', cell: ({ at }) => <Time at={at} /> },
  { name: 'Who', cell: ({ actor }) => <code className="clip short" title={actor}>{actor}</code> },
  { name: 'What', cell: ({ kind, type, id }) => <><span className="nowrap">{kind} {type}</span><span className="narrow"><ObjectLink kind={kind} id={id} /></span></> },
  { name: 'Tenant', cell: ({ tenant }) => tenant ?? <span className="soft">–</span>, minor: true },
  { name: 'Object', cell: ({ kind, id }) => <ObjectLink kind={kind} id={id} />, minor: true },
  { name: 'New values', cell: ({ changes }) => <Changes of={changes} />, minor: true, grows: true },
];

/** A link to the object's page, if it has one. */
function ObjectLink({ kind, id }: Pick<Change, 'kind' | 'id'>): ReactElement {
  const text = <code className="clip short">{id}</code>;
  if (kind === 'callback') return <Link to="/callbacks/$id" params={{ id }} title={id}>{text}</Link>;
  if (kind === 'credential') return <Link to="/credentials/$id" params={{ id }} title={id}>{text}</Link>;
  if (kind === 'subscription') return <Link to="/subscriptions/$id" params={{ id }} title={id}>{text}</Link>;
  if (kind === 'event-type') return <Link to="/event-types/$name" params={{ name: id }} title={id}>{text}</Link>;
  return <span title={id}>{text}</span>;
}

/** One line, which opens to the whole change. */
function Changes({ of }: { of: Record<string, unknown> }): ReactElement {
  if (Object.keys(of).length === 0) return <span className="soft">–</span>;
  return (
    <details>
      <summary>{inShort(of)}</summary>
      <pre className="bytes" tabIndex={0}>{JSON.stringify(of, null, 2)}</pre>
    </details>
  );
}

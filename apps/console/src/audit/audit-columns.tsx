import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { Schemas } from '../api/client.js';
import type { Column } from '../parts/list.js';
import { Time } from '../parts/time.js';
import { Changes } from './changes.js';

type Change = Schemas['ConfigurationEvent'];

export const auditColumns: readonly Column<Change>[] = [
  { name: 'When', cell: ({ at }) => <Time at={at} /> },
  { name: 'Who', cell: ({ actor }) => <code className="clip short" title={actor}>{actor}</code> },
  { name: 'What', cell: ({ kind, type, id }) => <><span className="nowrap">{kind} {type}</span><span className="narrow"><ObjectLink kind={kind} id={id} /></span></> },
  { name: 'Tenant', cell: ({ tenant }) => (tenant === null ? <span className="soft">–</span> : <span className="clip short" title={tenant}>{tenant}</span>), minor: true },
  { name: 'Object', cell: ({ kind, id }) => <ObjectLink kind={kind} id={id} />, minor: true },
  { name: 'Change', cell: (change) => <Changes of={change} />, minor: true, grows: true },
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

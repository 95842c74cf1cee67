import { Link } from '@tanstack/react-router';
import { useMemo, type ReactElement } from 'react';
import { answer, api } from '../api/client.js';
import { auditColumns } from '../audit/audit-columns.js';
import { deliveryColumns } from '../explorer/delivery-columns.js';
import { List } from '../parts/list.js';
import { usePages } from '../parts/pages.js';
import { subscriptionColumns } from '../subscriptions/subscription-columns.js';

export function Deliveries({ id }: { id: string }): ReactElement {
  const pages = usePages(['deliveries', { callback: [id] }], (cursor) => answer(api.GET('/v1/deliveries', { params: { query: { callback: [id], limit: 20, ...(cursor !== undefined && { cursor }) } } })));
  const columns = useMemo(() => deliveryColumns({ callback: [id] }).filter(({ name }) => name !== 'Callback'), [id]);
  return <List caption="Deliveries of this callback" pages={pages} columns={columns} keyOf={(delivery) => delivery.id} empty={<><strong>Nothing was delivered here yet.</strong><span>Test it first.</span></>} />;
}

export function Subscriptions({ id }: { id: string }): ReactElement {
  const pages = usePages(['subscriptions', { callback: id }], (cursor) => answer(api.GET('/v1/callbacks/{id}/subscriptions', { params: { path: { id }, query: { limit: 50, ...(cursor !== undefined && { cursor }) } } })));
  const columns = subscriptionColumns.filter(({ name }) => name !== 'Callback');
  return <List caption="Subscriptions of this callback" pages={pages} columns={columns} keyOf={(subscription) => subscription.id} empty={<><strong>No subscription leads here.</strong><span>It gets nothing without one. <Link to="/subscriptions/new" search={{ callback: id }}>Make one</Link></span></>} />;
}

export function History({ id }: { id: string }): ReactElement {
  const pages = usePages(['audit', { id }], (cursor) => answer(api.GET('/v1/audit', { params: { query: { id: [id], limit: 50, ...(cursor !== undefined && { cursor }) } } })));
  const columns = auditColumns.filter(({ name }) => name !== 'Object' && name !== 'Tenant');
  return <List caption="Changes of this callback" pages={pages} columns={columns} keyOf={({ position }) => position} empty={<strong>Nothing is on record.</strong>} />;
}

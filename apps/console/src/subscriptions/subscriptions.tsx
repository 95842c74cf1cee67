import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api } from '../api/client.js';
import { Filters, LABEL, type FilterField } from '../explorer/filters.js';
import { toQuery, type SubscriptionQuery } from '../explorer/search.js';
import { Head } from '../parts/head.js';
import { isFiltered, List } from '../parts/list.js';
import { usePages } from '../parts/pages.js';
import { useMe } from '../shell/me.js';
import { manages } from '../shell/roles.js';
import { subscriptionColumns } from './subscription-columns.js';

const FIELDS: readonly FilterField[] = [
  { name: 'state', label: 'State', options: ['draft', 'validated', 'ready-to-submit', 'submitted', 'approved', 'rejected', 'activated', 'deactivated', 'suspended', 'blocked'] },
  { name: 'q', label: 'Name or id', isWide: true },
  { name: 'tenant', label: 'Tenant' },
  LABEL,
];

export function Subscriptions(): ReactElement {
  const search = useSearch({ from: '/shell/subscriptions' });
  const navigate = useNavigate({ from: '/subscriptions' });
  const canMake = manages(useMe().data?.role);
  const pages = usePages(['subscriptions', search], (cursor) => answer(api.GET('/v1/subscriptions', { params: { query: { ...toQuery<SubscriptionQuery>(search), limit: 50, ...(cursor !== undefined && { cursor }) } } })));
  return (
    <>
      <Head title="Subscriptions" actions={canMake && <Link className="button primary" to="/subscriptions/new">New subscription</Link>}>Which events go to which callback.</Head>
      <section className="panel">
        <Filters fields={FIELDS} search={search} onSearch={(next) => void navigate({ search: next })} hasTime={false} />
        <List caption="Subscriptions" pages={pages} columns={subscriptionColumns} keyOf={({ id }) => id} empty={<><strong>{isFiltered(search) ? 'No subscription is like this.' : 'There is no subscription yet.'}</strong><span>A callback gets nothing without one.</span></>} />
      </section>
    </>
  );
}

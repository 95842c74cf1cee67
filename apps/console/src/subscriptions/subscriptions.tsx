import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api } from '../api/client.js';
import { FilteredList } from '../explorer/filtered-list.js';
import { LABEL, type FilterField } from '../explorer/filters.js';
import { toQuery, type Search, type SubscriptionQuery } from '../explorer/search.js';
import { useSearched } from '../explorer/searched.js';
import { Head } from '../parts/head.js';
import { useMe } from '../shell/me.js';
import { manages } from '../shell/roles.js';
import { subscriptionColumns } from './subscription-columns.js';

const FIELDS: readonly FilterField[] = [
  { name: 'state', label: 'State', options: ['draft', 'validated', 'ready-to-submit', 'submitted', 'approved', 'rejected', 'activated', 'deactivated', 'suspended', 'blocked'] },
  { name: 'eventType', label: 'Event type' },
  { name: 'callback', label: 'Callback', placeholder: 'cb_…' },
  { name: 'q', label: 'Name or id', isWide: true },
  { name: 'tenant', label: 'Tenant' },
  LABEL,
];

export function Subscriptions(): ReactElement {
  const search = useSearch({ from: '/shell/subscriptions' });
  const navigate = useNavigate({ from: '/subscriptions' });
  const canMake = manages(useMe().data?.role);
  const onSearch = (next: Search): void => void navigate({ search: next });
  const pages = useSearched('subscriptions', search, (wanted, page) => answer(api.GET('/v1/subscriptions', { params: { query: { ...toQuery<SubscriptionQuery>(wanted), ...page } } })));
  return (
    <>
      <Head title="Subscriptions" actions={canMake && <Link className="button primary" to="/subscriptions/new">New subscription</Link>}>Which events go to which callback.</Head>
      <section className="panel">
        <FilteredList caption="Subscriptions" one="subscription" fields={FIELDS} search={search} onSearch={onSearch} pages={pages} columns={subscriptionColumns} keyOf={({ id }) => id}>
          <span>A callback gets nothing without one.</span>
        </FilteredList>
      </section>
    </>
  );
}

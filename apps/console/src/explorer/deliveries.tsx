import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, type ReactElement } from 'react';
import type { Schemas } from '../api/client.js';
import { Head } from '../parts/head.js';
import { Bulk } from './bulk.js';
import { deliveryColumns } from './delivery-columns.js';
import { useDeliveryPages } from './delivery-pages.js';
import { ERROR_CLASSES, type FilterField } from './filters.js';
import { Found } from './found.js';
import { useLive } from './live.js';

const FIELDS: readonly FilterField[] = [
  { name: 'status', label: 'State', options: ['pending', 'held', 'parked', 'delivered', 'failed', 'canceled', 'skipped', 'expired'] },
  { name: 'errorClass', label: 'Error', options: ERROR_CLASSES },
  { name: 'responseStatus', label: 'HTTP status', placeholder: '503 or 5xx' },
  { name: 'eventType', label: 'Event type' },
  { name: 'tenant', label: 'Tenant' },
  { name: 'application', label: 'Application', placeholder: 'app_…' },
  { name: 'callback', label: 'Callback', placeholder: 'cb_…' },
  { name: 'subscription', label: 'Subscription', placeholder: 'sub_…' },
  { name: 'subject', label: 'Subject', placeholder: 'order/4711' },
  { name: 'event', label: 'Event', placeholder: 'evt_…', isWide: true },
];

export function Deliveries(): ReactElement {
  const search = useSearch({ from: '/shell/deliveries' });
  const navigate = useNavigate({ from: '/deliveries' });
  const pages = useDeliveryPages(search);
  const columns = useMemo(() => deliveryColumns(search), [search]);
  const live = useLive<Schemas['Delivery']>('deliveries', search);
  return (
    <>
      <Head title="Deliveries" actions={<Bulk search={search} />}>Each event, for each subscription that wants it: where it stands, and why.</Head>
      <Found caption="Deliveries" one="delivery" fields={FIELDS} search={search} onSearch={(next) => void navigate({ search: next })} pages={pages} live={live} columns={columns} />
    </>
  );
}

import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, type ReactElement } from 'react';
import type { Schemas } from '../api/client.js';
import { Head } from '../parts/head.js';
import { Bulk } from './bulk.js';
import { deliveryColumns } from './delivery-columns.js';
import { useDeliveryPages } from './delivery-pages.js';
import { DELIVERY_FIELDS } from './fields.js';
import { Found } from './found.js';
import { useLive } from './live.js';

export function Deliveries(): ReactElement {
  const search = useSearch({ from: '/shell/deliveries' });
  const navigate = useNavigate({ from: '/deliveries' });
  const pages = useDeliveryPages(search);
  const columns = useMemo(() => deliveryColumns(search), [search]);
  const live = useLive<Schemas['Delivery']>('deliveries', search);
  return (
    <>
      <Head title="Deliveries" actions={<Bulk search={search} />}>Each event, for each subscription that wants it: where it stands, and why.</Head>
      <Found caption="Deliveries" one="delivery" fields={DELIVERY_FIELDS} search={search} onSearch={(next) => void navigate({ search: next })} pages={pages} live={live} columns={columns} nothing={<span>An event becomes a delivery for each active subscription that wants it.</span>} />
    </>
  );
}

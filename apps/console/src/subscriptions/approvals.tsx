import type { ReactElement } from 'react';
import { answer, api } from '../api/client.js';
import { Head } from '../parts/head.js';
import { List } from '../parts/list.js';
import { usePages } from '../parts/pages.js';
import { columnsWithMoves } from './subscription-columns.js';

/** Subscriptions that wait for an approval. */
export function Approvals(): ReactElement {
  const pages = usePages(['subscriptions', 'submitted'], (cursor) => answer(api.GET('/v1/subscriptions', { params: { query: { state: ['submitted'], limit: 50, ...(cursor !== undefined && { cursor }) } } })));
  return (
    <>
      <Head title="Approvals">Subscriptions to event types that need an approval, and wait for it.</Head>
      <section className="panel">
        <List caption="Submitted subscriptions" pages={pages} columns={columnsWithMoves} keyOf={({ id }) => id} empty={<><strong>Nothing waits for an approval.</strong><span>What was decided is under Audit.</span></>} />
      </section>
    </>
  );
}

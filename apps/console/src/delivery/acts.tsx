import { useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Asked } from '../parts/asked.js';
import { useMe } from '../shell/me.js';
import { mayRedeliver } from '../shell/roles.js';

type Delivery = Schemas['Delivery'];
type Status = Delivery['status'];

interface Act {
  readonly path: '/v1/deliveries/{id}/resend' | '/v1/deliveries/{id}/send-now' | '/v1/deliveries/{id}/cancel';
  readonly name: string;
  readonly question: string;
  readonly consequence: string;
  readonly yes: string;
  /** The states in which it is offered. */
  readonly from: readonly Status[];
  readonly isPrimary: boolean;
}

const ACTS: readonly Act[] = [
  {
    path: '/v1/deliveries/{id}/send-now', name: 'Send now', question: 'Send it now?', yes: 'Send it now', from: ['pending', 'held'], isPrimary: true,
    consequence: 'The attempt that is due later is made at once. Its number and the plan after it stay.',
  },
  {
    path: '/v1/deliveries/{id}/resend', name: 'Send again', question: 'Send this delivery again?', yes: 'Send it', from: ['delivered', 'failed', 'canceled', 'skipped', 'expired', 'parked'], isPrimary: true,
    consequence: 'One more attempt, as the callback is now. The event and the delivery keep their ids, so that a receiver can tell; no retries follow.',
  },
  {
    path: '/v1/deliveries/{id}/cancel', name: 'Cancel delivery', question: 'Cancel this delivery?', yes: 'Cancel it', from: ['pending', 'held', 'parked'], isPrimary: false,
    consequence: 'What waits is not sent. What is on its way is not called back. It can be sent again by hand later.',
  },
];

/** Whether its next attempt cannot be brought forward: it will be canceled, or its callback is paused. */
const isStopped = ({ willCancel, explanationCode }: Delivery): boolean => willCancel || explanationCode.endsWith('-paused');

/** Buttons for what can be done with a delivery in its state. */
export function Acts({ delivery, url }: { delivery: Delivery; url: string | undefined }): ReactElement | null {
  const { id, status } = delivery;
  const queries = useQueryClient();
  const role = useMe().data?.role;
  if (!mayRedeliver(role)) return null;
  return (
    <>
      {ACTS.filter(({ path, from }) => from.includes(status) && !(path.endsWith('/send-now') && isStopped(delivery))).map(({ path, name, question, consequence, yes, isPrimary }) => (
        <Asked key={path} name={name} className={isPrimary ? 'primary' : ''} question={question} yes={yes} act={() => answer(api.POST(path, { params: { path: { id } } }))} onDone={() => queries.invalidateQueries({ queryKey: ['delivery', id] })}>
          {url !== undefined && <code>{url}</code>}
          <p>{consequence}</p>
        </Asked>
      ))}
    </>
  );
}

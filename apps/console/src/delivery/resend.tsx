import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, type ReactElement } from 'react';
import { answer, api } from '../api/client.js';
import { Dialog, type DialogHandle } from '../parts/dialog.js';
import { ProblemBox } from '../parts/problem-box.js';
import { useMe } from '../shell/me.js';
import type { WholeDelivery } from './delivery.js';

/** Sends it once more, after a question. While an attempt comes by itself there is nothing to ask for. */
export function Resend({ delivery: { id, status, next }, url }: { delivery: WholeDelivery; url: string | undefined }): ReactElement | null {
  const dialog = useRef<DialogHandle>(null);
  const queries = useQueryClient();
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => answer(api.POST('/v1/deliveries/{id}/resend', { params: { path: { id } } })),
    onSuccess: async () => {
      dialog.current?.close();
      await queries.invalidateQueries({ queryKey: ['delivery', id] });
    },
  });
  const role = useMe().data?.role;
  if (role === 'viewer' || role === 'publisher' || next.step === 'later' || status === 'pending' || status === 'held') return null;
  return (
    <>
      <button type="button" className="primary" onClick={() => dialog.current?.open()}>
        Send again
      </button>
      <Dialog ref={dialog} title="Send this delivery again?">
        <p>One more attempt{url === undefined ? '' : <> to <code>{url}</code></>}, as the callback is now. The event and the delivery keep their ids, so that a receiver can tell; no retries follow.</p>
        {error && <ProblemBox error={error} />}
        <div className="actions">
          <button type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="button" className="primary" disabled={isPending} onClick={() => { mutate(); }}>
            Send it
          </button>
        </div>
      </Dialog>
    </>
  );
}

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, type ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Dialog, DialogEnd, type DialogHandle } from '../parts/dialog.js';
import { Form } from '../parts/form.js';
import { formText } from '../parts/form-text.js';

type Subscription = Schemas['Subscription'];

/** Moves that are one request, in the order of their buttons. The API says which of them the caller may make now. */
const OFFERED = ['approve', 'reject', 'verify', 'submit', 'activate', 'deactivate', 'unblock', 'suspend', 'unsuspend'] as const;
type Move = (typeof OFFERED)[number];
const WITH_REASON: readonly Move[] = ['reject', 'suspend'];

export const Moves = ({ subscription }: { subscription: Subscription }): ReactElement => (
  <div className="actions">
    {OFFERED.filter((move) => subscription.moves.includes(move)).map((move) => <Asked key={move} subscription={subscription} move={move} />)}
  </div>
);

function Asked({ subscription: { id, eventTypes }, move }: { subscription: Subscription; move: Move }): ReactElement {
  const dialog = useRef<DialogHandle>(null);
  const queries = useQueryClient();
  const { mutate, error, isPending, reset } = useMutation({
    mutationFn: (reason: string) => answer(api.POST('/v1/subscriptions/{id}/{move}', { params: { path: { id, move } }, ...(reason !== '' && { body: { reason } }) })),
    onSuccess: () => {
      dialog.current?.close();
      return queries.invalidateQueries({ queryKey: ['subscriptions'] });
    },
  });
  const name = `${move.charAt(0).toUpperCase()}${move.slice(1)}`;
  return (
    <>
      <button type="button" className="small" onClick={() => dialog.current?.open()}>{name}</button>
      <Dialog ref={dialog} title={`${name} this subscription?`} onClose={reset}>
        <Form onSubmit={(form) => { mutate(formText(form, 'reason')); }}>
          <p><code>{eventTypes.join(', ')}</code></p>
          {WITH_REASON.includes(move) && (
            <label className="field">
              Reason, for its owner to read
              <input name="reason" required maxLength={500} />
            </label>
          )}
          <DialogEnd error={error} isPending={isPending} yes={name} onBack={() => dialog.current?.close()} />
        </Form>
      </Dialog>
    </>
  );
}

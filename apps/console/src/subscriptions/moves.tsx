import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, type ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Dialog, DialogEnd, Opener, type DialogHandle } from '../parts/dialog.js';
import { Form } from '../parts/form.js';
import { formText } from '../parts/form-text.js';
import { CallbackLink } from '../parts/object-links.js';
import { Verified } from './verified.js';

type Subscription = Schemas['Subscription'];

/** Moves that are one request, in the order of their buttons. The API says which of them the caller may make now. */
const OFFERED = ['approve', 'reject', 'verify', 'submit', 'activate', 'deactivate', 'unblock', 'suspend', 'unsuspend'] as const;
type Move = (typeof OFFERED)[number];
const WITH_REASON: readonly Move[] = ['reject', 'suspend'];
/** What comes of each. */
const CONSEQUENCES: Readonly<Record<Move, string>> = {
  approve: 'Its owner may activate it then.',
  reject: 'It gets nothing. Its owner reads the reason, and may edit it and submit it again.',
  verify: 'A sample is sent to the callback, which has to accept it.',
  submit: 'It waits for a provider’s approval then.',
  activate: 'Events that are published from now on are delivered.',
  deactivate: 'It gets no more events, and what waits is canceled when it is due. It can be activated again.',
  unblock: 'Its deliveries go on, also those that are parked.',
  suspend: 'It gets no more events, and what waits is canceled when it is due. Its owner cannot activate it, nor another one of the same types.',
  unsuspend: 'Its owner may activate it again.',
};

export const Moves = ({ subscription }: { subscription: Subscription }): ReactElement => (
  <div className="actions">
    {OFFERED.filter((move) => subscription.moves.includes(move)).map((move) => <Asked key={move} subscription={subscription} move={move} />)}
  </div>
);

function Asked({ subscription: { id, eventTypes, callback, tenant }, move }: { subscription: Subscription; move: Move }): ReactElement {
  const dialog = useRef<DialogHandle>(null);
  const queries = useQueryClient();
  const { mutate, data, error, isPending, reset } = useMutation({
    mutationFn: (reason: string) => answer(api.POST('/v1/subscriptions/{id}/{move}', { params: { path: { id, move } }, ...(reason !== '' && { body: { reason } }) })),
    onSuccess: ({ verification }) => {
      // A sample that was not taken changes nothing; the dialog stays, and says why.
      if (verification?.ok !== false) dialog.current?.close();
      return queries.invalidateQueries({ queryKey: ['subscriptions'] });
    },
  });
  const name = `${move.charAt(0).toUpperCase()}${move.slice(1)}`;
  return (
    <>
      <Opener dialog={dialog} className="small">{name}</Opener>
      <Dialog ref={dialog} title={`${name} this subscription?`} onClose={reset}>
        <Form onSubmit={(form) => { mutate(formText(form, 'reason')); }}>
          <p><code>{eventTypes.join(', ')}</code> to <CallbackLink id={callback} tenant={tenant} /></p>
          <p>{CONSEQUENCES[move]}</p>
          {WITH_REASON.includes(move) && (
            <label className="field">
              Reason, for its owner to read
              <input name="reason" required maxLength={500} />
            </label>
          )}
          <div role="status" className="stack">{isPending && move === 'verify' ? <p>Waiting for the callback’s answer…</p> : <Verified verification={data?.verification} />}</div>
          <DialogEnd error={error} isPending={isPending} yes={name} onBack={() => dialog.current?.close()} />
        </Form>
      </Dialog>
    </>
  );
}

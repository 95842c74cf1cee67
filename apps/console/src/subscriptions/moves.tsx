import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, type ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Dialog, type DialogHandle } from '../parts/dialog.js';
import { formText } from '../parts/form-text.js';
import { ProblemBox } from '../parts/problem-box.js';
import { useMe } from '../shell/me.js';

type Role = Schemas['Me']['role'];
type Subscription = Schemas['Subscription'];
type State = Subscription['state'];

/** The moves offered here, out of the API's table of moves (docs/api.md); the server decides. */
const OFFERED: readonly { move: 'approve' | 'reject' | 'activate' | 'deactivate' | 'suspend' | 'unsuspend' | 'unblock'; roles: readonly Role[]; from: readonly State[]; asksWhy?: boolean }[] = [
  { move: 'approve', roles: ['admin', 'provider'], from: ['submitted'] },
  { move: 'reject', roles: ['admin', 'provider'], from: ['submitted'], asksWhy: true },
  { move: 'activate', roles: ['admin', 'consumer'], from: ['validated', 'approved', 'deactivated'] },
  { move: 'deactivate', roles: ['admin', 'consumer'], from: ['activated'] },
  { move: 'unblock', roles: ['admin', 'consumer'], from: ['blocked'] },
  { move: 'suspend', roles: ['admin', 'provider'], from: ['activated'], asksWhy: true },
  { move: 'unsuspend', roles: ['admin', 'provider'], from: ['suspended'] },
];

export function Moves({ subscription }: { subscription: Subscription }): ReactElement {
  const role = useMe().data?.role;
  const mine = OFFERED.filter(({ roles, from }) => role && roles.includes(role) && from.includes(subscription.state));
  return (
    <div className="actions">
      {mine.map(({ move, asksWhy }) => (
        <Move key={move} id={subscription.id} move={move} asksWhy={asksWhy ?? false} />
      ))}
    </div>
  );
}

function Move({ id, move, asksWhy }: { id: string; move: (typeof OFFERED)[number]['move']; asksWhy: boolean }): ReactElement {
  const dialog = useRef<DialogHandle>(null);
  const queries = useQueryClient();
  const { mutate, error, isPending } = useMutation({
    mutationFn: (reason: string) => answer(api.POST('/v1/subscriptions/{id}/{move}', { params: { path: { id, move } }, ...(reason !== '' && { body: { reason } }) })),
    onSuccess: () => {
      dialog.current?.close();
      return queries.invalidateQueries({ queryKey: ['subscriptions'] });
    },
  });
  return (
    <>
      <button type="button" onClick={() => dialog.current?.open()}>{move}</button>
      <Dialog ref={dialog} title={`${move} this subscription?`}>
        <form action={(form) => { mutate(formText(form, 'reason')); }}>
          <code>{id}</code>
          {asksWhy && (
            <label className="field">
              Reason, for its owner to read
              <input name="reason" required maxLength={500} />
            </label>
          )}
          {error && <ProblemBox error={error} />}
          <div className="actions">
            <button type="button" onClick={() => dialog.current?.close()}>Cancel</button>
            <button className="primary" disabled={isPending}>{move}</button>
          </div>
        </form>
      </Dialog>
    </>
  );
}

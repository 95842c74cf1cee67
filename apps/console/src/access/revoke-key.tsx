import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, type ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Dialog, DialogEnd, type DialogHandle } from '../parts/dialog.js';

/** Revokes an API key, after a question. */
export function RevokeKey({ apiKey: { id, name } }: { apiKey: Schemas['ApiKey'] }): ReactElement {
  const dialog = useRef<DialogHandle>(null);
  const queries = useQueryClient();
  const { mutate, error, isPending, reset } = useMutation({
    mutationFn: () => answer(api.DELETE('/v1/api-keys/{id}', { params: { path: { id } } })),
    onSuccess: () => {
      dialog.current?.close();
      return queries.invalidateQueries({ queryKey: ['api-keys'] });
    },
  });
  return (
    <>
      <button type="button" className="small" onClick={() => dialog.current?.open()}>Revoke</button>
      <Dialog ref={dialog} title={`Revoke “${name}”?`} onClose={reset}>
        <p>Whoever uses it is refused from now on, and its sessions here end. It cannot be given back.</p>
        <DialogEnd error={error} isPending={isPending} yes="Revoke it" isFinal onYes={() => { mutate(); }} onBack={() => dialog.current?.close()} />
      </Dialog>
    </>
  );
}
